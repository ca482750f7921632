// Sends numbered requests to one worker, and receives their events and answers.
import { AcgError } from '../errors.js';
import { unpackError } from '../shared/protocol.js';

/**
 * @typedef {import('../shared/protocol.js').Requests} Requests
 * @typedef {import('../shared/protocol.js').Events} Events
 * @typedef {import('../shared/protocol.js').FromWorker} FromWorker
 * @typedef {import('../shared/protocol.js').ToWorker} ToWorker
 *
 * @typedef {object} WorkerPort a running worker, as a platform starts it
 * @property {(message: ToWorker, transfer: ArrayBuffer[]) => void} post
 * @property {(busy: boolean) => void} hold says whether the worker keeps the process alive (in Node)
 * @property {() => Promise<unknown>} stop
 *
 * @typedef {{ onMessage: (message: FromWorker) => void, onDeath: (why: string | AcgError) => void }} WorkerListener
 *
 * @typedef {object} Call
 * @property {(body: any) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {{ [K in keyof Events]?: (body: Events[K]) => void }} events
 * @property {unknown} [thrown] the error of one of them
 */

/** @param {string} why */
const stopped = (why) => new AcgError('INTERNAL', `The engine's worker stopped: ${why}`, { reason: 'ENGINE_STOPPED', values: { why } });

export class Rpc {
    /** @type {Map<number, Call>} */
    #calls = new Map();
    #nextId = 1;
    #port;
    /** @type {AcgError | undefined} why the worker ended */
    #ended;

    /** @param {(listener: WorkerListener) => WorkerPort} startWorker */
    constructor(startWorker) {
        this.#port = startWorker({
            onMessage: (message) => this.#receive(message),
            onDeath: (why) => this.stop(typeof why === 'string' ? stopped(why) : why),
        });
    }

    get alive() {
        return !this.#ended;
    }

    /**
     * Sends a request. If a callback for an event throws, the request is aborted and rejected with that error.
     * @template {keyof Requests} K
     * @param {K} name
     * @param {Requests[K][0]} body
     * @param {{ transfer?: ArrayBuffer[], signal?: AbortSignal, events?: Call['events'] }} [options]
     * @returns {Promise<Requests[K][1]>}
     */
    async request(name, body, { transfer = [], signal, events = {} } = {}) {
        if (this.#ended) throw this.#ended;
        const id = this.#nextId++;
        const abort = () => this.#port.post({ id, type: 'abort' }, []);
        try {
            return await new Promise((resolve, reject) => {
                this.#calls.set(id, { resolve, reject, events });
                this.#port.hold(true);
                this.#port.post({ id, type: 'request', name, body }, transfer);
                if (signal?.aborted) abort();
                signal?.addEventListener('abort', abort);
            });
        } finally {
            signal?.removeEventListener('abort', abort);
            this.#calls.delete(id);
            this.#port.hold(this.#calls.size > 0);
        }
    }

    /**
     * Ends the worker. Requests in progress are rejected with `error`.
     * @param {AcgError} error
     */
    async stop(error) {
        if (this.#ended) return;
        this.#ended = error;
        for (const call of this.#calls.values()) call.reject(error);
        await this.#port.stop();
    }

    /** @param {FromWorker} message */
    #receive(message) {
        const call = this.#calls.get(message.id);
        if (!call) return;
        if (message.type === 'event') return this.#deliver(call, message);
        const failure = call.thrown ?? (message.type === 'failed' ? unpackError(message.error) : undefined);
        if (failure !== undefined) call.reject(failure);
        else if (message.type === 'done') call.resolve(message.body);
        if (message.type === 'failed' && message.error.fatal) this.stop(unpackError(message.error));
    }

    /**
     * @param {Call} call
     * @param {Extract<FromWorker, { type: 'event' }>} event
     */
    #deliver(call, { id, name, body }) {
        if (call.thrown !== undefined) return;
        try {
            call.events[name]?.(body);
        } catch (error) {
            call.thrown = error ?? new Error(`the function for ${name} threw ${error}`);
            this.#port.post({ id, type: 'abort' }, []);
        }
    }
}
