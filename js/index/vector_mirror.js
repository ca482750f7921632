// Keeps the vectors of one model in the engine's memory. The first search loads them from the database. The engine numbers vectors by row, the
// database by picture.
import { halvesOfRows } from './query.js';

/**
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('../client/vectors.js').EngineVectors} EngineVectors
 * @typedef {import('../client/vectors.js').VectorStore} VectorStore
 * @typedef {import('./models.js').IndexModel} IndexModel
 */

/** The part of pictures that must not be found. Their scores count for mean and deviation. */
export const UNWANTED = -1;
/** Bytes of vectors that are transferred at once. */
const PAGE_BYTES = 8 * 2 ** 20;

export class VectorMirror {
    #database;
    #engine;
    #model;
    /** @type {VectorStore | undefined} */
    #store;
    /** @type {number[]} the picture of each row; 0: it was removed */
    #pictures = [];
    /** @type {Map<number, number>} */
    #rows = new Map();
    /** Whether rows are in the order of the pictures. Only then may rows be appended: of equal scores, the picture with the lower id comes first. */
    #isInOrder = true;
    /** @type {Promise<VectorStore> | undefined} */
    #loading;

    /**
     * @param {Database} database
     * @param {EngineVectors} engine
     * @param {IndexModel} model
     */
    constructor(database, engine, model) {
        this.#database = database;
        this.#engine = engine;
        this.#model = model;
    }

    /**
     * Finds the nearest pictures of each part. Each vector is scanned only once.
     * @param {Float32Array} query
     * @param {number} k of each part
     * @param {(picture: number) => number} [partOf] the part of a picture; default: all are in one part
     * @returns {Promise<{ pictures: number[], searched: number, mean: number, deviation: number, count: number }>} pictures: for each
     *   part the best first; searched: pictures that could be found; mean, deviation and count: of the scores of all pictures
     */
    async search(query, k, partOf) {
        const store = await this.#loaded();
        const pictures = [];
        const all = { count: 0, mean: 0, squares: 0 };
        let searched = 0;
        for (const [part, filter] of this.#filters(partOf)) {
            const wanted = part === UNWANTED ? 1 : Math.min(k, this.#pictures.length);
            const found = await store.search(query, wanted, filter);
            join(all, found);
            if (part === UNWANTED) continue;
            searched += found.count;
            for (const row of found.rows) pictures.push(this.#pictures[row]);
        }
        const { count, mean, squares } = all;
        return { pictures, searched, count, mean, deviation: count > 0 ? Math.sqrt(squares / count) : 0 };
    }

    /**
     * To be called when a vector of this picture was written to the database.
     * @param {number} picture
     */
    added(picture) {
        if (!this.#store && !this.#loading) return;
        if (this.#rows.has(picture) || picture < (this.#pictures.at(-1) ?? 0)) this.#isInOrder = false;
    }

    /** To be called when this picture was removed from the database. @param {number} picture */
    removed(picture) {
        const row = this.#rows.get(picture);
        if (row === undefined) return;
        this.#pictures[row] = 0;
        this.#rows.delete(picture);
    }

    async close() {
        const store = (await this.#loading?.catch(() => undefined)) ?? this.#store;
        await store?.close();
        this.#store = this.#loading = undefined;
        this.#forgetRows();
    }

    #forgetRows() {
        this.#pictures = [];
        this.#rows.clear();
        this.#isInOrder = true;
    }

    async #loaded() {
        if (this.#store && (!this.#isInOrder || !this.#store.isAlive)) await this.close();
        const loading = (this.#loading ?? Promise.resolve(this.#store)).then((store) => this.#load(store));
        this.#loading = loading;
        try {
            return (this.#store = await loading);
        } finally {
            if (this.#loading === loading) this.#loading = undefined;
        }
    }

    /**
     * Loads the vectors that are missing, into a new store if there is none. If that fails, nothing of it stays.
     * @param {VectorStore | undefined} store
     */
    async #load(store) {
        if (store) return this.#fill(store);
        const opened = await this.#engine.open(this.#model.dims);
        try {
            return await this.#fill(opened);
        } catch (error) {
            this.#forgetRows();
            await opened.close();
            throw error;
        }
    }

    /** @param {VectorStore} store */
    async #fill(store) {
        const { id, dims } = this.#model;
        const count = Math.max(1, Math.floor(PAGE_BYTES / (dims * 2)));
        for (;;) {
            const last = this.#lastPicture();
            const { numbers, ...rows } = await this.#database.packed(
                'SELECT picture, vector FROM vectors WHERE model = ? AND picture > ? ORDER BY picture LIMIT ?',
                [id, last, count],
            );
            if (numbers.length === 0) return store;
            await store.append(halvesOfRows(rows, dims));
            for (const picture of numbers) {
                this.#rows.set(picture, this.#pictures.length);
                this.#pictures.push(picture);
            }
        }
    }

    #lastPicture() {
        return this.#pictures.findLast((picture) => picture > 0) ?? 0;
    }

    /**
     * The rows of each part, a bit for each row; undefined: all rows.
     * @param {((picture: number) => number) | undefined} partOf
     * @returns {Map<number, Uint8Array | undefined>}
     */
    #filters(partOf = () => 0) {
        /** @type {Map<number, Uint8Array>} */
        const filters = new Map();
        for (const [row, picture] of this.#pictures.entries()) {
            if (picture === 0) continue;
            const part = partOf(picture);
            const bits = filters.get(part) ?? new Uint8Array(Math.ceil(this.#pictures.length / 8));
            bits[row >> 3] |= 1 << (row & 7);
            filters.set(part, bits);
        }
        const isAll = filters.size === 1 && this.#rows.size === this.#pictures.length;
        return isAll ? new Map([...filters.keys()].map((part) => [part, undefined])) : filters;
    }
}

/**
 * Adds count, mean and deviation of a part to those of all (Chan, Golub, LeVeque 1983).
 * @param {{ count: number, mean: number, squares: number }} all squares: the sum of (score - mean)²
 * @param {{ count: number, mean: number, deviation: number }} part
 */
function join(all, { count, mean, deviation }) {
    if (count === 0) return;
    const total = all.count + count;
    const difference = mean - all.mean;
    all.squares += deviation * deviation * count + (difference * difference * all.count * count) / total;
    all.mean += (difference * count) / total;
    all.count = total;
}
