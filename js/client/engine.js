// The engine object that callers hold. Each method passes its work to one part: Upscaler, Embedder, Describer. What differs between a
// browser and Node comes from a platform.
/// <reference lib="esnext.disposable" preserve="true" />
import { Describer } from './describer.js';
import { AcgError, badArgument, cancelled } from '../errors.js';
import { choicesOf } from '../models/choices.js';
import { checkManifest } from '../models/check_manifest.js';
import { Embedder } from './embedder.js';
import { Upscaler } from './upscaler.js';
import { chooseBuild } from './features.js';
import { Session } from './session.js';
import { Models } from './models.js';
import { ImageInference } from './image_inference.js';
import { PictureRecorder } from './picture_recorder.js';
import { EngineVectors } from './vectors.js';
import { tagLister } from './tag_list.js';
import { checkEngineOptions } from '../options/upscale.js';
import { Speed } from './estimate.js';

/**
 * @typedef {import('../types.js').EngineOptions} EngineOptions
 * @typedef {import('../types.js').UpscaleOptions} UpscaleOptions
 * @typedef {import('../types.js').UpscalePlan} UpscalePlan
 * @typedef {import('../types.js').EmbedOptions} EmbedOptions
 * @typedef {import('../types.js').EmbedImageOptions} EmbedImageOptions
 * @typedef {import('../types.js').EmbedTextOptions} EmbedTextOptions
 * @typedef {import('../types.js').TextOptions} TextOptions
 * @typedef {import('../types.js').Label} Label
 * @typedef {import('../types.js').Embedded} Embedded
 * @typedef {import('../types.js').CallOptions} CallOptions
 * @typedef {import('../types.js').PictureOptions} PictureOptions
 * @typedef {import('../types.js').TagOptions} TagOptions
 * @typedef {import('../types.js').DescribeOptions} DescribeOptions
 * @typedef {import('../types.js').Description} Description
 * @typedef {import('../types.js').Scores} Scores
 * @typedef {import('../types.js').Tag} Tag
 * @typedef {import('../types.js').Source} Source
 * @typedef {import('../models/manifest.js').Manifest} Manifest
 * @typedef {import('../platform/platform.js').Platform} Platform
 */

/**
 * @template O
 * @typedef {import('../types.js').UpscaleResultOf<O>} UpscaleResultOf
 */

/** @type {<T>(given: T | T[]) => T[]} */
const asArray = (given) => (Array.isArray(given) ? given : [given]);

/**
 * @internal
 * @param {Platform} platform
 * @param {EngineOptions} [options]
 */
export const createClient = (platform, options) => Engine.create(platform, options);

export class Engine {
    #session;
    #upscaler;
    #embedder;
    #describer;
    #parts;

