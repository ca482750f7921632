// Finds duplicates: files with equal bytes, and the same picture resized, recompressed, cropped a little or mirrored. Says which one is the
// best, and why. Deletes nothing.
import { AcgError, badArgument } from '../errors.js';
import { fromHalf } from '../models/convert/floats.js';
import { ALIKE_COSINE, cosine, differentBits, HASH_DISTANCE, MIN_CONTRAST } from './likeness.js';
import { searchModel } from './models.js';
import { halvesOfRows } from './query.js';

/**
 * @typedef {import('../types.js').DuplicateGroup} DuplicateGroup
 * @typedef {import('../types.js').DuplicateOptions} DuplicateOptions
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('./models.js').IndexModel} IndexModel
 *
 * @typedef {object} Row
 * @property {number} id
 * @property {string} path
 * @property {number} bytes
 * @property {number} modified
 * @property {number} width
 * @property {number} height
 * @property {string} sha256
 * @property {Uint8Array} hash
 * @property {Uint8Array} mirrored
 * @property {number} contrast
 *
 * @typedef {{ a: number, b: number }} Pair indices of rows
 */

/** How many vectors are held in memory at once. */
const VECTORS = 4096;
/** Extensions of lossless formats. */
const LOSSLESS = /\.(a?png|bmp|dib|tga|psd|p[pgb]m)$/i;

/**
 * @param {Pick<import('./searching.js').SearchTools, 'database' | 'choices' | 'vectors'>} tools
 * @param {IndexModel[]} current
 * @param {DuplicateOptions} options
 * @returns {Promise<DuplicateGroup[]>}
 */
export async function findDuplicates({ database, choices, vectors }, current, options) {
    const { distance, minCosine, mirrored } = checkOptions(options);
    const rows = /** @type {Row[]} */ (
        await database.all('SELECT id, path, bytes, modified, width, height, sha256, hash, mirrored, contrast FROM pictures ORDER BY id')
    );
    refuseDamaged(rows);
    const near = await nearPairs(vectors, rows, distance, mirrored);
    const model = searchModel(current, { choices, model: options.model, hasText: false });
    const confirmed = model ? await confirm(database, model, rows, near, minCosine) : near;
    return groupsOf(rows, [...equalPairs(rows), ...confirmed]);
}

/**
 * A damaged file can have what its schema forbids.
 * @param {Row[]} rows in the order of their ids
 */
function refuseDamaged(rows) {
    const isWrong = (/** @type {Row} */ { id, hash, mirrored }, /** @type {number} */ i) => !hash || !mirrored || id === rows[i - 1]?.id;
    if (rows.some(isWrong))
        throw new AcgError('BAD_FORMAT', 'The index is damaged: a picture is in it twice, or lacks its hash', { reason: 'INDEX_DAMAGED' });
}

/** @param {DuplicateOptions} options */
function checkOptions({ distance = HASH_DISTANCE, minCosine = ALIKE_COSINE, mirrored = true }) {
    if (!Number.isInteger(distance) || distance < 0 || distance > 128)
        throw badArgument('a whole number from 0 to 128', 'distance', distance);
    if (!(typeof minCosine === 'number' && minCosine >= -1 && minCosine <= 1))
        throw badArgument('a number from -1 to 1', 'minCosine', minCosine);
    if (typeof mirrored !== 'boolean') throw badArgument('true or false', 'mirrored', mirrored);
    return { distance, minCosine, mirrored };
}

/**
 * Pairs each picture with the first one that has the same bytes.
 * @param {Row[]} rows
 * @returns {Pair[]}
 */
function equalPairs(rows) {
    /** @type {Map<string, number>} */
    const first = new Map();
    /** @type {Pair[]} */
    const pairs = [];
    for (const [b, { sha256 }] of rows.entries()) {
        const a = first.get(sha256);
        if (a === undefined) first.set(sha256, b);
        else pairs.push({ a, b });
    }
    return pairs;
}

/**
 * @param {import('../client/vectors.js').EngineVectors} vectors
 * @param {Row[]} rows
 * @param {number} distance
 * @param {boolean} mirrored whether mirrored pictures count too
 * @returns {Promise<Pair[]>} without pairs of equal bytes
 */
async function nearPairs(vectors, rows, distance, mirrored) {
    const numbers = rows.flatMap(({ contrast }, i) => (contrast >= MIN_CONTRAST ? [i] : []));
    if (numbers.length === 0) return [];
    const straight = numbers.map((i) => rows[i].hash);
    const hashes = mirrored ? [...straight, ...numbers.map((i) => rows[i].mirrored)] : straight;
    const found = await vectors.nearPairs(hashes, distance);
    /** @type {Map<number, Pair>} */
    const pairs = new Map();
    for (let i = 0; i < found.length; i += 2) {
        const [a, b] = [found[i], found[i + 1]].map((number) => numbers[number % numbers.length]);
        if (found[i] < numbers.length && a !== b && rows[a].sha256 !== rows[b].sha256)
            pairs.set(Math.min(a, b) * rows.length + Math.max(a, b), { a: Math.min(a, b), b: Math.max(a, b) });
    }
    return [...pairs.values()].sort((x, y) => x.a - y.a || x.b - y.b);
}

