// Checks the options of score, tag and describe.
import { badArgument } from '../errors.js';
import { refuseUnknown } from './known.js';
import { checkCalls, oneOf } from './upscale.js';

/** @typedef {import('../types.js').DescribeOptions} DescribeOptions */

const THRESHOLD = { min: 0, max: 1 };
const ORDERS = ['score', 'list'];
/** Danbooru's categories. A result always has the best rating; with a threshold for ratings it has all that reach the threshold instead. */
const CATEGORIES = ['general', 'character', 'copyright', 'artist', 'meta', 'rating'];

/**
 * Checks the options and fills in the defaults.
 * @param {DescribeOptions & Record<string, unknown>} options
 * @param {Pick<import('../models/choices.js').Choices, 'taggers' | 'images'>} choices the models that there are
 * @throws {AcgError} BAD_ARGUMENT
 */
export function checkDescribeOptions(options, { taggers, images }) {
    if (typeof options !== 'object' || options === null) throw badArgument('an object', 'options', options);
    refuseUnknown(options, 'describe');
    const { score = false, tag = false, model = [...taggers.keys()][0], embed = [], fit = false, normalize = false } = options;
    const { order = 'score', facts = false } = options;
    oneOf([...taggers.keys()], 'model', model);
    oneOf(ORDERS, 'order', order);
    if (!Array.isArray(embed)) throw badArgument('an array of models', 'embed', embed);
    for (const model of embed) oneOf(images, 'embed', model);
    for (const [name, value] of Object.entries({ score, tag, fit, normalize, facts })) {
        if (typeof value !== 'boolean') throw badArgument('true or false', name, value);
    }
    if (!score && !tag && embed.length === 0) throw badArgument('at least one of score, tag and embed', 'options', options);
    checkCalls(options);
    return { score, tag, model, embed: [...new Set(embed)], facts, ...checkThresholds(options, taggers.get(model)), order, fit, normalize };
}

/**
 * @param {{ threshold?: unknown, thresholds?: unknown }} options
 * @param {import('../types.js').TagDefaults} [defaults] of the tagger
 * @returns {{ threshold: number, thresholds: import('../types.js').Thresholds }}
 */
function checkThresholds({ threshold, thresholds = {} }, defaults) {
    if (typeof thresholds !== 'object' || thresholds === null) throw badArgument('an object', 'thresholds', thresholds);
    for (const category of Object.keys(thresholds)) oneOf(CATEGORIES, 'thresholds', category);
    if (threshold !== undefined) checkThreshold('threshold', threshold);
    const given = Object.entries(thresholds).filter(([, value]) => value !== undefined);
    for (const [category, value] of given) checkThreshold(`thresholds.${category}`, value);
    return {
        threshold: /** @type {number | undefined} */ (threshold) ?? defaults?.threshold ?? 0,
        thresholds: { ...(threshold === undefined && defaults?.thresholds), ...Object.fromEntries(given) },
    };
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function checkThreshold(name, value) {
    if (typeof value !== 'number' || !(value >= THRESHOLD.min && value <= THRESHOLD.max))
        throw badArgument(`a number from ${THRESHOLD.min} to ${THRESHOLD.max}`, name, value);
}
