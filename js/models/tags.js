// DeepDanbooru's list of tags and their categories, and which of them are told of a picture.
import { AcgError } from '../errors.js';

/** @typedef {{ name: string, category: string }} TagName */

const RATING = 'rating';

/**
 * @param {Uint8Array} bytes of tags.txt: a name on each line
 * @param {number} count how many the network has
 * @param {string} categories as its file tells them: "general:0,character:6891,rating:9173", each with its first tag; '': not told
 * @returns {TagName[]}
 * @throws {AcgError} BAD_MODEL
 */
export function readTags(bytes, count, categories) {
    const names = new TextDecoder()
        .decode(bytes)
        .split(/\r?\n/)
        .map((line) => line.trim());
    while (names.at(-1) === '') names.pop();
    if (names.length !== count) {
        throw new AcgError(
            'BAD_MODEL',
            `Expected a list of the network's ${count} tags but found one of ${names.length} lines: they belong to different networks`,
        );
    }
    const starts = parseCategories(categories, count);
    return names.map((name, i) => ({ name, category: starts.findLast(({ first }) => first <= i)?.name ?? 'general' }));
}

/**
 * @param {string} text
 * @param {number} count of tags
 */
function parseCategories(text, count) {
    if (text === '') return [];
    const starts = text
        .split(',')
        .map((part) => /^([a-z_]+):(\d+)$/.exec(part))
        .map((match) => ({ name: match?.[1] ?? '', first: Number(match?.[2]) }));
    const isAscending = starts.every(({ first }, i) => first >= (starts[i - 1]?.first ?? 0) && first < count);
    if (!isAscending)
        throw new AcgError('BAD_MODEL', `Expected categories as name:first tag, in ascending order, below ${count}, but found '${text}'`);
    return starts;
}

/**
 * Those of at least their category's threshold, category by category, the best first. Of the ratings only the best one, unless they have
 * a threshold.
 * @param {TagName[]} tags
 * @param {ArrayLike<number>} scores
 * @param {number} threshold of categories that have none of their own
 * @param {import('../types.js').Thresholds} [thresholds] by category
 * @returns {import('../types.js').Tag[]}
 */
export function chooseTags(tags, scores, threshold, thresholds = {}) {
    const all = tags.map(({ name, category }, i) => ({ name, score: scores[i], category }));
    return [...new Set(tags.map(({ category }) => category))].flatMap((category) => {
        const found = all.filter((tag) => tag.category === category).sort((a, b) => b.score - a.score);
        const own = /** @type {Record<string, number | undefined>} */ (thresholds)[category];
        if (category === RATING && own === undefined) return found.slice(0, 1);
        return found.filter(({ score }) => score >= (own ?? threshold));
    });
}
