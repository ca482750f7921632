// Owns the worker: starts it, starts it again if it dies, opens models in it, and runs one call after the other.
import { AcgError } from '../errors.js';
import { Rpc } from './rpc.js';
import { openModel } from '../models/open.js';
import { readModelFile } from '../models/stream.js';
import { withEither } from '../shared/either_signal.js';
import { Queue } from './queue.js';
import { readSource } from './source.js';

/**
 * @typedef {import('../platform/platform.js').Platform} Platform
 * @typedef {import('../models/manifest.js').Model} Model
 * @typedef {import('../models/open.js').OpenModel} OpenModel
 * @typedef {import('../types.js').EngineOptions} EngineOptions
 * @typedef {import('../types.js').Progress} Progress
 *
 * @typedef {{ rpc: Rpc, models: Map<string, OpenModel> }} Worker models: the open ones by id, the last used at the end
 *
 * @typedef {{ signal?: AbortSignal, onProgress?: (progress: Progress) => void }} CallOptions
 *
 * @typedef {object} Call what a task gets when it is its turn
 * @property {Rpc} rpc
 * @property {OpenModel[]} open the models that the call asked for
 * @property {number} modelsMs the time it took to open them
 * @property {AbortSignal} signal
 * @property {CallOptions['onProgress']} onProgress
 */

/** How many models stay open; more if one call needs more. */
const OPEN_MODELS = 2;
/** How many workers are started before it counts as failed that a browser does not start their threads. */
const START_TRIES = 3;

export class Session {
    #platform;
    #options;
    #queue = new Queue();
    #closing = new AbortController();
    /** @type {Worker | undefined} */
    #worker;

