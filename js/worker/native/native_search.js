// Wraps the functions of src/api/acg_search.h: vectors in the engine's memory, search of the nearest, diverse choice, and pairs of
// similar pictures.
import { AcgError } from '../../errors.js';
import { joinBytes } from '../../shared/bytes.js';
import { AcgFound, DTYPE, METRIC } from './abi.js';
import { lastError, readStruct, withBytes } from './native_memory.js';

/**
 * @typedef {import('./builds.js').EngineModule} EngineModule
 * @typedef {'f32' | 'f16' | 'i8'} VectorDtype
 * @typedef {'cosine' | 'dot'} Metric
 * @typedef {object} SearchOptions
 * @property {number} k how many rows at most
 * @property {Metric} metric
 * @typedef {object} Found
 * @property {Int32Array} rows the best first, of equal scores the lower row
 * @property {Float32Array} scores
 * @property {number} mean of the scores of all rows that pass the filter, to about 1e-4
 * @property {number} deviation their standard deviation
 * @property {number} count how many there are
 */

const DTYPES = { f32: DTYPE.F32, f16: DTYPE.F16, i8: DTYPE.I8 };
const METRICS = { cosine: METRIC.COSINE, dot: METRIC.DOT };

/** Vectors are copied into the engine's memory in parts of about so many bytes. */
const PART_BYTES = 1 << 22;

/** @param {Float32Array | Int32Array} numbers */
const bytesOf = (numbers) => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/**
 * A copy, in memory that is not shared.
 * @param {EngineModule} module
 * @param {number} at
 * @param {number} size
 */
const copyOf = (module, at, size) => new Uint8Array(module.HEAPU8.subarray(at >>> 0, (at >>> 0) + size)).buffer;

/**
 * @param {EngineModule} module
 * @param {number} status
 */
function check(module, status) {
    if (status !== 0) throw lastError(module);
}

/**
 * @param {EngineModule} module
 * @param {number} pointer
 */
function opened(module, pointer) {
    if (!pointer) throw lastError(module);
    return pointer;
}

/** Vectors of one model by row number. */
export class NativeVectors {
    #module;
    #pointer;
    #dims;
    #dtype;

    /**
     * @param {EngineModule} module
     * @param {{ dims: number, dtype: VectorDtype }} form dtype: how they are kept; 'i8' has a float32 scale for each
     */
    constructor(module, { dims, dtype }) {
        this.#module = module;
        this.#dims = dims;
        this.#dtype = DTYPES[dtype];
        this.#pointer = opened(module, module._acg_search_vectors_open(dims, this.#dtype));
    }

    /** For NativeSearch. */
    get pointer() {
        return this.#pointer;
    }

    get rows() {
        return this.#module._acg_search_vectors_rows(this.#pointer);
    }

    /** Bytes of memory that they take. */
    get bytes() {
        return this.#module._acg_search_vectors_bytes(this.#pointer);
    }

