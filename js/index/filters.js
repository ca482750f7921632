// Makes the SQL condition for the pictures that a search may find (tags, words in the path, folder, time), and finds the pictures that it prefers.
import { badArgument } from '../errors.js';
import { listOf } from './query.js';

/**
 * @typedef {import('../types.js').SearchOptions} SearchOptions
 * @typedef {import('./database.js').Value} Value
 */

const TAGGED = 'IN (SELECT picture FROM tags JOIN tag_names ON tag_names.id = tags.tag WHERE tag_names.name = ?)';
const NAMED = "path LIKE ? ESCAPE '\\'";

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
    for (const tag of listOf(tags)) add(`id ${TAGGED}`, tagName(tag, 'tags'));
    for (const tag of listOf(notTags)) add(`id NOT ${TAGGED}`, tagName(tag, 'notTags'));
    for (const word of listOf(words)) add(NAMED, inPath(word, 'words'));
    if (folder !== undefined) {
        const root = textOf(folder, 'folder').replace(/[\\/]+$/, '');
        add('path > ? AND path < ?', `${root}/`, `${root}0`); // 0 is the character after /
    }
    if (after !== undefined) add('modified >= ?', timeOf(after, 'after'));
    if (before !== undefined) add('modified < ?', timeOf(before, 'before'));
    return conditions.length > 0 ? { where: conditions.join(' AND '), values } : undefined;
}

/**
 * Counts for each picture how many of these words it has, in its path or as a tag.
 * @param {import('./database.js').Database} database
 * @param {SearchOptions['raise']} raise
 * @returns {Promise<Map<number, number>>} by picture; without pictures that have none
 * @throws {AcgError} BAD_ARGUMENT
 */
export async function raisedPictures(database, raise) {
    /** @type {Map<number, number>} */
    const counts = new Map();
    for (const word of new Set(listOf(raise))) {
        const values = [inPath(word, 'raise'), tagName(word, 'raise')];
        for (const { id } of await database.all(`SELECT id FROM pictures WHERE ${NAMED} OR id ${TAGGED}`, values))
            counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
}

/**
 * @param {unknown} word
 * @param {string} name
 */
const inPath = (word, name) => `%${textOf(word, name).replace(/[\\%_]/g, '\\$&')}%`;

/**
 * A tag in the spelling of taggers: 'silver hair' becomes 'silver_hair'.
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
