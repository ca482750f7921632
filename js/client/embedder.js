// Turns pictures and texts into vectors, and labels into probabilities. Session opens the models and owns the worker.
import { badArgument } from '../errors.js';
import { checkEmbedOptions, checkTexts, scoreLabels, unitVector } from '../options/embed.js';
import { findVector } from '../models/choices.js';
import { findNetwork } from '../models/manifest.js';
import { checkPictureOptions } from '../options/upscale.js';

/**
 * @typedef {import('../types.js').EmbedOptions} EmbedOptions
 * @typedef {import('../types.js').EmbedImageOptions} EmbedImageOptions
 * @typedef {import('../types.js').EmbedTextOptions} EmbedTextOptions
 * @typedef {import('../types.js').TextOptions} TextOptions
 * @typedef {import('../types.js').Source} Source
 */

const DEFAULT_LOGIT_FACTOR = 100; // for files without a value: the maximum in OpenAI's training

export class Embedder {
    #manifest;
    #choices;
    #session;
    #inference;

    /**
     * @param {import('../models/manifest.js').Manifest} manifest
     * @param {import('../models/choices.js').Choices} choices
     * @param {import('./session.js').Session} session
     * @param {import('./image_inference.js').ImageInference} inference
     */
    constructor(manifest, choices, session, inference) {
        this.#manifest = manifest;
        this.#choices = choices;
        this.#session = session;
        this.#inference = inference;
    }

    /**
     * @param {Source[]} sources
     * @param {EmbedImageOptions} options
     * @returns {Promise<Float32Array<ArrayBuffer>[]>} the vector of each picture
     * @throws {AcgError} as `Engine.embedImage`
     */
    async images(sources, options) {
        const { model, normalize } = checkEmbedOptions(options, this.#choices.images);
        const { network, output } = findVector(this.#manifest, model);
        const job = { model: network, outputs: [output], normalize };
        const seen = await this.#inference.infer(sources, [job], { ...options, stage: 'embed' });
        return seen.map(({ outputs }) => outputs[0][output]);
    }

    /**
     * @param {string[]} texts
     * @param {EmbedTextOptions & TextOptions} options
     * @returns the vector of each text; sha256: of the file of weights; logitFactor: the factor of `scoreLabels`
     * @throws {AcgError} as `Engine.embedText`
     */
    async texts(texts, options) {
        const { model, ...settings } = checkEmbedOptions(options, this.#choices.texts);
        checkTexts(texts, 'text');
        const network = findNetwork(this.#manifest, model, 'text');
        return this.#session.withModels([network], options, async ({ rpc, open: [{ logitFactor, sha256 }], signal, onProgress }) => {
            const body = { ...settings, model: network.id, texts };
            const vectors = await rpc.request('embedTexts', body, { signal, events: { progress: onProgress } });
            return { vectors, sha256, logitFactor: logitFactor || DEFAULT_LOGIT_FACTOR };
        });
    }

    /**
     * @param {Source | import('../types.js').Embedded} source
     * @param {string[]} labels
     * @param {Omit<EmbedOptions, 'normalize'> & TextOptions} options
     * @returns {Promise<import('../types.js').Label[]>} in the order of the labels
     * @throws {AcgError} as `Engine.classify`
     */
    async classify(source, labels, options) {
        const { model } = /** @type {{ model: import('../types.js').ClipModel }} */ (checkEmbedOptions(options, this.#choices.labels));
        checkPictureOptions(options);
        checkTexts(labels, 'labels');
        const given = unitVector(source);
        const { vectors, logitFactor } = await this.texts(labels, { ...options, model, normalize: true });
        const picture = given ?? (await this.images([/** @type {Source} */ (source)], { ...options, model, normalize: true }))[0];
        if (picture.length !== vectors[0].length) throw badArgument(`${vectors[0].length} values`, 'source.vector', picture.length);
        return scoreLabels(picture, labels, vectors, logitFactor);
    }
}
