// Reads small parts of a file's structure at any position. Reads whole pages and keeps the last ones in memory.
import { broken, unsupported, viewOf } from './numbers.js';

const PAGE_BYTES = 2 ** 14;
const MAX_PAGES = 128;
/** The limit of bytes requested plus bytes of pages read. A network of 101 layers has 1.1 MB of structure. */
const MAX_READ_BYTES = 2 ** 26;

export class PageReader {
    #source;
    /** @type {Map<number, Uint8Array>} in the order of last use */
    #pages = new Map();
    #read = 0;

    /** @param {import('./original.js').RandomAccess} source */
    constructor(source) {
        this.#source = source;
    }

    get size() {
        return this.#source.size;
    }

    /**
     * @param {number} at
     * @param {number} n
     * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
     */
    async bytes(at, n) {
        if (!(at + n <= this.size))
            throw broken(`Expected ${n} bytes at ${at} but the file ends after ${this.size}: it is damaged or cut short`);
        this.#count(n + 64);
        const out = new Uint8Array(n);
        for (let page = Math.floor(at / PAGE_BYTES); page * PAGE_BYTES < at + n; page++) {
            const bytes = await this.#page(page);
            const from = Math.max(at - page * PAGE_BYTES, 0);
            const part = bytes.subarray(from, at + n - page * PAGE_BYTES);
            out.set(part, page * PAGE_BYTES + from - at);
        }
        return out;
    }

    /**
     * @param {number} at
     * @param {number} n
     */
    async view(at, n) {
        return viewOf(await this.bytes(at, n));
    }

    /** @param {number} bytes */
    #count(bytes) {
        this.#read += bytes;
        if (this.#read > MAX_READ_BYTES) throw unsupported(`The file has more than ${MAX_READ_BYTES} bytes of structure`);
    }

    /** @param {number} page */
    async #page(page) {
        const at = page * PAGE_BYTES;
        let bytes = this.#pages.get(page);
        if (!bytes) {
            this.#count(PAGE_BYTES);
            bytes = await this.#source.read(at, Math.min(PAGE_BYTES, this.size - at));
        }
        this.#pages.delete(page);
        this.#pages.set(page, bytes);
        if (this.#pages.size > MAX_PAGES) this.#pages.delete(/** @type {number} */ (this.#pages.keys().next().value));
        return bytes;
    }
}
