// The vectors of one model in the engine's memory, loaded from the database when they are first searched. The engine knows them by rows,
// the database by pictures.
import { halvesOfRows } from './query.js';

/**
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('../client/vectors.js').EngineVectors} EngineVectors
 * @typedef {import('../client/vectors.js').VectorStore} VectorStore
 * @typedef {import('./models.js').IndexModel} IndexModel
 */

/** Bytes of vectors that are on their way at once. */
const PAGE_BYTES = 8 * 2 ** 20;

export class VectorMirror {
    #database;
    #engine;
    #model;
    /** @type {VectorStore | undefined} */
    #store;
    /** @type {number[]} the picture of each row; 0: it is gone */
    #pictures = [];
    /** @type {Map<number, number>} */
    #rows = new Map();
    /** Whether rows may be appended: they are in the order of the pictures, so that equal scores are. */
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
     * @param {Float32Array} query
     * @param {number} k
     * @param {(picture: number) => boolean} [isWanted]
     * @returns {Promise<{ pictures: number[], mean: number, deviation: number, count: number }>} best first
     */
    async search(query, k, isWanted) {
        const store = await this.#loaded();
        const filter = this.#filter(isWanted);
        const found = await store.search(query, Math.min(k, this.#pictures.length), filter);
        return { ...found, pictures: Array.from(found.rows, (row) => this.#pictures[row]) };
    }

    /**
     * A vector of this picture was written to the database.
     * @param {number} picture
     */
    added(picture) {
        if (!this.#store && !this.#loading) return;
        if (this.#rows.has(picture) || picture < (this.#pictures.at(-1) ?? 0)) this.#isInOrder = false;
    }

    /** @param {number} picture */
    removed(picture) {
        const row = this.#rows.get(picture);
        if (row === undefined) return;
        this.#pictures[row] = 0;
        this.#rows.delete(picture);
    }

    async close() {
        const store = await this.#loading?.catch(() => undefined);
        await store?.close();
        this.#store = this.#loading = undefined;
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
     * What is not there yet.
     * @param {VectorStore | undefined} store
     */
    async #load(store) {
        const { id, dims } = this.#model;
        store ??= await this.#engine.open(dims);
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

    /** @param {((picture: number) => boolean) | undefined} isWanted */
    #filter(isWanted) {
        if (!isWanted && this.#rows.size === this.#pictures.length) return undefined;
        const bits = new Uint8Array(Math.ceil(this.#pictures.length / 8));
        for (const [row, picture] of this.#pictures.entries()) {
            if (picture > 0 && (!isWanted || isWanted(picture))) bits[row >> 3] |= 1 << (row & 7);
        }
        return bits;
    }
}
