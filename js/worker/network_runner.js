// What the worker does with networks of safetensors files: opens them piece by piece, and lets them look at pictures and texts, layer
// by layer, so that an abort really stops.
import { AcgError, cancelled } from '../errors.js';
import { loadNative } from './native/native.js';
import { pause } from './pause.js';
import { ProgressMeter } from '../shared/progress.js';

/**
 * @typedef {import('../shared/protocol.js').Requests} Requests
 * @typedef {import('./upscale_runner.js').Context} Context
 */

export class NetworkRunner {
    /** @type {import('./native/native.js').Native | undefined} */
    #native;
    /** @type {Map<string, import('./native/native_embed.js').NativeNetwork>} */
    #networks = new Map();
    /** @type {Map<number, import('./native/native.js').NativeImage>} to look at */
    #pictures = new Map();

    /** @param {Requests['init'][0]} body */
    async init(body) {
        this.#native = await loadNative(body);
    }

    /** @param {Requests['openNetwork'][0]} body */
    async openNetwork({ id, kind, hash }) {
        this.#networks.set(id, this.ready().openNetwork(kind, hash));
    }

    /** @param {Requests['networkBytes'][0]} body */
    async networkBytes({ id, bytes }) {
        this.#network(id).write(bytes);
    }

    /** @param {Requests['networkSha256'][0]} body */
    async networkSha256({ id }) {
        return this.#network(id).sha256();
    }

    /**
     * @param {Requests['networkEnd'][0]} body
     * @returns {Promise<Requests['networkEnd'][1]>}
     */
    async networkEnd({ id, vocabulary }) {
        return this.#network(id).finish(vocabulary);
    }

    /** @param {{ id: string }} body */
    async closeModel({ id }) {
        this.#networks.get(id)?.close();
        this.#networks.delete(id);
    }

    /**
     * @param {Requests['openPicture'][0]} body
     * @returns {Promise<Requests['openPicture'][1]>}
     */
    async openPicture({ id, picture, ...settings }) {
        const image = this.ready().pictureToLookAt(picture, settings);
        this.#pictures.set(id, image);
        return image.warnings;
    }

    /** @param {Requests['closePicture'][0]} body */
    async closePicture({ id }) {
        this.#pictures.get(id)?.free();
        this.#pictures.delete(id);
    }

    /**
     * @param {Requests['look'][0]} body
     * @param {Context} context
     * @returns {Promise<Requests['look'][1]>}
     */
    async look({ model, picture, ...options }, context) {
        const image = this.#pictures.get(picture);
        if (!image) throw new AcgError('INTERNAL', `Expected an open picture but ${picture} is not`);
        const task = this.#network(model).beginImage(image, options);
        return run(task, context, () => Object.fromEntries(options.outputs.map((name) => [name, task.vectors(name)[0]])));
    }

    /**
     * @param {Requests['embedTexts'][0]} body
     * @param {Context} context
     * @returns {Promise<Requests['embedTexts'][1]>}
     */
    async embedTexts({ model, texts, ...options }, context) {
        const task = this.#network(model).beginTexts(texts, options);
        return run(task, context, () => task.vectors('vector'));
    }

    /** @protected */
    ready() {
        if (!this.#native) throw new AcgError('INTERNAL', 'Expected a request to init the engine first');
        return this.#native;
    }

    /** @param {string} id */
    #network(id) {
        const network = this.#networks.get(id);
        if (!network) throw new AcgError('INTERNAL', `Expected an open network but ${id} is not`);
        return network;
    }
}

/**
 * Runs a task to its end, if it is not stopped.
 * @template T
 * @param {import('./native/native_embed.js').NativeEmbed} task
 * @param {Context} context
 * @param {() => T} result
 */
async function run(task, { signal, emit }, result) {
    try {
        const meter = new ProgressMeter('embed', (progress) => emit('progress', progress));
        meter.update(0, task.total);
        for (;;) {
            await pause();
            if (signal.aborted) throw cancelled();
            if (task.done >= task.total) return result();
            task.step();
            meter.update(task.done, task.total);
        }
    } finally {
        task.end();
    }
}