    /**
     * @param {Platform} platform
     * @param {EngineOptions} options
     * @param {import('../types.js').EngineInfo} info
     */
    constructor(platform, options, info) {
        this.#platform = platform;
        this.#options = options;
        /** @readonly */
        this.info = info;
        options.signal?.addEventListener('abort', () => this.close(), { signal: this.#closing.signal });
    }

    /** Returns the worker; starts one if there is none. */
    async start() {
        if (this.#worker?.rpc.alive) return this.#worker;
        for (let left = START_TRIES - 1; ; left--) {
            if (this.#closing.signal.aborted) throw new AcgError('CANCELLED', 'The engine is closed');
            const rpc = new Rpc(this.#platform.startWorker);
            this.#worker = { rpc, models: new Map() };
            try {
                await this.initWorker(rpc, this.info.threads);
                return this.#worker;
            } catch (error) {
                await rpc.stop(new AcgError('INTERNAL', 'The engine could not start'));
                if (!(error instanceof AcgError && error.reason === 'WORKERS_STALLED') || left === 0) throw error;
            }
        }
    }

    /**
     * Loads the engine in a worker.
     * @param {Rpc} rpc
     * @param {number} threads
     */
    async initWorker(rpc, threads) {
        await rpc.request('init', { ...this.info, threads, wasm: this.#wasmLocation(), ...this.#decoders() });
    }

    /**
     * Closes models as soon as no call runs. The next call that needs them opens their files again.
     * @param {string[]} ids
     */
    async closeModels(ids) {
        await this.#queue.run(async () => {
            const { rpc, models } = this.#worker ?? {};
            for (const id of ids.filter((each) => models?.has(each))) {
                if (rpc?.alive) await rpc.request('closeModel', { id });
                models?.delete(id);
            }
        }, this.#closing.signal);
    }

    /**
     * Reads a picture, unless the engine is closed.
     * @param {import('../types.js').Source} source
     * @param {AbortSignal} [signal]
     */
    readSource(source, signal) {
        return this.untilClosed(signal, (own) => readSource(source, this.#platform.readUrl, own));
    }

    /**
     * Waits in the queue, opens these models, then runs `task`.
     * @template T, [P=undefined]
     * @param {Model[]} models
     * @param {CallOptions} options
     * @param {(call: Call & { prepared: P }) => Promise<T>} task
     * @param {(signal: AbortSignal) => Promise<P>} [prepare] reads the input before models are fetched, so that unreadable input fails at
     *   once
     * @returns {Promise<T>}
     */
    async withModels(models, options, task, prepare) {
        const onProgress = options.onProgress ?? this.#options.onProgress;
        return this.untilClosed(options.signal, (signal) =>
            this.#queue.run(async () => {
                const prepared = /** @type {P} */ (await prepare?.(signal));
                const worker = await this.start();
                const started = performance.now();
                const open = await this.#open(worker, models, { signal, onProgress });
                const modelsMs = performance.now() - started;
                return task({ rpc: worker.rpc, open, modelsMs, prepared, signal, onProgress });
            }, signal),
        );
    }

    /**
     * Opens and closes models, so that their files are fetched, checked and stored. Uses a worker of its own, because the engine's may be
     * busy.
     * @param {Model[]} models
     * @param {CallOptions} options
     */
    async tryModels(models, options) {
        const { models: location, onWarning } = this.#options;
        const onProgress = options.onProgress ?? this.#options.onProgress;
        const rpc = new Rpc(this.#platform.startWorker);
        try {
            await this.initWorker(rpc, 1);
            await this.untilClosed(options.signal, async (signal) => {
                for (const model of models) {
                    await openModel(this.#platform, rpc, model, { models: location, onWarning, onProgress, signal });
                    await rpc.request('closeModel', { id: model.id });
                }
            });
        } finally {
            await rpc.stop(new AcgError('CANCELLED', 'The models have been tried'));
        }
    }

    /**
     * Reads a small file of a model into memory.
     * @param {import('../models/manifest.js').ModelFile} file
     * @param {AbortSignal} [signal]
     */
    readFile(file, signal) {
        const { models, onWarning } = this.#options;
        return this.untilClosed(signal, (own) => readModelFile(this.#platform.streamModelFile, file, { models, onWarning, signal: own }));
    }

    /** Ends the worker. Calls in progress are rejected with CANCELLED. */
    async close() {
        this.#closing.abort();
        await this.#worker?.rpc.stop(new AcgError('CANCELLED', 'The engine was closed'));
    }

    /**
     * Opens the models `wanted` in the worker. Of the others, those that were used last stay open.
     * @param {Worker} worker
     * @param {Model[]} wanted
     * @param {{ signal: AbortSignal, onProgress: CallOptions['onProgress'] }} options
     */
    async #open({ rpc, models }, wanted, { signal, onProgress }) {
        const keep = Math.max(OPEN_MODELS, wanted.length);
        const used = wanted.flatMap(({ id }) => (models.has(id) ? [/** @type {const} */ ([id, models.get(id)])] : []));
        for (const [id, open] of used) {
            models.delete(id);
            models.set(id, /** @type {OpenModel} */ (open));
        }
        for (const model of wanted.filter(({ id }) => !models.has(id))) {
            for (const id of [...models.keys()].slice(0, Math.max(0, models.size - keep + 1))) {
                await rpc.request('closeModel', { id });
                models.delete(id);
            }
            models.set(
                model.id,
                await openModel(this.#platform, rpc, model, {
                    models: this.#options.models,
                    onWarning: this.#options.onWarning,
                    signal,
                    onProgress,
                }),
            );
        }
        return wanted.map(({ id }) => /** @type {OpenModel} */ (models.get(id)));
    }

    /**
     * Runs `task` with a signal that aborts when the given one aborts or the engine is closed.
     * @template T
     * @param {AbortSignal | undefined} signal
     * @param {(signal: AbortSignal) => Promise<T>} task
     */
    untilClosed(signal, task) {
        return withEither([this.#closing.signal, signal], task);
    }

    #decoders() {
        const { decoders } = this.#options;
        if (!decoders) return {};
        return { decoders: Object.fromEntries(Object.entries(decoders).map(([kind, url]) => [kind, this.#platform.resolveUrl(url)])) };
    }

    #wasmLocation() {
        const { wasm } = this.#options;
        if (wasm === undefined || wasm instanceof WebAssembly.Module) return wasm;
        const { resolveUrl } = this.#platform;
        if (typeof wasm === 'string' || wasm instanceof URL) return resolveUrl(wasm);
        return Object.fromEntries(Object.entries(wasm).map(([name, url]) => [name, resolveUrl(url)]));
    }
}