    /**
     * Appends vectors, rounded to the dtype. If one is NaN, infinite, zero or of a wrong length, all are refused.
     * @param {Float32Array} vectors one after the other
     * @returns {number} the first new row
     */
    append(vectors) {
        const module = this.#module;
        if (vectors.length % this.#dims !== 0)
            throw new AcgError('BAD_ARGUMENT', `Expected vectors of ${this.#dims} values but received ${vectors.length} values`);
        return this.#append(bytesOf(vectors), this.#dims * 4, module._acg_search_vectors_append);
    }

    /**
     * Appends vectors that are in the form of storeVector already.
     * @param {Uint8Array} stored one after the other
     * @param {number} rows
     * @returns {number} the first new row
     */
    appendStored(stored, rows) {
        const each = this.#module._acg_search_stored_bytes(this.#dims, this.#dtype);
        if (stored.byteLength !== each * rows)
            throw new AcgError('BAD_FORMAT', `Expected ${rows} vectors of ${each} bytes but found ${stored.byteLength} bytes`);
        return this.#append(stored, each, this.#module._acg_search_vectors_append_stored);
    }

    /**
     * @param {Uint8Array} bytes
     * @param {number} each bytes of a vector
     * @param {(vectors: number, at: number, n: number) => number} append
     */
    #append(bytes, each, append) {
        const module = this.#module;
        const first = this.rows;
        const step = Math.max(1, Math.floor(PART_BYTES / each)) * each;
        for (let from = 0; from < bytes.byteLength; from += step) {
            const part = bytes.subarray(from, from + step);
            try {
                withBytes(module, [part], ([at]) => check(module, append(this.#pointer, at, part.byteLength / each)));
            } catch (error) {
                module._acg_search_vectors_truncate(this.#pointer, first);
                throw error;
            }
        }
        return first;
    }

    /** Forgets all rows and keeps the memory, for the next part of a collection that is too large for it. */
    clear() {
        this.#module._acg_search_vectors_truncate(this.#pointer, 0);
    }

    /**
     * The nearest rows: those that an exhaustive search in float64 over the vectors as they are kept would find.
     * @param {Float32Array} query
     * @param {SearchOptions & { filter?: Uint8Array }} options filter: bit r says whether row r may be in the answer
     * @returns {Found}
     */
    search(query, { k, metric, filter }) {
        // not more than there are rows, to save memory
        const search = new NativeSearch(this.#module, query, { k: Math.min(k, Math.max(this.rows, 1)), metric });
        try {
            search.add(this, filter);
            return search.found();
        } finally {
            search.close();
        }
    }

    close() {
        this.#module._acg_search_vectors_close(this.#pointer);
    }
}

/** A search in a collection that comes part by part: `add` each, then `found` once. */
export class NativeSearch {
    #module;
    #pointer;

    /**
     * @param {EngineModule} module
     * @param {Float32Array} query
     * @param {SearchOptions} options
     */
    constructor(module, query, { k, metric }) {
        this.#module = module;
        this.#pointer = withBytes(module, [bytesOf(query)], ([at]) =>
            opened(module, module._acg_search_begin(at, query.length, k, METRICS[metric])),
        );
    }

    /**
     * The numbers of its rows follow those that were added before.
     * @param {NativeVectors} vectors
     * @param {Uint8Array} [filter] bit r says whether row r of these may be in the answer
     */
    add(vectors, filter) {
        const module = this.#module;
        if (!filter) return check(module, module._acg_search_add(this.#pointer, vectors.pointer, 0, 0));
        withBytes(module, [filter], ([at]) => check(module, module._acg_search_add(this.#pointer, vectors.pointer, at, filter.byteLength)));
    }

    /** @returns {Found} */
    found() {
        const module = this.#module;
        const found = readStruct(module, AcgFound, module._acg_search_found(this.#pointer));
        if (!found) throw lastError(module);
        const { n, rows, scores, mean, deviation, count } = found;
        return {
            rows: new Int32Array(copyOf(module, rows, 4 * n)),
            scores: new Float32Array(copyOf(module, scores, 4 * n)),
            ...{ mean, deviation, count },
        };
    }

    close() {
        this.#module._acg_search_end(this.#pointer);
    }
}

/**
 * One vector in its stored form: little-endian values; for 'i8' a float32 scale before them. Refuses the same vectors as NativeVectors.
 * @param {EngineModule} module
 * @param {Float32Array} vector
 * @param {VectorDtype} dtype
 */
export function storeVector(module, vector, dtype) {
    const size = module._acg_search_stored_bytes(vector.length, DTYPES[dtype]);
    if (size === 0) throw lastError(module);
    return withBytes(module, [bytesOf(vector), new Uint8Array(size)], ([from, to]) => {
        check(module, module._acg_search_store(from, vector.length, DTYPES[dtype], to));
        return new Uint8Array(copyOf(module, to, size));
    });
}

/**
 * The exact scores of stored vectors: of the candidates that a search of a coarser dtype has found.
 * @param {EngineModule} module
 * @param {Float32Array} query
 * @param {Uint8Array[]} stored
 * @param {VectorDtype} dtype
 * @param {Metric} metric
 */
export function rescore(module, query, stored, dtype, metric) {
    const each = module._acg_search_stored_bytes(query.length, DTYPES[dtype]);
    if (each === 0) throw lastError(module);
    const wrong = stored.find((bytes) => bytes.byteLength !== each);
    if (wrong) throw new AcgError('BAD_FORMAT', `Expected stored vectors of ${each} bytes but found one of ${wrong.byteLength}`);
    if (stored.length === 0) return new Float32Array();
    const scores = new Uint8Array(4 * stored.length);
    return withBytes(module, [bytesOf(query), joinBytes(stored), scores], ([from, at, to]) => {
        check(module, module._acg_search_scores(from, query.length, DTYPES[dtype], at, stored.length, METRICS[metric], to));
        return new Float32Array(copyOf(module, to, scores.byteLength));
    });
}

/**
 * Chooses candidates that are relevant and unlike each other: see src/search/diverse.h.
 * @param {EngineModule} module
 * @param {Float32Array} vectors of the candidates, one after the other
 * @param {Float32Array} relevance of each
 * @param {{ k: number, weight: number }} options weight: of relevance, 0 to 1; the rest is the weight of diversity
 * @returns {Int32Array} candidates in the order they were chosen; fewer than k if the others are copies of these
 */
export function diverse(module, vectors, relevance, { k, weight }) {
    const n = relevance.length;
    const dims = n > 0 ? vectors.length / n : 0;
    const most = Math.min(k, n);
    if (n === 0) return new Int32Array();
    return withBytes(module, [bytesOf(vectors), bytesOf(relevance), new Uint8Array(4 * Math.max(most, 0))], ([from, by, to]) => {
        const count = module._acg_search_diverse(from, n, Number.isInteger(dims) ? dims : 0, by, most, weight, to);
        if (count < 0) throw lastError(module);
        return new Int32Array(copyOf(module, to, 4 * count));
    });
}

/**
 * The perceptual hash of a picture: 256 bits, and those of the mirrored picture.
 * @param {EngineModule} module
 * @param {import('./native.js').NativeImage} image
 * @returns {{ hash: Uint8Array, mirrored: Uint8Array, contrast: number }} contrast: near 0 the picture is of one colour, and its hash says nothing
 */
export function pictureHash(module, image) {
    const at = opened(module, module._acg_image_hash(image.pointer));
    const bytes = copyOf(module, at, 68);
    return {
        hash: new Uint8Array(bytes.slice(0, 32)),
        mirrored: new Uint8Array(bytes.slice(32, 64)),
        contrast: new DataView(bytes).getFloat32(64, true),
    };
}

/**
 * All pairs of hashes that differ in `distance` bits at most.
 * @param {EngineModule} module
 * @param {Uint8Array[]} hashes of pictureHash
 * @param {number} distance
 * @returns {Int32Array} two numbers a pair, the lower first, by rising numbers
 */
export function nearPairs(module, hashes, distance) {
    const wrong = hashes.find((hash) => hash.byteLength !== 32);
    if (wrong) throw new AcgError('BAD_FORMAT', `Expected hashes of 32 bytes but found one of ${wrong.byteLength}`);
    return withBytes(module, [joinBytes(hashes)], ([at]) => {
        const pairs = opened(module, module._acg_search_pairs_find(at, hashes.length, distance));
        try {
            return new Int32Array(copyOf(module, module._acg_search_pairs_at(pairs), 8 * module._acg_search_pairs_n(pairs)));
        } finally {
            module._acg_search_pairs_free(pairs);
        }
    });
}
