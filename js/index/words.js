// Words near a word: of the tags that the index has, or of a list that the caller gives. The vectors of a list are made once and kept.
import { badArgument } from '../errors.js';
import { checkTexts } from '../options/embed.js';
import { ProgressMeter } from '../shared/progress.js';
import { halvesOfRows } from './query.js';

/**
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('../types.js').NeighbourOptions} NeighbourOptions
 * @typedef {{ database: Database, embedder: import('../client/embedder.js').Embedder,
 *   vectors: import('../client/vectors.js').EngineVectors }} WordTools
 */

const MODEL = 'acgvoc2vec';
/** How many words are embedded and written at once. */
const PART = 64;
/** The list of the tags that the index has. */
const TAGS = 'tags';

/**
 * @param {WordTools} tools
 * @param {string} word
 * @param {NeighbourOptions} options
 * @returns {Promise<{ word: string, score: number }[]>}
 */
export async function neighbours(tools, word, options) {
    const { words, list = words ? 'words' : TAGS, limit = 50, signal, onProgress, model = MODEL } = options;
    checkTexts([word], 'word');
    if (words !== undefined) checkTexts(words, 'words');
    if (typeof list !== 'string' || list === '') throw badArgument('a name', 'list', list);
    if (!Number.isSafeInteger(limit) || limit < 1) throw badArgument('a whole number from 1', 'limit', limit);
    const asked = await tools.embedder.texts([asText(word)], { model, signal, onProgress });
    const weights = asked.sha256 ?? '';
    await complete(tools, { list, weights, words, model, signal, onProgress });
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

/** As people write a tag. @param {string} word */
const asText = (word) => word.replaceAll('_', ' ');

/**
 * Makes the vectors that a list does not have; words that are not in it any more go.
 * @param {WordTools} tools
 * @param {Pick<NeighbourOptions, 'words' | 'signal' | 'onProgress'> & { list: string, weights: string,
 *   model: NonNullable<NeighbourOptions['model']> }} of
 */
async function complete({ database, embedder, vectors }, { list, weights, words, model, signal, onProgress }) {
    const wanted = words ?? (list === TAGS ? await tagsOf(database) : undefined);
    if (!wanted) return; // a list that is there already
    const json = JSON.stringify([...new Set(wanted)]);
    const missing = await database.all(
        `SELECT value AS word FROM json_each(?)
            WHERE value NOT IN (SELECT word FROM words WHERE list = ? AND model = ? AND weights = ?)`,
        [json, list, model, weights],
    );
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

/** @param {Database} database */
async function tagsOf(database) {
    const rows = await database.all("SELECT DISTINCT name FROM tag_names WHERE category <> 'rating' ORDER BY name");
    return rows.map(({ name }) => name);
}
