// Searches the vectors of an index with the engine: scans all of them as int8, and computes exact scores of a few, which the index passes as
// float16.
import { AcgError } from '../errors.js';
import { fromHalf } from '../models/convert/floats.js';

/**
 * @typedef {import('../shared/protocol.js').Requests} Requests
 * @typedef {import('./native/native_search.js').NativeVectors} NativeVectors
 */

export class VectorSearch {
    #engine;
    /** @type {Map<number, NativeVectors>} */
    #open = new Map();

    /** @param {() => import('./native/native.js').Native} engine */
    constructor(engine) {
        this.#engine = engine;
    }

    /** @param {Requests['openVectors'][0]} body */
    open({ id, dims }) {
        this.close(id);
        this.#open.set(id, this.#engine().openVectors({ dims, dtype: 'i8' }));
    }

    /** @param {Requests['appendVectors'][0]} body */
    append({ id, halves }) {
        const vectors = this.#vectors(id);
        if (halves.length > 0) vectors.append(fromHalf(halves));
        return vectors.rows;
    }

    /** @param {Requests['searchVectors'][0]} body */
    search({ id, query, k, filter }) {
        return this.#vectors(id).search(query, { k, metric: 'cosine', filter });
    }

    /** @param {number} id */
    close(id) {
        this.#open.get(id)?.close();
        this.#open.delete(id);
    }

    /** @param {Float32Array[]} vectors */
    store(vectors) {
        return vectors.map((vector) => this.#engine().storeVector(unit(vector), 'f16'));
    }

    /** @param {Requests['scoreVectors'][0]} body */
    score({ query, halves, dims }) {
        const bytes = new Uint8Array(halves.buffer, halves.byteOffset, halves.byteLength);
        const stored = Array.from({ length: halves.length / dims }, (_, i) => bytes.subarray(i * dims * 2, (i + 1) * dims * 2));
        return this.#engine().rescore(query, stored, 'f16', 'cosine');
    }

    /** @param {Requests['diverse'][0]} body */
    diverse({ halves, relevance, k, weight }) {
        return this.#engine().diverse(fromHalf(halves), relevance, { k, weight });
    }

    /** @param {number} id */
    #vectors(id) {
        const vectors = this.#open.get(id);
        if (!vectors) throw new AcgError('INTERNAL', `Expected open vectors but ${id} are not`);
        return vectors;
    }
}

/**
 * Normalises a vector to length 1; zero and NaN are not changed, so that the engine refuses them.
 * @param {Float32Array} vector
 */
function unit(vector) {
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    return length > 0 ? vector.map((value) => value / length) : vector;
}
