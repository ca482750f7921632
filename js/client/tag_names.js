// The spelling of tags in captions.

/** @typedef {import('../types.js').Tag} Tag */

/** Tags of Danbooru that are kaomoji: their underscores are part of the face. */
const KAOMOJI = new Set('0_0 (o)_(o) +_+ +_- ._. <o>_<o> <|>_<|> =_= >_< 3_3 6_9 >_o @_@ ^_^ o_o u_u x_x |_| ||_||'.split(' '));
const SHORT = 3;

/** Hydrus's namespaces for Danbooru's categories. @type {Record<string, string>} */
const NAMESPACES = { general: '', copyright: 'series:', artist: 'creator:' };

/** Replaces underscores by spaces, except in kaomoji and in tags of at most three characters. @param {string} name */
export const withSpaces = (name) => (name.length <= SHORT || KAOMOJI.has(name) ? name : name.replaceAll('_', ' '));

/** Puts a backslash before characters that have a meaning in prompts. @param {string} name */
export const escaped = (name) => name.replaceAll(/[\\()]/g, '\\$&');

/** The name of a rating without the prefix "rating:" that DeepDanbooru's ratings have. @param {string} name */
export const ratingOf = (name) => name.replace(/^rating:/, '');

/** The name with Hydrus's namespace. @param {Tag} tag */
export function namespaced({ name, category }) {
    return (NAMESPACES[category] ?? `${category}:`) + (category === 'rating' ? ratingOf(name) : name);
}

/**
 * Splits a character tag into character and series, if its name ends with the series in parentheses: name_(costume)_(series) becomes
 * name_(costume) and series. Other tags stay as they are.
 * @param {Tag} tag
 * @returns {Tag[]}
 */
export function expanded(tag) {
    const [, name, series] = (tag.category === 'character' && /^(.+?)_?\(([^()]+)\)$/.exec(tag.name)) || [];
    return name
        ? [
              { ...tag, name },
              { ...tag, name: series },
          ]
        : [tag];
}
