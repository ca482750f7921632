// Checks the options of score, tag and describe.
import { IMAGE_MODELS } from './embed.js';
import { badArgument } from '../errors.js';
import { checkCalls, oneOf } from './upscale.js';

/** @typedef {import('../types.js').DescribeOptions} DescribeOptions */

const THRESHOLD = { min: 0, max: 1 };
const CATEGORIES = ['general', 'character', 'copyright', 'artist', 'meta', 'rating'];

/**
 * @param {DescribeOptions & Record<string, unknown>} options
 * @throws {AcgError} BAD_ARGUMENT
 */
export function checkDescribeOptions(options) {
    if (typeof options !== 'object' || options === null) throw badArgument('an object', 'options', options);
    const { score = false, tag = false, embed = [], threshold = 0.5, thresholds = {}, fit = false, normalize = false } = options;
    if (!Array.isArray(embed)) throw badArgument('an array of models', 'embed', embed);
    for (const model of embed) oneOf(IMAGE_MODELS, 'embed', model);
    for (const [name, value] of Object.entries({ score, tag, fit, normalize })) {
        if (typeof value !== 'boolean') throw badArgument('true or false', name, value);
    }
    checkThreshold('threshold', threshold);
    checkThresholds(thresholds);
    if (!score && !tag && embed.length === 0) throw badArgument('at least one of score, tag and embed', 'options', options);
    checkCalls(options);
    return { score, tag, embed: [...new Set(embed)], threshold, thresholds, fit, normalize };
}

/** @param {unknown} thresholds */
function checkThresholds(thresholds) {
    if (typeof thresholds !== 'object' || thresholds === null) throw badArgument('an object', 'thresholds', thresholds);
    for (const [category, value] of Object.entries(thresholds)) {
        oneOf(CATEGORIES, 'thresholds', category);
        if (value !== undefined) checkThreshold(`thresholds.${category}`, value);
    }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function checkThreshold(name, value) {
    if (typeof value !== 'number' || !(value >= THRESHOLD.min && value <= THRESHOLD.max))
        throw badArgument(`a number from ${THRESHOLD.min} to ${THRESHOLD.max}`, name, value);
}
