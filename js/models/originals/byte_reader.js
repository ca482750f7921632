// Reads a stream of pieces front to back, byte by byte if needed. Holds only the bytes of the last `peek` and one more piece.
import { joinBytes } from '../../shared/bytes.js';
import { broken } from './numbers.js';

export class ByteReader {
    #pieces;
    /** @type {Uint8Array[]} */
    #have = [];
    #bytes = 0;

    /**
     * @param {AsyncIterable<Uint8Array>} pieces
     * @param {number} [at] the position of the first piece in the file
     */
    constructor(pieces, at = 0) {
        this.#pieces = pieces[Symbol.asyncIterator]();
        /** The position of the next byte in the file. */
        this.at = at;
    }

    /**
     * The next bytes, without consuming them: at least `n`, fewer only at the end of the file.
     * @param {number} n
     */
    async peek(n) {
        await this.#fill(n);
        if (this.#have.length !== 1) this.#have = [joinBytes(this.#have)];
        return this.#have[0];
    }

    /**
     * The next `n` bytes, copied.
     * @param {number} n
     * @throws {import('../../errors.js').AcgError} BAD_FORMAT if the file ends before
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
     * Skips `n` bytes.
     * @param {number} n
     * @throws {import('../../errors.js').AcgError} BAD_FORMAT if the file ends before
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
     * Reads to the end of the file.
     * @param {number} [n]
     * @returns {Promise<Uint8Array>} the last n of these bytes, or fewer if there are fewer
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
