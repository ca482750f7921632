// Answers the client's requests with the engine. Keeps the models and pictures that are open in it.
import { AcgError } from '../errors.js';
import { LibraryDecoder } from './decoders/library_decoder.js';
import { loadNative } from './native/native.js';
import { loadNativeColour } from './native/native_colour.js';
import { SrgbConverter } from './srgb.js';
import { runSteps } from './steps.js';
import { planUpscale, upscale } from './upscale.js';
import { VectorSearch } from './vector_search.js';

/**
 * @typedef {import('../shared/protocol.js').Requests} Requests
 * @typedef {import('./steps.js').Context} Context
 * @typedef {import('./native/native_embed.js').NativeNetwork} NativeNetwork
 * @typedef {object} Host what differs between a browser and Node
 * @property {import('./upscale.js').Storage} storage for data that do not fit into memory
 * @property {(folder?: string) => Promise<import('./convert/model_store.js').ModelStore>} openModelStore
 * @property {import('./native/builds.js').LoaderHost} loader
 * @property {import('./decoders/library_decoder.js').StartDecoder} startDecoder
 * @typedef {{ [K in keyof Requests]: (body: Requests[K][0], context: Context) => Promise<Requests[K][1]> }} Answers
 */

/** @implements {Answers} */
export class Runner {
    /** @type {import('./native/native.js').Native | undefined} */
    #native;
    /** @type {Map<string, NativeNetwork>} */
    #models = new Map();
    /** @type {Map<number, import('./native/native.js').NativeImage>} pictures for networks */
    #pictures = new Map();
    #search = new VectorSearch(() => this.#engine());
    #host;
    #decoder;
    #srgb;
    /** Where the .wasm files are. @type {Requests['init'][0]['wasm']} */
    #wasm;

    /** @param {Host} host */
    constructor(host) {
        this.#host = host;
        this.#decoder = new LibraryDecoder(host.startDecoder);
        this.#srgb = new SrgbConverter(() => loadNativeColour(this.#wasm, host.loader));
    }

    /** @param {Requests['init'][0]} body */
    async init(body) {
        this.#native = await loadNative(body, this.#host.loader);
        this.#decoder.modules = body.decoders ?? {};
        this.#wasm = body.wasm;
    }

    /** @param {Requests['openModel'][0]} body */
    async openModel({ id, ...settings }) {
        await this.closeModel({ id });
        this.#models.set(id, this.#engine().openModel(settings));
    }

    /** @param {Requests['modelBytes'][0]} body */
    async modelBytes({ id, bytes }) {
        this.#model(id).write(bytes);
    }

    /** @param {Requests['modelSha256'][0]} body */
    async modelSha256({ id }) {
        return this.#model(id).sha256();
    }

    /** @param {Requests['modelEnd'][0]} body */
    async modelEnd({ id }) {
        return this.#model(id).finish();
    }

    /** @param {Requests['closeModel'][0]} body */
    async closeModel({ id }) {
        this.#models.get(id)?.close();
        this.#models.delete(id);
    }

    /**
     * @param {Requests['openPicture'][0]} body
     * @param {Context} context
     */
    async openPicture({ id, picture, ...settings }, { signal }) {
        const image = this.#engine().pictureToLookAt(...(await this.#readable(picture, settings, signal)));
        await this.closePicture({ id });
        this.#pictures.set(id, image);
        return image.notes;
    }

    /** @param {Requests['closePicture'][0]} body */
    async closePicture({ id }) {
        this.#pictures.get(id)?.free();
        this.#pictures.delete(id);
    }

    /**
     * @param {Requests['look'][0]} body
     * @param {Context} context
     */
    async look({ model, picture, ...options }, context) {
        const image = this.#pictures.get(picture);
        if (!image) throw new AcgError('INTERNAL', `Expected an open picture but ${picture} is not`);
        const task = this.#model(model).beginImage(image, options);
        return infer(task, context, () => Object.fromEntries(options.outputs.map((name) => [name, task.vectors(name)[0]])));
    }

