// How tags are spelt in captions.

/** @typedef {import('../types.js').Tag} Tag */

/** Danbooru's tags whose underscores belong to a face. */
const KAOMOJI = new Set('0_0 (o)_(o) +_+ +_- ._. <o>_<o> <|>_<|> =_= >_< 3_3 6_9 >_o @_@ ^_^ o_o u_u x_x |_| ||_||'.split(' '));
const SHORT = 3;

/** What Hydrus calls Danbooru's categories. @type {Record<string, string>} */
const NAMESPACES = { general: '', copyright: 'series:', artist: 'creator:' };

/** Spaces instead of underscores, except in kaomoji and short tags. @param {string} name */
export const withSpaces = (name) => (name.length <= SHORT || KAOMOJI.has(name) ? name : name.replaceAll('_', ' '));

/** A backslash before what has a meaning in prompts. @param {string} name */
export const escaped = (name) => name.replaceAll(/[\\()]/g, '\\$&');

/** The rating alone; DeepDanbooru's have "rating:" before it. @param {string} name */
export const ratingOf = (name) => name.replace(/^rating:/, '');

/** @param {Tag} tag */
export function namespaced({ name, category }) {
    return (NAMESPACES[category] ?? `${category}:`) + (category === 'rating' ? ratingOf(name) : name);
}

/**
 * A character and, if the last parentheses of its name tell one, the series: name_(costume)_(series) are name_(costume) and series.
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
