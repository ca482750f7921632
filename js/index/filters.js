// Which pictures a search may find: by tags, words of the path, folder and time, as a condition in SQL.
import { badArgument } from '../errors.js';
import { listOf } from './query.js';

/**
 * @typedef {import('../types.js').SearchOptions} SearchOptions
 * @typedef {import('./database.js').Value} Value
 */

/**
 * @param {SearchOptions} options
 * @returns {{ where: string, values: Value[] } | undefined} undefined: all pictures may be found
 * @throws {AcgError} BAD_ARGUMENT
 */
export function filterOf({ tags, notTags, words, folder, after, before }) {
    /** @type {string[]} */
    const conditions = [];
    /** @type {Value[]} */
    const values = [];
    const add = (/** @type {string} */ condition, /** @type {Value[]} */ ...of) => {
        conditions.push(condition);
        values.push(...of);
    };
    const tagged = 'IN (SELECT picture FROM tags JOIN tag_names ON tag_names.id = tags.tag WHERE tag_names.name = ?)';
    for (const tag of listOf(tags)) add(`id ${tagged}`, tagName(tag, 'tags'));
    for (const tag of listOf(notTags)) add(`id NOT ${tagged}`, tagName(tag, 'notTags'));
    for (const word of listOf(words)) add("path LIKE ? ESCAPE '\\'", `%${textOf(word, 'words').replace(/[\\%_]/g, '\\$&')}%`);
    if (folder !== undefined) {
        const root = textOf(folder, 'folder').replace(/[\\/]+$/, '');
        add('path > ? AND path < ?', `${root}/`, `${root}0`); // 0 is the character behind /
    }
    if (after !== undefined) add('modified >= ?', timeOf(after, 'after'));
    if (before !== undefined) add('modified < ?', timeOf(before, 'before'));
    return conditions.length > 0 ? { where: conditions.join(' AND '), values } : undefined;
}

/**
 * As taggers write it: 'silver hair' is silver_hair.
 * @param {unknown} tag
 * @param {string} name
 */
export function tagName(tag, name) {
    return textOf(tag, name).trim().replaceAll(' ', '_');
}

/**
 * @param {unknown} text
 * @param {string} name
 */
function textOf(text, name) {
    if (typeof text !== 'string' || text === '') throw badArgument('a text', name, text);
    return text;
}

/**
 * @param {unknown} time
 * @param {string} name
 */
function timeOf(time, name) {
    const ms = typeof time === 'string' || time instanceof Date ? new Date(time).getTime() : time;
    if (typeof ms !== 'number' || !Number.isFinite(ms)) throw badArgument('a date', name, time);
    return ms;
}
