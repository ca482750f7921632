// Checks the options of captions and fills in the defaults.
import { badArgument } from '../errors.js';
import { refuseUnknown } from './known.js';
import { oneOf } from './upscale.js';

/** @typedef {import('../types.js').CaptionOptions} CaptionOptions */

export const CAPTION_FORMATS = ['kohya', 'a1111', 'danbooru', 'hydrus', 'hydrus-sidecar'];
export const CAPTION_RATINGS = ['first', 'last', 'none'];

/** The key of Hydrus's service "my tags". */
const MY_TAGS = '6c6f63616c2074616773';

/** @type {Record<string, string[]>} the formats that have an option, for options that not all formats have */
const ONLY_FOR = {
    separator: ['kohya'],
    alwaysFirstTags: ['kohya'],
    characterTagsFirst: ['kohya'],
    characterTagExpand: ['kohya'],
    escapeTags: ['kohya'],
    rating: ['kohya', 'hydrus', 'hydrus-sidecar'],
    existing: ['kohya', 'hydrus-sidecar'],
    serviceKey: ['hydrus'],
};

/**
 * @param {CaptionOptions & Record<string, unknown>} options
 * @returns {Required<Omit<CaptionOptions, 'existing'>> & { existing: string | undefined }}
 * @throws {AcgError} BAD_ARGUMENT
 */
export function checkCaptionOptions(options) {
    if (typeof options !== 'object' || options === null) throw badArgument('an object', 'options', options);
    refuseUnknown(options, 'caption');
    const { format = 'kohya' } = options;
    oneOf(CAPTION_FORMATS, 'format', format);
    for (const [name, formats] of Object.entries(ONLY_FOR)) {
        if (options[name] !== undefined && !formats.includes(format)) throw badArgument(`format ${formats.join(' or ')}`, name, format);
    }
    return { format, ...checkTexts(options, format), ...checkTagNames(options), ...checkSwitches(options, format) };
}

/**
 * @param {CaptionOptions} options
 * @param {string} format
 */
function checkTexts({ separator = ', ', existing, filename = '', sha256 = '', serviceKey = MY_TAGS }, format) {
    if (typeof separator !== 'string' || separator === '') throw badArgument('a text that is not empty', 'separator', separator);
    if (existing !== undefined && typeof existing !== 'string') throw badArgument('a text', 'existing', existing);
    if (typeof filename !== 'string' || (format === 'danbooru' && filename === ''))
        throw badArgument("the picture's name", 'filename', filename);
    if (format === 'hydrus' && !isHexadecimal(sha256, 64)) throw badArgument('64 hexadecimal digits', 'sha256', sha256);
    if (!isHexadecimal(serviceKey)) throw badArgument('hexadecimal digits', 'serviceKey', serviceKey);
    return { separator, existing, filename, sha256, serviceKey };
}

/** @param {CaptionOptions} options */
function checkTagNames({ undesiredTags = [], alwaysFirstTags = [], tagReplacement = {} }) {
    for (const [name, tags] of Object.entries({ undesiredTags, alwaysFirstTags })) {
        if (!Array.isArray(tags)) throw badArgument('an array of tags', name, tags);
        for (const tag of tags) checkTag(name, tag);
    }
    if (typeof tagReplacement !== 'object' || tagReplacement === null) throw badArgument('an object', 'tagReplacement', tagReplacement);
    for (const tag of Object.entries(tagReplacement).flat()) checkTag('tagReplacement', tag);
    return { undesiredTags, alwaysFirstTags, tagReplacement };
}

/**
 * @param {CaptionOptions} options
 * @param {string} format
 */
function checkSwitches({ removeUnderscore, rating, ...options }, format) {
    const isOfHydrus = format.startsWith('hydrus');
    const { characterTagsFirst = false, characterTagExpand = false, escapeTags = false } = options;
    const switches = { removeUnderscore: removeUnderscore ?? isOfHydrus, characterTagsFirst, characterTagExpand, escapeTags };
    for (const [name, value] of Object.entries(switches)) {
        if (typeof value !== 'boolean') throw badArgument('true or false', name, value);
    }
    const place = rating ?? (isOfHydrus ? 'last' : 'none');
    oneOf(CAPTION_RATINGS, 'rating', place);
    return { ...switches, rating: place };
}

/**
 * Checks the extension of caption files.
 * @param {string} extension
 * @throws {AcgError} BAD_ARGUMENT
 */
export function checkExtension(extension) {
    if (typeof extension !== 'string' || !/^\.[^/\\\0]+$/.test(extension))
        throw badArgument('an ending with its dot, such as .txt,', 'extension', extension);
}

/**
 * @param {string} name
 * @param {unknown} tag
 */
function checkTag(name, tag) {
    if (typeof tag !== 'string' || tag.trim() === '') throw badArgument('tags that are not empty', name, tag);
}

/**
 * @param {unknown} text
 * @param {number} [digits]
 */
function isHexadecimal(text, digits) {
    return typeof text === 'string' && /^[0-9a-f]+$/i.test(text) && (digits === undefined || text.length === digits);
}