/**
 * Keeps the pairs whose vectors are near each other too. Also keeps pairs without vectors.
 * @param {Database} database
 * @param {IndexModel} model
 * @param {Row[]} rows
 * @param {Pair[]} pairs in ascending order
 * @param {number} minCosine
 */
async function confirm(database, model, rows, pairs, minCosine) {
    /** @type {Map<number, Float32Array>} */
    const known = new Map();
    /** @type {Pair[]} */
    const confirmed = [];
    for (let at = 0; at < pairs.length; at += VECTORS / 2) {
        const part = pairs.slice(at, at + VECTORS / 2);
        const ids = new Set(part.flatMap(({ a, b }) => [rows[a].id, rows[b].id]));
        for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
        await loadVectors(
            database,
            model,
            [...ids].filter((id) => !known.has(id)),
            known,
        ); // prettier-ignore
        for (const pair of part) {
            const [x, y] = [known.get(rows[pair.a].id), known.get(rows[pair.b].id)];
            if (!x || !y || cosine(x, y) >= minCosine) confirmed.push(pair);
        }
    }
    return confirmed;
}

/**
 * @param {Database} database
 * @param {IndexModel} model
 * @param {number[]} ids
 * @param {Map<number, Float32Array>} into receives the vectors, by picture
 */
async function loadVectors(database, { id: model, dims }, ids, into) {
    const { numbers, ...rows } = await database.packed(
        'SELECT picture, vector FROM vectors WHERE model = ? AND picture IN (SELECT value FROM json_each(?))',
        [model, JSON.stringify(ids)],
    );
    const halves = halvesOfRows(rows, dims);
    for (const [i, id] of numbers.entries()) into.set(id, fromHalf(halves.subarray(i * dims, (i + 1) * dims)));
}

/**
 * @param {Row[]} rows
 * @param {Pair[]} pairs
 * @returns {DuplicateGroup[]} the largest group first
 */
function groupsOf(rows, pairs) {
    const parents = rows.map((_, i) => i);
    const rootOf = (/** @type {number} */ i) => {
        while (parents[i] !== i) i = parents[i] = parents[parents[i]];
        return i;
    };
    for (const { a, b } of pairs) parents[rootOf(b)] = rootOf(a);
    /** @type {Map<number, Row[]>} */
    const members = new Map();
    for (const [i, row] of rows.entries()) {
        const root = rootOf(i);
        members.set(root, [...(members.get(root) ?? []), row]);
    }
    const groups = [...members.values()].filter((group) => group.length > 1).map(groupOf);
    return groups.sort((a, b) => b.others.length - a.others.length || a.best.id - b.best.id);
}

/** The criteria for the best picture, in this order. @type {[DuplicateGroup['best']['reason'], string, (a: Row, b: Row) => number][]} */
const REASONS = [
    ['pixels', 'it has the most pixels', (a, b) => b.width * b.height - a.width * a.height],
    ['format', 'its format keeps every pixel', (a, b) => Number(LOSSLESS.test(b.path)) - Number(LOSSLESS.test(a.path))],
    ['bytes', 'its file has the most bytes', (a, b) => b.bytes - a.bytes],
    ['age', 'its file is the oldest', (a, b) => a.modified - b.modified],
    ['order', 'it came into the index first', (a, b) => a.id - b.id],
];

/**
 * @param {Row[]} rows of one group
 * @returns {DuplicateGroup}
 */
function groupOf(rows) {
    const ranked = [...rows].sort((a, b) => REASONS.reduce((order, [, , compare]) => order || compare(a, b), 0));
    const [best, second] = ranked;
    const [reason, why] = /** @type {(typeof REASONS)[0]} */ (REASONS.find(([, , compare]) => compare(best, second) !== 0));
    return {
        best: { ...shown(best), reason, why },
        others: ranked.slice(1).map((row) => ({ ...shown(row), ...likenessOf(best, row) })),
    };
}

/**
 * @param {Row} best
 * @param {Row} other
 * @returns {{ same: 'bytes' | 'picture' | 'mirrored', distance: number }}
 */
function likenessOf(best, other) {
    const [straight, flipped] = [differentBits(best.hash, other.hash), differentBits(best.hash, other.mirrored)];
    const same = best.sha256 === other.sha256 ? 'bytes' : flipped < straight ? 'mirrored' : 'picture';
    return { same, distance: Math.min(straight, flipped) };
}

/** @param {Row} row */
function shown({ id, path, width, height, bytes, modified }) {
    return { id, path, width, height, bytes, modified };
}
