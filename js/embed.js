// Checks what a caller asks of embedImage, embedText and classify, and tells how vectors fit labels. Runs nothing.
import { AcgError, badArgument } from './errors.js';
import { checkSignal, oneOf } from './options.js';

/**
 * @typedef {import('./types.js').EmbedOptions} EmbedOptions
 * @typedef {import('./types.js').TextOptions} TextOptions
 * @typedef {import('./models.js').Manifest} Manifest
 */

export const EMBED_MODELS = ['dclip'];
export const CLEAN = ['huggingface', 'openai'];

/** What has a name already but no engine behind it yet. */
const NOT_YET = ['illust2vec', 'acgvoc2vec'];

/**
 * @param {EmbedOptions & TextOptions & Record<string, unknown>} options
 * @throws {AcgError} BAD_ARGUMENT, UNSUPPORTED
 */
export function checkEmbedOptions(options) {
    if (typeof options !== 'object' || options === null) throw badArgument('an object', 'options', options);
    const { model = 'dclip', normalize = false, truncate = true, clean = 'huggingface' } = options;
    if (NOT_YET.includes(model)) throw new AcgError('UNSUPPORTED', `The engine cannot embed with ${model} yet`);
    oneOf(EMBED_MODELS, 'model', model);
    oneOf(CLEAN, 'clean', clean);
    for (const [name, value] of Object.entries({ normalize, truncate })) {
        if (typeof value !== 'boolean') throw badArgument('true or false', name, value);
    }
    if (options.onProgress !== undefined && typeof options.onProgress !== 'function') {
        throw badArgument('a function', 'onProgress', options.onProgress);
    }
    checkSignal(options.signal);
    return { model, normalize, truncate, clean };
}

/**
 * @param {unknown} texts
 * @param {string} name
 * @returns {string[]}
 */
export function checkTexts(texts, name) {
    if (!Array.isArray(texts) || texts.length === 0) throw badArgument('at least one text', name, texts);
    for (const text of texts) {
        if (typeof text !== 'string') throw badArgument('a text', name, text);
    }
    return texts;
}

/**
 * The half of a model that `network` names.
 * @param {Manifest} manifest
 * @param {string} model
 * @param {'clip_vision' | 'clip_text'} network
 */
export function findHalf(manifest, model, network) {
    const found = manifest.models.find((entry) => entry.model === model && entry.network === network);
    if (!found) throw new AcgError('INTERNAL', `Expected a ${network} of ${model} in the manifest but found none`);
    return found;
}

/**
 * The vector of a picture that was embedded before, with length 1; undefined for any other picture.
 * @param {unknown} source
 */
export function unitVector(source) {
    if (typeof source !== 'object' || source === null || !('vector' in source)) return undefined;
    const { vector } = source;
    if (!(vector instanceof Float32Array)) throw badArgument('a Float32Array', 'source.vector', vector);
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
}

/**
 * How well each of the labels fits, as CLIP was trained to tell: the softmax of the cosines times a factor.
 * @param {Float32Array} picture of length 1, as are the others
 * @param {string[]} labels
 * @param {Float32Array[]} vectors of the labels
 * @param {number} factor
 * @returns {import('./types.js').Label[]} in the order of the labels
 */
export function scoreLabels(picture, labels, vectors, factor) {
    const cosines = vectors.map((vector) => vector.reduce((sum, value, i) => sum + value * picture[i], 0));
    const largest = cosines.reduce((a, b) => Math.max(a, b));
    const powers = cosines.map((cosine) => Math.exp(factor * (cosine - largest)));
    const sum = powers.reduce((a, b) => a + b);
    return labels.map((label, i) => ({ label, probability: powers[i] / sum, cosine: cosines[i] }));
}
