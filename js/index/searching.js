// Finds pictures. The engine scans all vectors as int8; the best candidates get exact scores from the float16 vectors in the database.
import { badArgument } from '../errors.js';
import { filterOf, raisedPictures, tagName } from './filters.js';
import { searchModel } from './models.js';
import { halvesOfRows, hasQuery, listOf, queryVector } from './query.js';
import { areAlike } from './likeness.js';
import { UNWANTED } from './vector_mirror.js';

/**
 * @typedef {import('../types.js').SearchOptions} SearchOptions
 * @typedef {import('../types.js').FoundPicture} FoundPicture
 * @typedef {import('../types.js').SearchResult} SearchResult
 * @typedef {import('./models.js').IndexModel} IndexModel
 * @typedef {import('./vector_mirror.js').VectorMirror} VectorMirror
 * @typedef {{ id: number, score: number, vector: Uint16Array }} Candidate
 *
 * @typedef {import('./query.js').QueryTools & { choices: import('../models/choices.js').Choices,
 *   vectors: import('../client/vectors.js').EngineVectors, mirrorOf: (model: IndexModel) => VectorMirror }} SearchTools
 */

const DEFAULT_LIMIT = 20;
/** Candidates of the scan for each result: int8 scores are not exact, so a few more are needed. */
const CANDIDATES = 4;
const MIN_CANDIDATES = 100;
/** The default minimal score, in standard deviations above the mean score of all pictures. */
const CUT_OFF_DEVIATIONS = 2;
/** With fewer pictures there is no default minimal score: mean and deviation would be meaningless. */
const CUT_OFF_PICTURES = 50;
const DIVERSITY_WEIGHT = 0.7;

/**
 * How many candidates the scan must give for `limit` results.
 * @param {number} limit
 */
export const candidatesFor = (limit) => Math.max(limit * CANDIDATES, MIN_CANDIDATES);

/**
 * @param {SearchTools} tools
 * @param {IndexModel[]} current
 * @param {SearchOptions} options
 * @returns {Promise<SearchResult>} the best first
 * @throws {AcgError} BAD_ARGUMENT, and what the models throw
 */
export async function search(tools, current, options) {
    const settings = checkOptions(options);
    const wanted = await wantedPictures(tools.database, options);
    const raised = await raisedPictures(tools.database, options.raise);
    if (!hasQuery(options)) return byTags(tools.database, options, settings, wanted, raised);
    const hasText = listOf(options.text).length + listOf(options.notText).length > 0;
    const model = searchModel(current, { choices: tools.choices, model: options.model, hasText });
    if (!model) return result([], { searched: 0 });
    const query = await queryVector(tools, model, options);
    return byVector(tools, model, query, {
        ...settings,
        wanted,
        raised,
        without: new Set([...listOf(options.like), ...listOf(options.unlike)]),
    });
}

/**
 * @param {SearchTools} tools
 * @param {IndexModel} model
 * @param {Float32Array} query of length 1
 * @param {ReturnType<typeof checkOptions> & { wanted?: Set<number>, raised: Map<number, number>, without: Set<number> }} settings raised:
 *   how many words raise a picture's score
 * @returns {Promise<SearchResult>}
 */
async function byVector(tools, model, query, { limit, minScore, diverse, hideDuplicates, wanted, raised, without }) {
    const raisesOf = (/** @type {number} */ id) => raised.get(id) ?? 0;
    const isWanted = (/** @type {number} */ id) => (!wanted || wanted.has(id)) && !without.has(id);
    const isPlain = !wanted && without.size === 0 && raised.size === 0;
    const partOf = isPlain ? undefined : (/** @type {number} */ id) => (isWanted(id) ? raisesOf(id) : UNWANTED);
    const found = await tools.mirrorOf(model).search(query, candidatesFor(limit), partOf);
    const least = minScore === 'auto' ? cutOff(found) : minScore === 'off' ? undefined : minScore;
    const scored = (await scoreExactly(tools, model, query, found.pictures))
        .map((candidate) => ({ ...candidate, score: candidate.score + raisesOf(candidate.id) * found.deviation }))
        .sort((a, b) => b.score - a.score || a.id - b.id);
    const above = scored.filter((candidate) => least === undefined || candidate.score >= least);
    const pictures = await picturesOf(tools.database, above);
    const shown = hideDuplicates ? withoutDuplicates(pictures, above) : pictures;
    const ranked = diverse ? await diversePictures(tools, shown, above, limit) : shown;
    return result(ranked.slice(0, limit), {
        model: model.name,
        minScore: least,
        mean: found.mean,
        deviation: found.deviation,
        searched: found.searched,
    });
}

