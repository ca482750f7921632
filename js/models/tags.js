// Reads a tagger's list of tags and their categories, and chooses the tags of a picture by their scores.
import { AcgError } from '../errors.js';

/** @typedef {{ name: string, category: string }} TagName */

const RATING = 'rating';

/** Danbooru's numbers of its categories. */
const DANBOORU_CATEGORIES = new Map([
    ['0', 'general'],
    ['1', 'artist'],
    ['3', 'copyright'],
    ['4', 'character'],
    ['5', 'meta'],
    ['9', RATING],
]);

/**
 * @param {string} path of the file: selected_tags.csv or tags.txt
 * @param {Uint8Array} bytes
 * @param {{ count: number, categories: string }} network count: of its tags; categories: as its
 *   file of weights has them (see `readTags`)
 * @returns {TagName[]}
 * @throws {AcgError} BAD_MODEL
 */
export function readTagFile(path, bytes, { count, categories }) {
    return path.endsWith('.csv') ? readTagTable(bytes, count) : readTags(bytes, count, categories);
}

/**
 * The names in a tagger's list, without ratings. Does not need the network.
 * @param {string} path of the file: selected_tags.csv or tags.txt
 * @param {Uint8Array} bytes
 * @returns {string[]}
 * @throws {AcgError} BAD_MODEL
 */
export function tagNamesIn(path, bytes) {
    const count = linesOf(bytes).length;
    const tags = path.endsWith('.csv') ? readTagTable(bytes, count - 1) : readTags(bytes, count, '');
    return tags.filter(({ name, category }) => category !== RATING && !name.startsWith(`${RATING}:`)).map(({ name }) => name);
}

/**
 * @param {Uint8Array} bytes of selected_tags.csv, as the WD taggers have it: columns name and category, the latter as Danbooru's number
 * @param {number} count how many tags the network has
 * @returns {TagName[]}
 * @throws {AcgError} BAD_MODEL
 */
export function readTagTable(bytes, count) {
    const [columns = [], ...rows] = linesOf(bytes).map(csvFields);
    checkCount(rows.length, count);
    const [name, category] = ['name', 'category'].map((column) => columns.indexOf(column));
    return rows.map((fields, i) => {
        const tag = { name: fields[name], category: DANBOORU_CATEGORIES.get(fields[category]) };
        if (tag.name && tag.category) return /** @type {TagName} */ (tag);
        throw new AcgError(
            'BAD_MODEL',
            `Expected a name and a category of Danbooru in line ${i + 2} of the list of tags but found '${fields}'`,
        );
    });
}

/**
 * @param {string} line without line ends in its fields
 * @returns {string[]}
 */
function csvFields(line) {
    const fields = `${line},`.matchAll(/(?:"((?:[^"]|"")*)"|([^",]*)),/gy);
    return [...fields].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
}

/**
 * @param {Uint8Array} bytes
 * @returns {string[]} the lines, without empty ones at the end
 */
function linesOf(bytes) {
    const lines = new TextDecoder()
        .decode(bytes)
        .split(/\r?\n/)
        .map((line) => line.trim());
    while (lines.at(-1) === '') lines.pop();
    return lines;
}

/**
 * @param {number} found
 * @param {number} count
 */
function checkCount(found, count) {
    if (found === count) return;
    throw new AcgError(
        'BAD_MODEL',
        `Expected a list of the network's ${count} tags but found one of ${found} lines: they belong to different networks`,
    );
}

/**
 * @param {Uint8Array} bytes of tags.txt: a name on each line
 * @param {number} count how many tags the network has
 * @param {string} categories each with the index of its first tag: "general:0,character:6891,rating:9173"; '': all are general
 * @returns {TagName[]}
 * @throws {AcgError} BAD_MODEL
 */
export function readTags(bytes, count, categories) {
    const names = linesOf(bytes);
    checkCount(names.length, count);
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
 * Chooses the tags whose score is at least their category's threshold: category by category with the best first, or in the order of the
 * list. The ratings come last: only the best one, or with a threshold all that reach it.
 * @param {TagName[]} tags
 * @param {ArrayLike<number>} scores
 * @param {number} threshold for categories that are not in `thresholds`
 * @param {Record<string, number>} [thresholds] by category
 * @param {'score' | 'list'} [order]
 * @returns {import('../types.js').Tag[]}
 */
export function chooseTags(tags, scores, threshold, thresholds = {}, order = 'score') {
    const all = tags.map(({ name, category }, i) => ({ name, score: scores[i], category }));
    const best = (/** @type {string} */ category) => all.filter((tag) => tag.category === category).sort((a, b) => b.score - a.score);
    const atLeast = (/** @type {string} */ category, /** @type {number} */ least) => best(category).filter(({ score }) => score >= least);
    const categories = [...new Set(tags.map(({ category }) => category))].filter((category) => category !== RATING);
    const others = categories.flatMap((category) => atLeast(category, thresholds[category] ?? threshold));
    const chosen = [...others, ...(thresholds[RATING] === undefined ? best(RATING).slice(0, 1) : atLeast(RATING, thresholds[RATING]))];
    return order === 'score' ? chosen : all.filter((tag) => chosen.includes(tag));
}
