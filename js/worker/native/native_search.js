// STAND-IN in plain JavaScript, of the interface that the C layer src/search will have.
import { AcgError } from '../../errors.js';
import { fromHalf, toHalf } from '../../models/convert/floats.js';

/** @typedef {'f32' | 'f16' | 'i8'} VectorDtype */

export class NativeVectors {
    #dims;
    /** @type {Float32Array[]} */
    #rows = [];

    /**
     * @param {unknown} _module
     * @param {{ dims: number, dtype: VectorDtype }} options
     */
    constructor(_module, { dims }) {
        this.#dims = dims;
    }

    get rows() {
        return this.#rows.length;
    }

    get bytes() {
        return this.rows * this.#dims * 4;
    }

    /** @param {Float32Array} vectors */
    append(vectors) {
        const first = this.rows;
        for (let at = 0; at < vectors.length; at += this.#dims) this.#rows.push(vectors.slice(at, at + this.#dims));
        return first;
    }

    /**
     * @param {Float32Array} query
     * @param {{ k: number, metric: 'cosine' | 'dot', filter?: Uint8Array }} options
     */
    search(query, { k, filter }) {
        const all = this.#rows
            .map((row, i) => ({ i, score: cosine(query, row) }))
            .filter(({ i }) => !filter || (filter[i >> 3] >> (i & 7)) & 1);
        const mean = all.reduce((sum, { score }) => sum + score, 0) / all.length;
        const deviation = Math.sqrt(all.reduce((sum, { score }) => sum + (score - mean) ** 2, 0) / all.length);
        const best = [...all].sort((a, b) => b.score - a.score || a.i - b.i).slice(0, k);
        return {
            rows: Int32Array.from(best, ({ i }) => i),
            scores: Float32Array.from(best, ({ score }) => score),
            mean,
            deviation,
            count: all.length,
        };
    }

    close() {
        this.#rows = [];
    }
}

/**
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
function dot(a, b) {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
    return sum;
}

/**
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
const cosine = (a, b) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

/**
 * @param {unknown} _module
 * @param {Float32Array} vector
 * @param {VectorDtype} _dtype
 */
export function storeVector(_module, vector, _dtype) {
    const length = Math.sqrt(dot(vector, vector));
    if (!(length > 0 && length < Infinity)) throw new AcgError('BAD_ARGUMENT', 'Expected a vector of finite numbers, not all zero');
    const halves = new Uint16Array(vector.length);
    toHalf(vector, halves);
    return new Uint8Array(halves.buffer);
}

/**
 * @param {unknown} _module
 * @param {Float32Array} query
 * @param {Uint8Array[]} stored
 * @param {VectorDtype} _dtype
 * @param {'cosine' | 'dot'} _metric
 */
export function rescore(_module, query, stored, _dtype, _metric) {
    return Float32Array.from(stored, (bytes) => cosine(query, fromHalf(new Uint16Array(bytes.slice().buffer))));
}

/**
 * @param {unknown} _module
 * @param {Float32Array} vectors
 * @param {Float32Array} relevance
 * @param {{ k: number, weight: number }} options
 */
export function diverse(_module, vectors, relevance, { k }) {
    const dims = vectors.length / relevance.length;
    const row = (/** @type {number} */ i) => vectors.subarray(i * dims, (i + 1) * dims);
    const left = Array.from(relevance, (_, i) => i);
    /** @type {number[]} */
    const chosen = [];
    while (chosen.length < k && left.length > 0) {
        const worth = left.map((i) => relevance[i] - Math.max(0, ...chosen.map((j) => dot(row(i), row(j)))));
        chosen.push(...left.splice(worth.indexOf(Math.max(...worth)), 1));
    }
    return Int32Array.from(chosen);
}

/**
 * @param {unknown} _module
 * @param {Uint8Array} hashes
 * @param {number} bytes of each
 * @param {number} distance
 */
export function nearPairs(_module, hashes, bytes, distance) {
    const pairs = [];
    const count = hashes.length / bytes;
    for (let i = 0; i < count; i++) {
        for (let j = i + 1; j < count; j++) {
            let bits = 0;
            for (let b = 0; b < bytes; b++) for (let x = hashes[i * bytes + b] ^ hashes[j * bytes + b]; x; x &= x - 1) bits++;
            if (bits <= distance) pairs.push(i, j);
        }
    }
    return Int32Array.from(pairs);
}
