// Reads pieces of any size as one row of bytes, front to back. Holds what it was asked to look ahead for, and no more than a piece besides.
import { joinBytes } from '../../shared/bytes.js';
import { broken } from './numbers.js';

export class ByteReader {
    #pieces;
    /** @type {Uint8Array[]} */
    #have = [];
    #bytes = 0;

    /**
     * @param {AsyncIterable<Uint8Array>} pieces
     * @param {number} [at] where in the file they begin
     */
    constructor(pieces, at = 0) {
        this.#pieces = pieces[Symbol.asyncIterator]();
        /** Where in the file the next byte is. */
        this.at = at;
    }

    /**
     * The next bytes, which stay the next: `n` of them or more, fewer only at the end.
     * @param {number} n
     */
    async peek(n) {
        await this.#fill(n);
        if (this.#have.length !== 1) this.#have = [joinBytes(this.#have)];
        return this.#have[0];
    }

    /**
     * @param {number} n
     * @throws {import('../../errors.js').AcgError} BAD_FORMAT
     */
    async take(n) {
        await this.#fill(n);
        if (this.#bytes < n) throw this.#cutShort(n);
        const taken = new Uint8Array(n);
        for (let at = 0; at < n; ) {
            const part = this.#have[0].subarray(0, n - at);
            taken.set(part, at);
            at += part.length;
            this.#drop(part.length);
        }
        return taken;
    }

    /**
     * @param {number} n
     * @throws {import('../../errors.js').AcgError} BAD_FORMAT
     */
    async skip(n) {
        while (n > 0) {
            if (this.#bytes === 0 && !(await this.#fill(1))) throw this.#cutShort(n);
            const part = Math.min(n, this.#have[0].length);
            this.#drop(part);
            n -= part;
        }
    }

    /**
     * Lets all that is left go by.
     * @param {number} [n]
     * @returns {Promise<Uint8Array>} the last n bytes of it, or fewer
     */
    async drain(n = 0) {
        do this.#drop(Math.max(0, this.#bytes - n));
        while (await this.#fill(this.#bytes + 1));
        return this.take(Math.min(n, this.#bytes));
    }

    async isAtEnd() {
        return !(await this.#fill(1));
    }

    async close() {
        await this.#pieces.return?.();
    }

    /** @param {number} n */
    async #fill(n) {
        while (this.#bytes < n) {
            const { done, value } = await this.#pieces.next();
            if (done) return false;
            if (value.length > 0) this.#have.push(value);
            this.#bytes += value.length;
        }
        return true;
    }

    /** @param {number} n */
    #drop(n) {
        this.at += n;
        this.#bytes -= n;
        while (n > 0 && n >= this.#have[0].length) n -= /** @type {Uint8Array} */ (this.#have.shift()).length;
        if (n > 0) this.#have[0] = this.#have[0].subarray(n);
    }

    /** @param {number} n */
    #cutShort(n) {
        return broken(`Expected ${n} more bytes at ${this.at} but the file ends there: it is damaged or cut short`);
    }
}
