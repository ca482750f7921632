// The engine object that callers hold. It checks, fetches weights, queues calls and gathers results; the work itself is
// done in a worker, which is replaced if it dies. Knows neither browser nor Node: a platform gives it what differs.
/// <reference lib="esnext.disposable" preserve="true" />
import { AcgError, badArgument, cancelled } from './errors.js';
import { Embedder } from './embedder.js';
import { chooseBuild } from './features.js';
import { KeptModels } from './kept_models.js';
import { Link } from './link.js';
import { findModel } from './models.js';
import { openModel } from './open_model.js';
import { checkEngineOptions, checkUpscaleOptions } from './options.js';
import { Output } from './output.js';
import { Queue } from './queue.js';
import { readSource } from './source.js';
import { Speed, trial } from './speed.js';

/**
 * @typedef {import('./types.js').EngineOptions} EngineOptions
 * @typedef {import('./types.js').EngineInfo} EngineInfo
 * @typedef {import('./types.js').UpscaleOptions} UpscaleOptions
 * @typedef {import('./types.js').UpscaleResult} UpscaleResult
 * @typedef {import('./types.js').UpscalePlan} UpscalePlan
 * @typedef {import('./types.js').EmbedOptions} EmbedOptions
 * @typedef {import('./types.js').TextOptions} TextOptions
 * @typedef {import('./types.js').Label} Label
 * @typedef {import('./types.js').Embedded} Embedded
 * @typedef {import('./types.js').Source} Source
 * @typedef {import('./models.js').Manifest} Manifest
 * @typedef {import('./models.js').ModelFile} ModelFile
 *
 * @typedef {object} Platform what differs between a browser and Node
 * @property {{ cores: number, isolated: boolean }} host
 * @property {(listener: import('./link.js').WorkerListener) => import('./link.js').WorkerPort} startWorker
 * @property {(url: string | URL, signal?: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>} readUrl
 * @property {(location: string | URL) => string} resolveUrl to something that means the same in a worker
 * @property {import('./speed.js').Notes} notes
 * @property {() => Promise<Manifest>} readManifest
 * @property {(file: ModelFile, options: ReadModelOptions) => Promise<Uint8Array<ArrayBuffer>>} readModelFile checked
 * @property {(file: ModelFile, options: ReadModelOptions) => AsyncIterable<Uint8Array<ArrayBuffer>>} streamModelFile the same in
 *   pieces, for large files; fails at the end if they are not what they should be
 * @property {boolean} hashesStreams whether it does without `sha256` of the options there
 * @property {{ list: () => Promise<{ path: string, bytes: number }[]>, clear: (files: ModelFile[]) => Promise<void> }} keptModels what
 *   was fetched and is kept for the next time
 *
 * @typedef {object} ReadModelOptions
 * @property {import('./types.js').ModelLocation} [models]
 * @property {AbortSignal} [signal]
 * @property {(bytes: number) => void} [onBytes] how many more have come
 * @property {() => Promise<string | undefined>} [sha256] of all pieces given so far, from their taker: a browser has no SHA-256 of
 *   what comes in pieces
 *
 * @typedef {{ link: Link, models: Map<string, import('./open_model.js').OpenModel> }} Worker models: those open in it, by id, the
 *   last used at the end
 */

const OPEN_MODELS = 2;

/** @type {<T>(given: T | T[]) => T[]} */
const asArray = (given) => (Array.isArray(given) ? given : [given]);

/**
 * @param {Platform} platform
 * @param {EngineOptions} [options]
 */
export const createClient = (platform, options) => Engine.create(platform, options);

export class Engine {
    #platform;
    #options;
    #manifest;
    #queue = new Queue();
    #closing = new AbortController();
    /** @type {Worker | undefined} */
    #worker;
    #speed;
    #embedder;

