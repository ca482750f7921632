// Makes the query vector of a search, of length 1: adds and subtracts the vectors of texts, pictures, given vectors and pictures of the index.
import { AcgError, badArgument } from '../errors.js';
import { fromHalf } from '../models/convert/floats.js';

/**
 * @typedef {import('../types.js').SearchOptions} SearchOptions
 * @typedef {import('./models.js').IndexModel} IndexModel
 * @typedef {import('./database.js').Database} Database
 *
 * @typedef {object} QueryTools
 * @property {Database} database
 * @property {import('../client/embedder.js').Embedder} embedder
 * @property {import('../client/picture_recorder.js').PictureRecorder} recorder
 */

/** @type {<T>(given: T | T[] | undefined) => T[]} */
export const listOf = (given) => (given === undefined ? [] : Array.isArray(given) ? given : [given]);

/**
 * Whether a search compares vectors, and does not only filter.
 * @param {SearchOptions} options
 */
export function hasQuery({ text, notText, image, notImage, vector, like, unlike }) {
    return [text, notText, image, notImage, vector, like, unlike].some((part) => listOf(/** @type {any} */ (part)).length > 0);
}

/**
 * @param {QueryTools} tools
 * @param {IndexModel} model
 * @param {SearchOptions} options
 * @returns {Promise<Float32Array>}
 * @throws {AcgError}
 */
export async function queryVector({ database, embedder, recorder }, model, options) {
    const { text, notText, image, notImage, vector, like, unlike, signal, onProgress } = options;
    const call = { signal, onProgress };
    const texts = [...listOf(text), ...listOf(notText)];
    const textVectors = texts.length > 0 ? (await embedder.texts(texts, { ...call, model: /** @type {any} */ (model.name) })).vectors : [];
    const ofImage = async (/** @type {import('../types.js').Source} */ source) => {
        const wanted = [{ name: /** @type {any} */ (model.name), kind: /** @type {const} */ ('vector') }];
        const { looks } = await recorder.record(source, wanted, call);
        if (looks[0].model.sha256 !== model.sha256) throw otherWeights(model);
        return /** @type {Float32Array} */ (looks[0].vector);
    };
    const plus = textVectors.slice(0, listOf(text).length);
    const minus = textVectors.slice(plus.length);
    for (const source of listOf(image)) plus.push(/** @type {any} */ (await ofImage(source)));
    for (const source of listOf(notImage)) minus.push(/** @type {any} */ (await ofImage(source)));
    for (const each of listOf(vector)) plus.push(/** @type {any} */ (checkVector(each, model)));
    plus.push(.../** @type {any} */ (await vectorsOf(database, model, listOf(like), 'like')));
    minus.push(.../** @type {any} */ (await vectorsOf(database, model, listOf(unlike), 'unlike')));
    return combine(model.dims, plus, minus);
}

/**
 * Scales all vectors to length 1, adds those of `plus`, subtracts those of `minus`, and scales the result to length 1.
 * @param {number} dims
 * @param {Float32Array[]} plus
 * @param {Float32Array[]} minus
 * @throws {AcgError} BAD_ARGUMENT if the result is zero
 */
export function combine(dims, plus, minus) {
    const sum = new Float64Array(dims);
    for (const [vectors, sign] of /** @type {[Float32Array[], number][]} */ ([
        [plus, 1],
        [minus, -1],
    ])) {
        for (const vector of vectors) {
            const length = lengthOf(vector);
            for (let i = 0; i < dims; i++) sum[i] += (sign * vector[i]) / length;
        }
    }
    const length = lengthOf(sum);
    if (!(length > 1e-6))
        throw new AcgError('BAD_ARGUMENT', 'Expected a search whose parts do not cancel each other out', { reason: 'SEARCH_CANCELS_OUT' });
    return Float32Array.from(sum, (value) => value / length);
}

/** @param {ArrayLike<number>} vector */
function lengthOf(vector) {
    let sum = 0;
    for (let i = 0; i < vector.length; i++) sum += vector[i] * vector[i];
    return Math.sqrt(sum);
}

/**
 * @param {unknown} vector
 * @param {IndexModel} model
 */
function checkVector(vector, { dims, name }) {
    if (!(vector instanceof Float32Array)) throw badArgument('a Float32Array', 'vector', vector);
    if (vector.length !== dims) throw badArgument(`${dims} values of ${name}`, 'vector', vector.length);
    const length = lengthOf(vector);
    if (!(length > 0 && length < Infinity)) throw badArgument('finite numbers that are not all zero', 'vector', length);
    return vector;
}

/**
 * The vectors of pictures of the index.
 * @param {Database} database
 * @param {IndexModel} model
 * @param {number[]} ids
 * @param {string} name of the option
 * @returns {Promise<Float32Array[]>}
 */
export async function vectorsOf(database, model, ids, name) {
    const vectors = [];
    for (const id of ids) {
        if (!Number.isSafeInteger(id)) throw badArgument('ids of pictures', name, id);
        const [row] = await database.all('SELECT vector FROM vectors WHERE model = ? AND picture = ?', [model.id, id]);
        if (!row) throw badArgument(`pictures that the index has a vector of (${model.name})`, name, id);
        if (row.vector?.byteLength !== model.dims * 2) throw otherLength(model.dims);
        vectors.push(fromHalf(halvesOf(row.vector)));
    }
    return vectors;
}

/**
 * The float16 values of all rows, one vector after the other.
 * @param {Pick<import('./database.js').Packed, 'blobs' | 'ends'>} rows
 * @param {number} dims of each vector
 * @throws {AcgError} BAD_FORMAT
 */
export function halvesOfRows({ blobs, ends }, dims) {
    if (ends.some((end, i) => end !== (i + 1) * dims * 2)) throw otherLength(dims);
    return new Uint16Array(blobs.buffer);
}

/** @param {number} dims */
const otherLength = (dims) =>
    new AcgError(
        'BAD_FORMAT',
        `Expected vectors of ${dims} values in the index but found one of another length: it is damaged, or another program has changed it`,
        { reason: 'INDEX_DAMAGED' },
    );

/** The float16 values in these bytes, copied. @param {Uint8Array} bytes */
export function halvesOf(bytes) {
    return new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** @param {IndexModel} model */
export function otherWeights({ name }) {
    return new AcgError(
        'BAD_MODEL',
        `The vectors of the index were made with other weights of ${name} than those that are here now. Index the pictures again: only the vectors are made anew`,
        { reason: 'INDEX_OTHER_WEIGHTS', values: { name } },
    );
}