/**
 * @param {SearchOptions} options
 * @throws {AcgError} BAD_ARGUMENT
 */
export function checkOptions({ limit = DEFAULT_LIMIT, minScore = 'auto', diverse = false, hideDuplicates = false }) {
    if (!Number.isSafeInteger(limit) || limit < 1) throw badArgument('a whole number from 1', 'limit', limit);
    if (minScore !== 'auto' && minScore !== 'off' && !(typeof minScore === 'number' && minScore >= -1 && minScore <= 1))
        throw badArgument("a number from -1 to 1, 'auto' or 'off'", 'minScore', minScore);
    for (const [name, value] of Object.entries({ diverse, hideDuplicates }))
        if (typeof value !== 'boolean') throw badArgument('true or false', name, value);
    return { limit, minScore, diverse, hideDuplicates };
}

/**
 * The default minimal score. It is at most half-way between the mean and 1, because no score may be higher if all pictures are very similar.
 * @param {{ mean: number, deviation: number, count: number }} scores of all pictures
 */
function cutOff({ mean, deviation, count }) {
    return count < CUT_OFF_PICTURES ? undefined : Math.min(mean + CUT_OFF_DEVIATIONS * deviation, (mean + 1) / 2);
}

/**
 * @param {import('./database.js').Database} database
 * @param {SearchOptions} options
 */
async function wantedPictures(database, options) {
    const filter = filterOf(options);
    if (!filter) return undefined;
    const rows = await database.all(`SELECT id FROM pictures WHERE ${filter.where}`, filter.values);
    return new Set(rows.map(({ id }) => id));
}

/**
 * Exact scores, the best first. Of equal scores the picture that was added first comes first.
 * @param {SearchTools} tools
 * @param {IndexModel} model
 * @param {Float32Array} query
 * @param {number[]} ids
 * @returns {Promise<Candidate[]>}
 */
export async function scoreExactly({ database, vectors }, model, query, ids) {
    const { numbers, ...rows } = await database.packed(
        'SELECT picture, vector FROM vectors WHERE model = ? AND picture IN (SELECT value FROM json_each(?)) ORDER BY picture',
        [model.id, JSON.stringify(ids)],
    );
    const halves = halvesOfRows(rows, model.dims);
    if (numbers.length === 0) return [];
    const scores = await vectors.score(query, halves);
    return Array.from(numbers, (id, i) => ({ id, score: scores[i], vector: halves.subarray(i * model.dims, (i + 1) * model.dims) })).sort(
        (a, b) => b.score - a.score || a.id - b.id,
    );
}

/**
 * @param {import('./database.js').Database} database
 * @param {{ id: number, score: number }[]} candidates
 * @returns {Promise<(FoundPicture & import('./likeness.js').Seen)[]>} in their order
 */
export async function picturesOf(database, candidates) {
    const rows = await database.all(
        'SELECT id, path, bytes, modified, width, height, sha256, hash, mirrored, contrast FROM pictures WHERE id IN (SELECT value FROM json_each(?))',
        [JSON.stringify(candidates.map(({ id }) => id))],
    );
    const known = new Map(rows.map((row) => [row.id, row]));
    return candidates.flatMap(({ id, score }) => {
        const { path, ...row } = known.get(id) ?? {};
        return path === undefined ? [] : [/** @type {any} */ ({ id, path, score, ...row })];
    });
}

