// Finds the nearest words to a word: among the tags of the index, the tags of a tagger, or the caller's list. The vectors of a list are computed
// once and stored.
import { AcgError, badArgument } from '../errors.js';
import { checkTexts } from '../options/embed.js';
import { refuseUnknown } from '../options/known.js';
import { oneOf } from '../options/upscale.js';
import { ProgressMeter } from '../shared/progress.js';
import { halvesOfRows } from './query.js';

/**
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('../types.js').NeighbourOptions} NeighbourOptions
 * @typedef {{ database: Database, choices: import('../models/choices.js').Choices, embedder: import('../client/embedder.js').Embedder,
 *   vectors: import('../client/vectors.js').EngineVectors, tagNames: ReturnType<import('../client/tag_list.js')['tagLister']> }} WordTools
 */

/** How many words are embedded and written at once. */
const PART = 64;
/** The name of the list of the index's tags. */
const TAGS = 'tags';

/**
 * @param {WordTools} tools
 * @param {string} word
 * @param {NeighbourOptions} options
 * @returns {Promise<{ word: string, score: number }[]>}
 */
export async function neighbours(tools, word, options) {
    const { words, tagger, list, limit, signal, onProgress, model } = checkOptions(word, options, tools.choices);
    const asked = await tools.embedder.texts([asText(word)], { model, signal, onProgress });
    const weights = asked.sha256 ?? '';
    const wanted = words ?? (await (tagger ? tools.tagNames(tagger, signal) : wordsOf(tools.database, list)));
    await complete(tools, { list, weights, words: wanted, model, signal, onProgress });
    const { numbers, ...stored } = await tools.database.packed(
        'SELECT id, vector FROM words WHERE list = ? AND model = ? AND weights = ?',
        [list, model, weights],
    );
    if (numbers.length === 0) return [];
    const scores = await tools.vectors.score(asked.vectors[0], halvesOfRows(stored, asked.vectors[0].length));
    const best = Array.from(numbers, (id, i) => ({ id, score: scores[i] }))
        .sort((a, b) => b.score - a.score || a.id - b.id)
        .slice(0, limit);
    const rows = await tools.database.all('SELECT id, word FROM words WHERE id IN (SELECT value FROM json_each(?))', [
        JSON.stringify(best.map(({ id }) => id)),
    ]);
    const names = new Map(rows.map((row) => [row.id, row.word]));
    return best.map(({ id, score }) => ({ word: names.get(id), score }));
}

/**
 * @param {string} word
 * @param {NeighbourOptions} options
 * @param {WordTools['choices']} choices
 * @throws {AcgError} BAD_ARGUMENT
 */
function checkOptions(word, options, { taggers, words: models }) {
    if (typeof options !== 'object' || options === null) throw badArgument('an object', 'options', options);
    refuseUnknown(options, 'neighbours');
    const { words, tagger, list = words ? 'words' : (tagger ?? TAGS), limit = 50, signal, onProgress, model = models[0] } = options;
    checkTexts([word], 'word');
    if (words !== undefined) checkTexts(words, 'words');
    if (tagger !== undefined) oneOf([...taggers.keys()], 'tagger', tagger);
    if (words && tagger) throw badArgument('either words or tagger', 'options', options);
    if (typeof list !== 'string' || list === '') throw badArgument('a name', 'list', list);
    if (!Number.isSafeInteger(limit) || limit < 1) throw badArgument('a whole number from 1', 'limit', limit);
    return { words, tagger, list, limit, signal, onProgress, model };
}

/** A tag as ordinary text: with spaces. @param {string} word */
const asText = (word) => word.replaceAll('_', ' ');

/**
 * Computes the missing vectors of a list, and removes words that are no longer in it.
 * @param {WordTools} tools
 * @param {Pick<NeighbourOptions, 'signal' | 'onProgress'> & { list: string, words: string[], weights: string,
 *   model: NonNullable<NeighbourOptions['model']> }} of
 * @throws {AcgError} UNREADABLE: vectors are missing, and only the tab that has the index open can write them
 */
async function complete({ database, embedder, vectors }, { list, weights, words, model, signal, onProgress }) {
    const json = JSON.stringify([...new Set(words)]);
    const missing = await database.all(
        `SELECT value AS word FROM json_each(?)
            WHERE value NOT IN (SELECT word FROM words WHERE list = ? AND model = ? AND weights = ?)`,
        [json, list, model, weights],
    );
    if (database.isReadOnly) {
        if (missing.length === 0) return;
        throw new AcgError(
            'UNREADABLE',
            `${missing.length} words of the list have no vectors yet: only the tab that has the index open can make them`,
            { reason: 'INDEX_READ_ONLY' },
        );
    }
    const meter = new ProgressMeter('index', onProgress);
    for (let at = 0; at < missing.length; at += PART) {
        meter.update(at, missing.length);
        const part = missing.slice(at, at + PART).map((row) => row.word);
        const made = await embedder.texts(part.map(asText), { model, signal });
        const stored = await vectors.store(made.vectors);
        await database.write(
            part.map((word, i) => [
                `INSERT INTO words (list, word, model, weights, vector) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (list, word, model) DO UPDATE SET weights = excluded.weights, vector = excluded.vector`,
                [list, word, model, weights, stored[i]],
            ]),
        );
    }
    await database.write([['DELETE FROM words WHERE list = ? AND word NOT IN (SELECT value FROM json_each(?))', [list, json]]]);
}

/**
 * The tags of the index, or the words of a stored list, whose vectors may have been made with other weights.
 * @param {Database} database
 * @param {string} list
 * @returns {Promise<string[]>}
 */
async function wordsOf(database, list) {
    const rows =
        list === TAGS
            ? await database.all("SELECT DISTINCT name AS word FROM tag_names WHERE category <> 'rating' ORDER BY name")
            : await database.all('SELECT word FROM words WHERE list = ? GROUP BY word ORDER BY min(id)', [list]);
    return rows.map(({ word }) => word);
}

/**
 * The lists whose vectors are stored.
 * @param {Database} database
 * @returns {Promise<import('../types.js').WordList[]>}
 */
export async function wordLists(database) {
    const rows = await database.all('SELECT list, model, count(*) AS words FROM words GROUP BY list, model ORDER BY list, model');
    return /** @type {any[]} */ (rows);
}
