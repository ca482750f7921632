// Gathers the chunks of an output into what the caller asked for, or hands them on.

/** @type {Record<string, string>} */
const MEDIA_TYPES = { png: 'image/png', webp: 'image/webp', jpg: 'image/jpeg' };

export class Output {
    #format;
    #onChunk;
    /** @type {Uint8Array<ArrayBuffer>[]} */
    #chunks = [];

    /**
     * @param {string} format
     * @param {((chunk: Uint8Array<ArrayBuffer>) => void) | undefined} onChunk
     */
    constructor(format, onChunk) {
        this.#format = format;
        this.#onChunk = onChunk;
    }

    /** @param {Uint8Array<ArrayBuffer>} chunk */
    add(chunk) {
        if (this.#onChunk) this.#onChunk(chunk);
        else this.#chunks.push(chunk);
    }

    finish() {
        if (this.#onChunk) return {};
        const type = MEDIA_TYPES[this.#format];
        if (type) return { blob: new Blob(this.#chunks, { type }) };
        const pixels = new Uint8Array(this.#chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
        let at = 0;
        for (const chunk of this.#chunks) {
            pixels.set(chunk, at);
            at += chunk.byteLength;
        }
        return { pixels };
    }
}