/**
 * Keeps only the first of several duplicates.
 * @template {{ id: number } & import('./likeness.js').Seen} P
 * @param {P[]} pictures
 * @param {Candidate[]} candidates
 */
function withoutDuplicates(pictures, candidates) {
    const vectors = new Map(candidates.map(({ id, vector }) => [id, vector]));
    /** @type {P[]} */
    const kept = [];
    for (const picture of pictures) {
        const isKnown = kept.some((other) => areAlike(picture, other, () => [vectors.get(picture.id), vectors.get(other.id)]));
        if (!isKnown) kept.push(picture);
    }
    return kept;
}

/**
 * @template {{ id: number }} P
 * @param {SearchTools} tools
 * @param {P[]} pictures
 * @param {Candidate[]} candidates
 * @param {number} limit
 * @returns {Promise<P[]>}
 */
async function diversePictures(tools, pictures, candidates, limit) {
    const known = new Map(candidates.map((candidate) => [candidate.id, candidate]));
    const shown = pictures.map((picture) => ({ .../** @type {Candidate} */ (known.get(picture.id)), picture }));
    return (await diversify(tools, shown, limit)).map(({ picture }) => picture);
}

/**
 * Chooses at most `limit` candidates that have high scores and differ from each other.
 * @template {Omit<Candidate, 'id'>} C
 * @param {Pick<SearchTools, 'vectors'>} tools
 * @param {C[]} candidates
 * @param {number} limit
 * @returns {Promise<C[]>}
 */
export async function diversify({ vectors }, candidates, limit) {
    if (candidates.length === 0) return [];
    const dims = candidates[0].vector.length;
    const halves = new Uint16Array(candidates.length * dims);
    for (const [i, { vector }] of candidates.entries()) halves.set(vector, i * dims);
    const relevance = Float32Array.from(candidates, ({ score }) => score);
    const order = await vectors.diverse(halves, relevance, { k: Math.min(limit, candidates.length), weight: DIVERSITY_WEIGHT });
    return Array.from(order, (i) => candidates[i]);
}

/**
 * A search without a vector. The order: the mean score of the wanted tags plus the number of words that raise the picture; then the id.
 * @param {import('./database.js').Database} database
 * @param {SearchOptions} options
 * @param {ReturnType<typeof checkOptions>} settings
 * @param {Set<number> | undefined} wanted
 * @param {Map<number, number>} raised
 */
async function byTags(database, options, { limit }, wanted, raised) {
    if (!wanted) throw badArgument('at least one of text, image, vector, like, tags, words, folder, after and before', 'options', options);
    const names = listOf(options.tags).map((tag) => tagName(tag, 'tags'));
    const rows = await database.all(
        `SELECT picture AS id, avg(score) AS score FROM
            (SELECT picture, tag, max(score) AS score FROM tags JOIN tag_names ON tag_names.id = tags.tag
                WHERE name IN (SELECT value FROM json_each(?)) GROUP BY picture, tag) GROUP BY picture`,
        [JSON.stringify(names)],
    );
    const scores = new Map(rows.map(({ id, score }) => [id, score]));
    const ranked = [...wanted].map((id) => ({ id, score: (scores.get(id) ?? 1) + (raised.get(id) ?? 0) }));
    ranked.sort((a, b) => b.score - a.score || a.id - b.id);
    return result(await picturesOf(database, ranked.slice(0, limit)), { searched: wanted.size });
}

/**
 * @param {(FoundPicture & Partial<import('./likeness.js').Seen>)[]} pictures
 * @param {Partial<Omit<SearchResult, keyof Array<any>>>} facts
 * @returns {SearchResult}
 */
function result(pictures, facts) {
    return /** @type {SearchResult} */ (Object.assign(pictures.map(withoutMarks), { model: undefined, minScore: undefined, ...facts }));
}

/**
 * A picture as callers get it: without the hashes that find duplicates.
 * @param {FoundPicture & Partial<import('./likeness.js').Seen>} picture
 * @returns {FoundPicture}
 */
export const withoutMarks = ({ hash: _, mirrored: __, sha256: ___, contrast: ____, ...picture }) => picture;
