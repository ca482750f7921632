// Checks the options of embedImage, embedText and classify. Computes the probabilities of labels.
import { badArgument } from '../errors.js';
import { refuseUnknown } from './known.js';
import { checkCalls, oneOf } from './upscale.js';

/**
 * @typedef {import('../types.js').EmbedOptions} EmbedOptions
 * @typedef {import('../types.js').TextOptions} TextOptions
 */

export const CLEAN = ['huggingface', 'openai'];

/**
 * Checks the options and fills in the defaults.
 * @param {Omit<EmbedOptions, 'model'> & { model?: string } & TextOptions} options
 * @param {string[]} models that exist for this kind of input; the first is the default
 * @throws {AcgError} BAD_ARGUMENT
 */
export function checkEmbedOptions(options, models) {
    if (typeof options !== 'object' || options === null) throw badArgument('an object', 'options', options);
    refuseUnknown(options, 'embed');
    const { model = models[0], normalize = false, truncate = true, clean = 'huggingface' } = options;
    oneOf(models, 'model', model);
    oneOf(CLEAN, 'clean', clean);
    for (const [name, value] of Object.entries({ normalize, truncate })) {
        if (typeof value !== 'boolean') throw badArgument('true or false', name, value);
    }
    checkCalls(options);
    return { model, normalize, truncate, clean };
}

/**
 * @param {unknown} texts
 * @param {string} name of the option
 * @returns {string[]}
 * @throws {AcgError} BAD_ARGUMENT
 */
export function checkTexts(texts, name) {
    if (!Array.isArray(texts) || texts.length === 0) throw badArgument('at least one text', name, texts);
    for (const text of texts) {
        if (typeof text !== 'string') throw badArgument('a text', name, text);
    }
    return texts;
}

/**
 * The vector of the source, scaled to length 1, if the source is an Embedded; else undefined.
 * @param {unknown} source
 * @throws {AcgError} BAD_ARGUMENT
 */
export function unitVector(source) {
    if (typeof source !== 'object' || source === null || !('vector' in source)) return undefined;
    const { vector } = source;
    if (!(vector instanceof Float32Array)) throw badArgument('a Float32Array', 'source.vector', vector);
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
}

/**
 * The probability of each label, as in CLIP's training: the softmax of factor * cosine.
 * @param {Float32Array} picture vector of length 1
 * @param {string[]} labels
 * @param {Float32Array[]} vectors of the labels, of length 1
 * @param {number} factor
 * @returns {import('../types.js').Label[]} in the order of the labels
 */
export function scoreLabels(picture, labels, vectors, factor) {
    const cosines = vectors.map((vector) => vector.reduce((sum, value, i) => sum + value * picture[i], 0));
    const largest = cosines.reduce((a, b) => Math.max(a, b));
    const powers = cosines.map((cosine) => Math.exp(factor * (cosine - largest)));
    const sum = powers.reduce((a, b) => a + b);
    return labels.map((label, i) => ({ label, probability: powers[i] / sum, cosine: cosines[i] }));
}
