// Keeps a file in the browser's Cache API, during the download and afterwards: in parts, because an entry there cannot grow. Each part is an
// entry of its own, and a note describes the file that they are parts of. Earlier versions kept small files as one entry without a note.
import { pieces } from '../../models/download.js';

/**
 * @typedef {import('../../models/download.js').Begun} Begun
 * @typedef {import('../../models/stream.js').KeepingStore} KeepingStore
 * @typedef {{ bytes?: number, sha256?: string }} Whole
 * @typedef {{ url: string, total?: number, validator?: string, whole?: Whole }} Note
 */

const PART_BYTES = 2 ** 23;

/** @implements {KeepingStore} */
export class PartCache {
    #cache;
    #key;
    /** @type {Note | undefined} */
    #note;
    #parts = 0; // complete ones that are kept
    #last = new Uint8Array(PART_BYTES);
    #filled = 0; // of #last
    #full = false; // no space: nothing more is kept

    /**
     * @param {Cache} cache
     * @param {string} key of the file, a path
     */
    constructor(cache, key) {
        this.#cache = cache;
        this.#key = key;
    }

    /**
     * The note of the file, if it is complete.
     * @returns {Promise<Whole | undefined>}
     */
    async whole() {
        if (await this.#cache.match(this.#key)) return {};
        this.#note = await this.#readNote();
        return this.#note?.whole;
    }

    /**
     * @param {string} url
     * @returns {Promise<Begun>}
     */
    async begun(url) {
        const note = (this.#note = await this.#readNote());
        if (note?.url !== url || note.whole || note.validator === undefined) return { bytes: 0 };
        for (let part; (part = await this.#readPart(this.#parts)); this.#parts++) {
            if (part.length === PART_BYTES) continue;
            this.#last.set(part);
            this.#filled = part.length;
            break;
        }
        return { bytes: this.#parts * PART_BYTES + this.#filled, total: note.total, validator: note.validator };
    }

    /** @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>} */
    async *read() {
        const single = await this.#cache.match(this.#key);
        if (single) return yield* pieces(single.body ?? new Blob([]).stream());
        for (let i = 0; ; i++) {
            const part = await this.#readPart(i);
            if (!part) return;
            yield part;
        }
    }

    /**
     * @param {string} url
     * @param {Begun} begun
     */
    async begin(url, { total, validator }) {
        await this.#removeAll();
        this.#note = { url, total, validator };
        await this.#try(() => this.#writeNote());
    }

    /** @param {Uint8Array<ArrayBuffer>} piece */
    async append(piece) {
        for (let at = 0; at < piece.length && !this.#full; ) {
            const more = piece.subarray(at, at + PART_BYTES - this.#filled);
            this.#last.set(more, this.#filled);
            this.#filled += more.length;
            at += more.length;
            if (this.#filled < PART_BYTES) continue;
            await this.#writeLast();
            this.#parts++;
            this.#filled = 0;
        }
    }

    /** @param {string} [sha256] */
    async keep(sha256) {
        await this.#writeLast();
        if (this.#full || !this.#note) return;
        this.#note.whole = { bytes: this.#parts * PART_BYTES + this.#filled, sha256 };
        await this.#try(() => this.#writeNote());
    }

    async discard() {
        await this.#removeAll();
        this.#note = undefined;
    }

    /** Keeps the unfinished file for the next visit. */
    async close() {
        if (this.#note && !this.#note.whole) await this.#writeLast();
    }

    /**
     * @param {number} i
     * @returns {Promise<Uint8Array<ArrayBuffer> | undefined>}
     */
    async #readPart(i) {
        const response = await this.#cache.match(`${this.#key}?part=${i}`);
        return response && new Uint8Array(await response.arrayBuffer());
    }

    async #writeLast() {
        if (this.#filled === 0) return;
        await this.#try(() => this.#cache.put(`${this.#key}?part=${this.#parts}`, new Response(this.#last.slice(0, this.#filled))));
    }

    /**
     * A damaged note counts as that of a complete file, so its parts are read and checked.
     * @returns {Promise<Note | undefined>}
     */
    async #readNote() {
        const response = await this.#cache.match(`${this.#key}?note`);
        return response?.json().catch(() => ({ url: '', whole: {} }));
    }

    async #writeNote() {
        await this.#cache.put(`${this.#key}?note`, new Response(JSON.stringify(this.#note)));
    }

    /**
     * If there is no space, the file is used without being kept, and its parts are removed.
     * @param {() => Promise<void>} write
     */
    async #try(write) {
        if (this.#full) return;
        try {
            await write();
        } catch {
            this.#full = true;
            await this.#removeAll();
        }
    }

    async #removeAll() {
        this.#parts = this.#filled = 0;
        for (const request of await this.#cache.keys(this.#key, { ignoreSearch: true })) await this.#cache.delete(request);
    }
}
