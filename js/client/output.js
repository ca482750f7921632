// Joins the chunks of an output to a Blob or an array, or passes them to the caller's onChunk.

const PART_BYTES = 16 << 20; // chunks become Blobs of this size, because a browser may keep Blobs on disk

/** @type {Record<string, string>} */
const MEDIA_TYPES = { png: 'image/png', webp: 'image/webp', jpg: 'image/jpeg' };

export class Output {
    #format;
    #onChunk;
    /** @type {Blob[]} */
    #parts = [];
    /** @type {Uint8Array<ArrayBuffer>[]} */
    #chunks = [];
    #bytes = 0;

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
        if (this.#onChunk) return this.#onChunk(chunk);
        this.#chunks.push(chunk);
        this.#bytes += chunk.byteLength;
        if (this.#bytes < PART_BYTES || !MEDIA_TYPES[this.#format]) return;
        this.#parts.push(new Blob(this.#chunks));
        this.#chunks = [];
        this.#bytes = 0;
    }

    finish() {
        if (this.#onChunk) return {};
        const type = MEDIA_TYPES[this.#format];
        if (type) return { blob: new Blob([...this.#parts, ...this.#chunks], { type }) };
        const pixels = new Uint8Array(this.#chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
        let at = 0;
        for (const chunk of this.#chunks) {
            pixels.set(chunk, at);
            at += chunk.byteLength;
        }
        return { pixels };
    }
}
