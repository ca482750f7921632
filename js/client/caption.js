// Writes tags as the text of a caption file, in the formats of other programs. Reads and writes no files itself.
import { badArgument } from '../errors.js';
import { checkCaptionOptions, checkExtension } from '../options/caption.js';
import { escaped, expanded, namespaced, ratingOf, withSpaces } from './tag_names.js';

/**
 * @typedef {import('../types.js').Tag} Tag
 * @typedef {import('../types.js').CaptionOptions} CaptionOptions
 * @typedef {ReturnType<typeof checkCaptionOptions>} Checked
 * @typedef {(tags: Tag[], options: Checked) => string} Form
 */

/** @type {Record<import('../types.js').CaptionFormat, Form>} */
const FORMS = { kohya, a1111, danbooru, hydrus, 'hydrus-sidecar': hydrusSidecar };

/** Formats that contain all ratings with their scores. The others contain only the best rating. */
const ALL_RATINGS = ['a1111', 'danbooru'];

/**
 * The text of a caption file. It ends with a line break.
 * @example captionOf(await engine.tag(file), { removeUnderscore: true }) // '1girl, long hair, smile\n'
 * @param {Tag[]} tags as `engine.tag` gives them
 * @param {CaptionOptions} [options]
 * @returns {string}
 * @throws {AcgError} BAD_ARGUMENT
 */
export function captionOf(tags, options = {}) {
    if (!Array.isArray(tags)) throw badArgument('an array of tags', 'tags', tags);
    const checked = checkCaptionOptions(options);
    const chosen = ALL_RATINGS.includes(checked.format) ? tags : withBestRating(tags);
    return `${FORMS[checked.format](spelledTags(chosen, checked), checked)}\n`;
}

/**
 * The name of a picture's caption file: the name of the picture with another extension.
 * @example captionName('in/a.png') // 'in/a.txt'
 * @param {string} picture a name or a path
 * @param {{ format?: CaptionOptions['format'], extension?: string }} [options] extension: default '.txt'; for formats that are JSON '.json'
 * @returns {string} a path in the same folder
 * @throws {AcgError} BAD_ARGUMENT
 */
export function captionName(picture, { format = 'kohya', extension = isText(format) ? '.txt' : '.json' } = {}) {
    checkExtension(extension);
    return picture.replace(/([^./\\][^/\\]*)\.[^./\\]*$/, '$1') + extension;
}

/** @param {CaptionOptions['format']} format */
const isText = (format) => format === 'kohya' || format === 'hydrus-sidecar';

/**
 * The tags to write, with their names as the options want them. Each name occurs once.
 * @param {Tag[]} tags
 * @param {Checked} options
 */
function spelledTags(tags, { characterTagExpand, tagReplacement, undesiredTags, ...options }) {
    const spelt = spelling(options);
    const replacements = new Map(Object.entries(tagReplacement).map(([source, target]) => [spelt(source), target]));
    const seen = new Set(undesiredTags.map(spelt));
    return (characterTagExpand ? tags.flatMap(expanded) : tags)
        .map((tag) => ({ ...tag, name: replacements.get(spelt(tag.name)) ?? spelt(tag.name) }))
        .filter(({ name }) => !seen.has(name) && seen.add(name));
}

/** @param {Pick<Checked, 'removeUnderscore'>} options @returns {(name: string) => string} */
const spelling = ({ removeUnderscore }) => (removeUnderscore ? withSpaces : (name) => name);

/** @type {Form} */
function kohya(tags, options) {
    const { separator, existing, alwaysFirstTags, escapeTags } = options;
    const names = inOrder(tags, options).map(({ name }) => name);
    const first = alwaysFirstTags.map(spelling(options)).filter((name) => names.includes(name));
    const all = [...new Set([...first, ...names])];
    return appended(existing, escapeTags ? all.map(escaped) : all, separator);
}

/** @type {Form} */
function a1111(tags) {
    const [ratings, others] = splitRatings(tags);
    const rating = ratings.map(({ name, score }) => ({ name: ratingOf(name), score }));
    return `{"caption":{"tag":${scoresJson(others)},"rating":${scoresJson(rating)}}}`;
}

/** @type {Form} */
function danbooru(tags, { filename }) {
    const named = tags.map((tag) => (tag.category === 'rating' ? { ...tag, name: `rating:${ratingOf(tag.name)[0]}` } : tag));
    return `[{"filename":${JSON.stringify(filename)},"tags":${scoresJson(named.sort((a, b) => b.score - a.score))}}]`;
}

/** @type {Form} */
function hydrus(tags, { sha256, serviceKey, ...options }) {
    const names = inOrder(tags, options).map(namespaced);
    return JSON.stringify({ hashes: [sha256.toLowerCase()], service_keys_to_tags: { [serviceKey]: names } });
}

/** @type {Form} */
function hydrusSidecar(tags, { existing, ...options }) {
    return appended(existing, inOrder(tags, options).map(namespaced), '\n');
}

/**
 * General tags, characters, and the rating where it is wanted.
 * @param {Tag[]} tags with one rating at most
 * @param {Pick<Checked, 'rating' | 'characterTagsFirst'>} options
 */
function inOrder(tags, { rating, characterTagsFirst }) {
    const [ratings, others] = splitRatings(tags);
    const isFirst = (/** @type {Tag} */ { category }) => characterTagsFirst && category === 'character';
    const ordered = [...others.filter(isFirst), ...others.filter((tag) => !isFirst(tag))];
    return [...(rating === 'first' ? ratings : []), ...ordered, ...(rating === 'last' ? ratings : [])];
}

/** Runs before undesired tags are removed, so that the second-best rating never replaces an undesired one. @param {Tag[]} tags */
function withBestRating(tags) {
    const [ratings, others] = splitRatings(tags);
    return [...others, ...ratings.sort((a, b) => b.score - a.score).slice(0, 1)];
}

/** The ratings, and all other tags. @param {Tag[]} tags */
function splitRatings(tags) {
    return [tags.filter(({ category }) => category === 'rating'), tags.filter(({ category }) => category !== 'rating')];
}

/**
 * Appends names that are missing in an existing caption.
 * @param {string | undefined} existing
 * @param {string[]} names
 * @param {string} separator in `existing` it may lack the spaces around it
 */
function appended(existing = '', names, separator) {
    const before = existing
        .split(separator.trim() || separator)
        .map((name) => name.trim())
        .filter(Boolean);
    return [...before, ...names.filter((name) => !before.includes(name))].join(separator);
}

/**
 * An object of names and scores as JSON, in this order. It is made by hand, because JSON.stringify moves names that are numbers to the front.
 * @param {{ name: string, score: number }[]} tags
 */
function scoresJson(tags) {
    return `{${tags.map(({ name, score }) => `${JSON.stringify(name)}:${Number(score.toPrecision(9))}`).join(',')}}`;
}