    /**
     * @param {Requests['embedTexts'][0]} body
     * @param {Context} context
     */
    async embedTexts({ model, texts, ...options }, context) {
        const task = this.#model(model).beginTexts(texts, options);
        return infer(task, context, () => task.vectors('vector'));
    }

    /** @param {Requests['pictureFacts'][0]} body */
    async pictureFacts({ id }) {
        const image = this.#pictures.get(id);
        if (!image) throw new AcgError('INTERNAL', `Expected an open picture but ${id} is not`);
        return { width: image.width, height: image.height, ...this.#engine().pictureHash(image) };
    }

    /** @param {Requests['openVectors'][0]} body */
    async openVectors(body) {
        this.#search.open(body);
    }

    /** @param {Requests['appendVectors'][0]} body */
    async appendVectors(body) {
        return this.#search.append(body);
    }

    /** @param {Requests['searchVectors'][0]} body */
    async searchVectors(body) {
        return this.#search.search(body);
    }

    /** @param {Requests['closeVectors'][0]} body */
    async closeVectors({ id }) {
        this.#search.close(id);
    }

    /** @param {Requests['storeVectors'][0]} body */
    async storeVectors({ vectors }) {
        return this.#search.store(vectors);
    }

    /** @param {Requests['scoreVectors'][0]} body */
    async scoreVectors(body) {
        return this.#search.score(body);
    }

    /** @param {Requests['diverse'][0]} body */
    async diverse(body) {
        return this.#search.diverse(body);
    }

    /** @param {Requests['nearPairs'][0]} body */
    async nearPairs({ hashes, distance }) {
        return this.#engine().nearPairs(hashes, distance);
    }

    /**
     * @param {Requests['upscale'][0]} body
     * @param {Context} context
     */
    async upscale(body, context) {
        return upscale(this.#taskOf(body), body, context);
    }

    /**
     * @param {Requests['plan'][0]} body
     * @param {Context} context
     */
    async plan(body, context) {
        return planUpscale(this.#taskOf(body), body, context);
    }

    /**
     * @param {Requests['convert'][0]} body
     * @param {Context} context
     */
    async convert(body, context) {
        const { convert } = await import('./convert/convert.js'); // loaded on demand
        return convert({ native: this.#engine(), store: await this.#host.openModelStore(body.folder) }, body, context);
    }

    /**
     * @param {Requests['openPicture'][0]['picture']} picture
     * @param {Pick<Requests['openPicture'][0], 'damaged' | 'maxPixels'>} settings
     * @param {AbortSignal} signal
     * @returns {Promise<Parameters<import('./native/native.js').Native['pictureToLookAt']>>}
     */
    async #readable(picture, settings, signal) {
        if (!('bytes' in picture)) return [picture, settings];
        const { bytes, notes } = await this.#decoder.readable(picture.bytes, { ...settings, metadata: false }, signal);
        return [{ bytes }, { ...settings, notes }];
    }

    /** @param {{ model: string }} body */
    #taskOf({ model }) {
        const { storage } = this.#host;
        return { native: this.#engine(), model: this.#model(model), storage, decoder: this.#decoder, srgb: this.#srgb };
    }

    #engine() {
        if (!this.#native) throw new AcgError('INTERNAL', 'Expected a request to init the engine first');
        return this.#native;
    }

    /** @param {string} id */
    #model(id) {
        const model = this.#models.get(id);
        if (!model) throw new AcgError('INTERNAL', `Expected an open model but ${id} is not`);
        return model;
    }
}

/**
 * Runs a network on a picture or on texts.
 * @template T
 * @param {import('./native/native_embed.js').NativeEmbed} task
 * @param {Context} context
 * @param {() => T} result
 */
async function infer(task, context, result) {
    try {
        await runSteps(task, () => task.step(), 'embed', context);
        return result();
    } finally {
        task.end();
    }
}