    /**
     * For `create` only.
     * @private
     * @param {Platform} platform
     * @param {Manifest} manifest
     * @param {Session} session
     */
    constructor(platform, manifest, session) {
        /** @readonly */
        this.info = Object.freeze(session.info);
        /** @readonly */
        this.models = new Models(manifest, platform, session);
        this.#session = session;
        const choices = choicesOf(manifest);
        this.#upscaler = new Upscaler(manifest, choices, this.#session, new Speed(platform.notes, session.info));
        const inference = new ImageInference(this.#session);
        this.#embedder = new Embedder(manifest, choices, this.#session, inference);
        this.#describer = new Describer(manifest, choices, inference);
        this.#parts = {
            platform,
            choices,
            embedder: this.#embedder,
            recorder: new PictureRecorder(manifest, this.#session, inference),
            vectors: new EngineVectors(this.#session),
            tagNames: tagLister(manifest, session),
        };
    }

    /**
     * The parts of an engine that an index uses beside its public methods.
     * @param {Engine} engine
     */
    static partsOf(engine) {
        return engine.#parts;
    }

    /**
     * @internal
     * @param {Platform} platform
     * @param {EngineOptions} [options]
     */
    static async create(platform, options = {}) {
        if (typeof options !== 'object' || options === null) throw badArgument('an object', 'options', options);
        checkEngineOptions(options);
        if (options.signal?.aborted) throw cancelled(options.signal);
        const starting = startSession(platform, options);
        try {
            const [manifest, session] = await Promise.all([platform.readManifest(), starting]);
            if (options.signal?.aborted) throw cancelled(options.signal);
            return new Engine(platform, checkManifest(manifest), session);
        } catch (error) {
            starting.then((session) => session.close()).catch(() => {});
            throw error;
        }
    }

    /**
     * Enlarges a picture two, three or four times, or only removes noise (scale 1).
     * @example const { blob } = await engine.upscale(file, { scale: 2 });
     * @template {UpscaleOptions} [O={}]
     * @param {Source} source
     * @param {O & UpscaleOptions} [options]
     * @returns {Promise<UpscaleResultOf<O>>} with the blob or the pixels that the options ask for
     * @throws {AcgError} BAD_ARGUMENT, BAD_FORMAT, UNSUPPORTED, NOT_FOUND, BAD_MODEL, NO_MEMORY, CANCELLED, INTERNAL
     */
    async upscale(source, options) {
        return /** @type {any} */ (await this.#upscaler.upscale(source, options ?? {}));
    }

    /**
     * Predicts the size, tiles, memory (bytes) and time (ms) of `upscale` with the same source and options. Fetches the weights if they are
     * missing. Runs a short trial if this kind of network has not run on this machine yet.
     * @example const { ms, memory } = await engine.plan(file, { scale: 4 });
     * @param {Source} source
     * @param {UpscaleOptions} [options]
     * @returns {Promise<UpscalePlan>}
     * @throws {AcgError} BAD_ARGUMENT, BAD_FORMAT, UNSUPPORTED, NOT_FOUND, BAD_MODEL, NO_MEMORY, CANCELLED, INTERNAL
     */
    async plan(source, options = {}) {
        return this.#upscaler.plan(source, options);
    }

    /**
     * The vector of a picture, or of each of several pictures. EmbedImageModel says how many values each model gives.
     * @example const vector = await engine.embedImage(file, { model: 'illust2vec' });
     * @template {Source | Source[]} T
     * @param {T} source
     * @param {EmbedImageOptions} [options]
     * @returns {Promise<T extends Source[] ? Float32Array<ArrayBuffer>[] : Float32Array<ArrayBuffer>>}
     * @throws {AcgError} BAD_ARGUMENT, BAD_FORMAT, UNSUPPORTED, NOT_FOUND, BAD_MODEL, NO_MEMORY, CANCELLED, INTERNAL
     */
    async embedImage(source, options = {}) {
        const vectors = await this.#embedder.images(asArray(/** @type {Source} */ (source)), options);
        return /** @type {any} */ (Array.isArray(source) ? vectors : vectors[0]);
    }

    /**
     * The vector of a text, or of each of several texts. EmbedTextModel says how many values each model gives.
     * @example const [a, b] = await engine.embedText(['1girl, silver hair', 'a cat']);
     * @template {string | string[]} T
     * @param {T} text
     * @param {EmbedTextOptions & TextOptions} [options]
     * @returns {Promise<T extends string[] ? Float32Array<ArrayBuffer>[] : Float32Array<ArrayBuffer>>}
     * @throws {AcgError} BAD_ARGUMENT, BAD_FORMAT, UNSUPPORTED, NOT_FOUND, BAD_MODEL, NO_MEMORY, CANCELLED, INTERNAL
     */
    async embedText(text, options = {}) {
        const { vectors } = await this.#embedder.texts(asArray(text), options);
        return /** @type {any} */ (Array.isArray(text) ? vectors : vectors[0]);
    }

    /**
     * How well each label fits a picture (zero-shot classification with a CLIP). The probabilities of all labels add up to 1.
     * @example const [{ label, probability }] = await engine.classify(file, ['a girl', 'a cat']);
     * @param {Source | Embedded} source
     * @param {string[]} labels
     * @param {Omit<EmbedOptions, 'normalize'> & TextOptions} [options]
     * @returns {Promise<Label[]>} in the order of the labels
     * @throws {AcgError} BAD_ARGUMENT, BAD_FORMAT, UNSUPPORTED, NOT_FOUND, BAD_MODEL, NO_MEMORY, CANCELLED, INTERNAL
     */
    async classify(source, labels, options = {}) {
        return this.#embedder.classify(source, labels, options);
    }

    /**
     * pix2score's prediction of bookmarks and views on Pixiv and of how suggestive a picture is, for one or several pictures.
     * @example const { bookmark } = await engine.score(file);
     * @template {Source | Source[]} T
     * @param {T} source
     * @param {CallOptions & PictureOptions} [options]
     * @returns {Promise<T extends Source[] ? Scores[] : Scores>}
     * @throws {AcgError} BAD_ARGUMENT, BAD_FORMAT, UNSUPPORTED, NOT_FOUND, BAD_MODEL, NO_MEMORY, CANCELLED, INTERNAL
     */
    async score(source, options = {}) {
        return this.#describe(source, { ...options, score: true }, ({ score }) => score);
    }

    /**
     * A tagger's tags of a picture, or of each of several pictures.
     * @example const tags = await engine.tag(file, { model: 'wd-vit' });
     * @template {Source | Source[]} T
     * @param {T} source
     * @param {TagOptions} [options]
     * @returns {Promise<T extends Source[] ? Tag[][] : Tag[]>} by category (general, character, rating), the highest score first; of
     *   the ratings only the highest
     * @throws {AcgError} BAD_ARGUMENT, BAD_FORMAT, UNSUPPORTED, NOT_FOUND, BAD_MODEL, NO_MEMORY, CANCELLED, INTERNAL
     */
    async tag(source, options = {}) {
        return this.#describe(source, { ...options, tag: true }, ({ tags }) => tags);
    }

    /**
     * Scores, tags and vectors of a picture, which is decoded only once; or those of several pictures.
     * @example const { score, tags } = await engine.describe(file, { score: true, tag: true });
     * @template {Source | Source[]} T
     * @param {T} source
     * @param {DescribeOptions} options
     * @returns {Promise<T extends Source[] ? Description[] : Description>}
     * @throws {AcgError} BAD_ARGUMENT, BAD_FORMAT, UNSUPPORTED, NOT_FOUND, BAD_MODEL, NO_MEMORY, CANCELLED, INTERNAL
     */
    async describe(source, options) {
        return this.#describe(source, options, (description) => description);
    }

    /** Ends the worker. Calls in progress are rejected with CANCELLED. */
    async close() {
        await this.#session.close();
    }

    // In a runtime without this symbol nobody can call this method.
    async [Symbol.asyncDispose]() {
        await this.close();
    }

    /**
     * @param {Source | Source[]} source
     * @param {DescribeOptions} options
     * @param {(description: Description) => unknown} part
     * @returns {Promise<any>}
     */
    async #describe(source, options, part) {
        const parts = (await this.#describer.describe(asArray(source), options)).map(part);
        return Array.isArray(source) ? parts : parts[0];
    }
}

/**
 * A session whose worker is ready. If memory for several threads cannot be had, or the browser does not start them, the session has one
 * thread.
 * @param {Platform} platform
 * @param {EngineOptions} options
 */
async function startSession(platform, options) {
    const { cores, isolated } = platform.host;
    const shared = options.wasm instanceof WebAssembly.Module ? sharesMemory(options.wasm) : true;
    const info = await chooseBuild({ cores, isolated: isolated && shared }, options.threads);
    if (options.signal?.aborted) throw cancelled(options.signal);
    const session = new Session(platform, options, info);
    try {
        await session.start();
        return session;
    } catch (error) {
        await session.close();
        const isReady = options.wasm instanceof WebAssembly.Module; // the caller has chosen the build
        const isOfThreads = error instanceof AcgError && (error.code === 'NO_MEMORY' || error.reason === 'WORKERS_STALLED');
        if (isReady || info.threads === 1 || !isOfThreads) throw error;
        return startSession(platform, { ...options, threads: 1 });
    }
}

/** @param {WebAssembly.Module} module */
function sharesMemory(module) {
    return WebAssembly.Module.imports(module).some(({ kind }) => kind === 'memory');
}
