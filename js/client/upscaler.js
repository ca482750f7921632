// Enlarges pictures, and predicts the size, memory and time. Session opens the models and owns the worker.
import { badArgument, withWarnings } from '../errors.js';
import { findModel } from '../models/manifest.js';
import { checkUpscaleOptions } from '../options/upscale.js';
import { Output } from './output.js';
import { transferable } from './source.js';
import { trial } from './estimate.js';

/**
 * @typedef {import('../types.js').UpscaleOptions} UpscaleOptions
 * @typedef {import('../types.js').UpscaleResult} UpscaleResult
 * @typedef {import('../types.js').UpscalePlan} UpscalePlan
 * @typedef {import('../types.js').Source} Source
 */

export class Upscaler {
    #manifest;
    #upscalers;
    #session;
    #speed;

    /**
     * @param {import('../models/manifest.js').Manifest} manifest
     * @param {import('../models/choices.js').Choices} choices
     * @param {import('./session.js').Session} session
     * @param {import('./estimate.js').Speed} speed
     */
    constructor(manifest, { upscalers }, session, speed) {
        this.#manifest = manifest;
        this.#upscalers = upscalers;
        this.#session = session;
        this.#speed = speed;
    }

    /**
     * @param {Source} source
     * @param {UpscaleOptions} options
     * @returns {Promise<UpscaleResult>}
     */
    async upscale(source, options) {
        const started = performance.now();
        return this.#withPicture(source, options, async ({ rpc, model, modelsMs, body, transfer, signal, onProgress }) => {
            const output = new Output(body.format, options.onChunk);
            const events = { progress: onProgress, tile: options.onTile, chunk: (/** @type {any} */ chunk) => output.add(chunk) };
            const wantTiles = options.onTile !== undefined;
            const reply = await rpc.request('upscale', { ...body, wantTiles }, { transfer, signal, events });
            const { cost, decodeMs, upscaleMs, notes, ...rest } = reply;
            await this.#speed.learn(kindOf(model), 'work', upscaleMs, cost);
            const timings = { modelsMs, decodeMs, upscaleMs, totalMs: performance.now() - started };
            return { ...output.finish(), ...rest, ...withWarnings(notes), timings };
        });
    }

    /**
     * @param {Source} source
     * @param {UpscaleOptions} options
     * @returns {Promise<UpscalePlan>}
     */
    async plan(source, options) {
        return this.#withPicture(source, options, async ({ rpc, model, body, transfer, signal }) => {
            const { cost, notes, ...plan } = await rpc.request('plan', body, { transfer, signal });
            const tryOut = () => rpc.request('upscale', trial(model.id, this.#upscalers), { signal });
            const { msPerPixel, from } = await this.#speed.rate(kindOf(model), tryOut);
            return { ...plan, ...withWarnings(notes), ms: msPerPixel * cost, msFrom: from };
        });
    }

    /**
     * Checks the options. When it is the call's turn, reads the picture, opens the model and runs `task`. So waiting calls hold no file in
     * memory.
     * @template T
     * @param {Source} source
     * @param {UpscaleOptions} options
     * @param {(call: import('./session.js').Call & { model: import('../models/manifest.js').Model, body: import('../shared/protocol.js').PlanBody,
     *     transfer: ArrayBuffer[] }) => Promise<T>} task
     * @returns {Promise<T>}
     */
    async #withPicture(source, options, task) {
        if (typeof options !== 'object' || options === null) throw badArgument('an object', 'options', options);
        const { scale, model: family, denoise, tile, ...settings } = checkUpscaleOptions(options, this.#upscalers);
        const model = findModel(this.#manifest, { scale, model: family, denoise });
        const run = async (/** @type {import('./session.js').Call & { prepared: import('./source.js').Picture }} */ call) => {
            const body = { ...settings, picture: call.prepared, model: model.id, tile: tile === 'auto' ? 0 : tile };
            return task({ ...call, model, body, transfer: transferable(call.prepared) });
        };
        return this.#session.withModels([model], options, run, (signal) => this.#session.readSource(source, signal));
    }
}

/**
 * The kind of a network, for its speed: networks of one kind take the same time per pixel.
 * @param {import('../models/manifest.js').Model} model
 */
function kindOf({ network, scale }) {
    return `${network} ${scale}`;
}
