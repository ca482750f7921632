// The engines and their queue. A request takes a place before its body is read, and then waits for a free engine. The number of places is
// limited, so that memory does not grow with the load.
import { Refusal } from './http/refusal.js';

/**
 * @typedef {import('acg2vec').Engine} Engine
 * @typedef {{ resolve: (engine: Engine) => void, signal: AbortSignal }} Waiting
 */

const RETRY_SECONDS = 5;

export class Pool {
    #size;
    #queue;
    #start;
    /** @type {Engine[]} */
    #engines = [];
    /** @type {Engine[]} */
    #idle = [];
    /** @type {Set<Waiting>} in order of arrival */
    #waiting = new Set();
    #places = 0;

    /** @param {{ workers: number, queue: number, startEngine: () => Promise<Engine> }} options */
    constructor({ workers, queue, startEngine }) {
        this.#size = workers;
        this.#queue = queue;
        this.#start = startEngine;
    }

    async open() {
        const started = await Promise.allSettled(Array.from({ length: this.#size }, () => this.#start()));
        this.#engines = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
        this.#idle = [...this.#engines];
        const failed = started.find((each) => each.status === 'rejected');
        if (!failed) return;
        await this.close();
        throw failed.reason;
    }

    async close() {
        await Promise.all(this.#engines.map((engine) => engine.close()));
        this.#engines = [];
        this.#idle = [];
    }

    /** Counts for readiness and metrics. */
    get state() {
        return { workers: this.#engines.length, busy: this.#engines.length - this.#idle.length, waiting: this.#waiting.size };
    }

    /**
     * Takes a place for a request.
     * @returns {() => void} gives the place back
     * @throws {Refusal} 429: all places are taken
     */
    takePlace() {
        if (this.#places >= this.#size + this.#queue)
            throw new Refusal(429, 'The service has as many requests as it may have: try again later', { retryAfter: RETRY_SECONDS });
        this.#places++;
        let isTaken = true;
        return () => {
            if (isTaken) this.#places--;
            isTaken = false;
        };
    }

    /**
     * Runs `task` as soon as an engine is free. An engine whose worker has died starts a new one by itself.
     * @template T
     * @param {(engine: Engine) => Promise<T>} task
     * @param {AbortSignal} signal
     * @returns {Promise<T>}
     */
    async run(task, signal) {
        const engine = await this.#next(signal);
        try {
            signal.throwIfAborted();
            return await task(engine);
        } finally {
            this.#give(engine);
        }
    }

    /** @param {AbortSignal} signal */
    async #next(signal) {
        signal.throwIfAborted();
        const free = this.#idle.pop();
        if (free) return free;
        return new Promise((resolve, reject) => {
            const abort = () => {
                this.#waiting.delete(waiting);
                reject(signal.reason);
            };
            const waiting = {
                signal,
                resolve: (/** @type {Engine} */ engine) => {
                    signal.removeEventListener('abort', abort);
                    resolve(engine);
                },
            };
            signal.addEventListener('abort', abort, { once: true });
            this.#waiting.add(waiting);
        });
    }

    /** @param {Engine} engine */
    #give(engine) {
        const [next] = this.#waiting;
        if (!next) return void this.#idle.push(engine);
        this.#waiting.delete(next);
        next.resolve(engine);
    }
}