    /**
     * For `create` only.
     * @private
     * @param {Platform} platform
     * @param {EngineOptions} options
     * @param {Manifest} manifest
     * @param {EngineInfo} info
     */
    constructor(platform, options, manifest, info) {
        this.#platform = platform;
        this.#options = options;
        this.#manifest = manifest;
        /** @readonly */
        this.info = Object.freeze(info);
        /** @readonly */
        this.models = new KeptModels(manifest.models, platform.keptModels);
        this.#speed = new Speed(platform.notes, info);
        this.#embedder = new Embedder(manifest, platform.readUrl, (...call) => this.#withModel(...call));
        options.signal?.addEventListener('abort', () => this.close(), { signal: this.#closing.signal });
    }

    /**
     * @param {Platform} platform
     * @param {EngineOptions} [options]
     */
    static async create(platform, options = {}) {
        if (typeof options !== 'object' || options === null) throw badArgument('an object', 'options', options);
        checkEngineOptions(options);
        if (options.signal?.aborted) throw cancelled(options.signal);
        const { cores, isolated } = platform.host;
        const shared = options.wasm instanceof WebAssembly.Module ? sharesMemory(options.wasm) : true;
        const [manifest, info] = await Promise.all([
            platform.readManifest(),
            chooseBuild({ cores, isolated: isolated && shared }, options.threads),
        ]);
        if (options.signal?.aborted) throw cancelled(options.signal);
        const engine = new Engine(platform, options, manifest, info);
        await engine.#start();
        return engine;
    }

    /** The worker, started if none is alive. */
    async #start() {
        if (this.#closing.signal.aborted) throw new AcgError('CANCELLED', 'The engine is closed');
        if (this.#worker?.link.alive) return this.#worker;
        const link = new Link(this.#platform.startWorker);
        this.#worker = { link, models: new Map() };
        try {
            await link.request('init', { ...this.info, wasm: this.#wasmLocation() });
        } catch (error) {
            await link.stop(new AcgError('INTERNAL', 'The engine could not start'));
            throw error;
        }
        return this.#worker;
    }

    /**
     * Enlarges a picture.
     * @param {Source} source
     * @param {UpscaleOptions} [options]
     * @returns {Promise<UpscaleResult>}
     * @throws {AcgError}
     */
    async upscale(source, options = {}) {
        const started = performance.now();
        return this.#withPicture(source, options, async ({ link, model, modelsMs, body, transfer, signal, onProgress }) => {
            const output = new Output(body.format, options.onChunk);
            const events = { progress: onProgress, tile: options.onTile, chunk: (/** @type {any} */ chunk) => output.add(chunk) };
            const wantTiles = options.onTile !== undefined;
            const reply = await link.request('upscale', { ...body, wantTiles }, { transfer, signal, events });
            const { cost, decodeMs, upscaleMs, ...rest } = reply;
            await this.#speed.learn(model.scale, 'work', upscaleMs, cost);
            const timings = { modelsMs, decodeMs, upscaleMs, totalMs: performance.now() - started };
            return { ...output.finish(), ...rest, timings };
        });
    }

    /**
     * What `upscale` of the same source with the same options would take: nothing is enlarged, but the weights are fetched if
     * they are not here, and if no such network has worked on this machine yet, it is tried for a moment.
     * @param {Source} source
     * @param {UpscaleOptions} [options]
     * @returns {Promise<UpscalePlan>}
     * @throws {AcgError}
     */
    async plan(source, options = {}) {
        return this.#withPicture(source, options, async ({ link, model, body, transfer, signal }) => {
            const { cost, ...plan } = await link.request('plan', body, { transfer, signal });
            const tryOut = () => link.request('upscale', trial(model.id), { signal });
            const { msPerPixel, from } = await this.#speed.rate(model.scale, tryOut);
            return { ...plan, ms: msPerPixel * cost, msFrom: from };
        });
    }

    /**
     * The vector that a network gives a picture, or those of several pictures.
     * @template {Source | Source[]} T
     * @param {T} source
     * @param {EmbedOptions} [options]
     * @returns {Promise<T extends Source[] ? Float32Array<ArrayBuffer>[] : Float32Array<ArrayBuffer>>}
     * @throws {AcgError}
     */
    async embedImage(source, options = {}) {
        const vectors = await this.#embedder.images(asArray(/** @type {Source} */ (source)), options);
        return /** @type {any} */ (Array.isArray(source) ? vectors : vectors[0]);
    }

    /**
     * The vector that a network gives a text, or those of several texts.
     * @template {string | string[]} T
     * @param {T} text
     * @param {EmbedOptions & TextOptions} [options]
     * @returns {Promise<T extends string[] ? Float32Array<ArrayBuffer>[] : Float32Array<ArrayBuffer>>}
     * @throws {AcgError}
     */
    async embedText(text, options = {}) {
        const { vectors } = await this.#embedder.texts(asArray(text), options);
        return /** @type {any} */ (Array.isArray(text) ? vectors : vectors[0]);
    }

    /**
     * How well each of some labels fits a picture, without training on them (zero-shot).
     * @param {Source | Embedded} source
     * @param {string[]} labels
     * @param {Omit<EmbedOptions, 'normalize'> & TextOptions} [options]
     * @returns {Promise<Label[]>} in the order of the labels
     * @throws {AcgError}
     */
    async classify(source, labels, options = {}) {
        return this.#embedder.classify(source, labels, options);
    }

    /** Stops everything; calls that are under way end with CANCELLED. */
    async close() {
        this.#closing.abort();
        await this.#worker?.link.stop(new AcgError('CANCELLED', 'The engine was closed'));
    }

    // (Where the symbol does not exist yet, nobody can ask for it either.)
    async [Symbol.asyncDispose]() {
        await this.close();
    }

    /**
     * Checks, reads the picture, and runs `task` when its turn has come, with the model open.
     * @template T
     * @param {Source} source
     * @param {UpscaleOptions} options
     * @param {(call: import('./embedder.js').Call & { model: import('./models.js').Model, body: import('./protocol.js').PlanBody,
     *     transfer: Transferable[] }) => Promise<T>} task
     * @returns {Promise<T>}
     */
    async #withPicture(source, options, task) {
        if (typeof options !== 'object' || options === null) throw badArgument('an object', 'options', options);
        const { scale, model: family, denoise, tile, ...settings } = checkUpscaleOptions(options);
        const model = findModel(this.#manifest, { scale, model: family, denoise });
        const readSignal = AbortSignal.any([this.#closing.signal, ...(options.signal ? [options.signal] : [])]);
        const picture = await readSource(source, this.#platform.readUrl, readSignal);
        const body = { ...settings, picture, model: model.id, tile: tile === 'auto' ? 0 : tile };
        const transfer = ['bytes' in picture ? picture.bytes.buffer : picture.pixels.buffer];
        return this.#withModel(model, options, (call) => task({ ...call, model, body, transfer }));
    }

    /**
     * Runs `task` when its turn has come, with a model open.
     * @type {import('./embedder.js').WithModel}
     */
    async #withModel(model, options, task) {
        const signal = AbortSignal.any([this.#closing.signal, ...(options.signal ? [options.signal] : [])]);
        const onProgress = options.onProgress ?? this.#options.onProgress;
        return this.#queue.run(async () => {
            const worker = await this.#start();
            const started = performance.now();
            const open = await this.#openModel(worker, model, { signal, onProgress });
            const modelsMs = performance.now() - started;
            return task({ link: worker.link, open, modelsMs, signal, onProgress });
        }, signal);
    }

    /**
     * Makes `model` open in the worker, and the last used of the few that stay there.
     * @param {Worker} worker
     * @param {import('./models.js').Model} model
     * @param {{ signal: AbortSignal, onProgress: UpscaleOptions['onProgress'] }} options
     */
    async #openModel({ link, models }, model, { signal, onProgress }) {
        let open = models.get(model.id);
        if (open) {
            models.delete(model.id);
        } else {
            for (const id of [...models.keys()].slice(0, models.size - OPEN_MODELS + 1)) {
                await link.request('closeModel', { id });
                models.delete(id);
            }
            open = await openModel(this.#platform, link, model, { models: this.#options.models, signal, onProgress });
        }
        models.set(model.id, open);
        return open;
    }

    #wasmLocation() {
        const { wasm } = this.#options;
        if (wasm === undefined || wasm instanceof WebAssembly.Module) return wasm;
        const { resolveUrl } = this.#platform;
        if (typeof wasm === 'string' || wasm instanceof URL) return resolveUrl(wasm);
        return Object.fromEntries(Object.entries(wasm).map(([name, url]) => [name, resolveUrl(url)]));
    }
}

/** @param {WebAssembly.Module} module */
function sharesMemory(module) {
    return WebAssembly.Module.imports(module).some(({ kind }) => kind === 'memory');
}
