// Boxes of ISO media files (ISO/IEC 14496-12, 4.2), of which AVIF and JPEG XL consist.

/** @typedef {{ type: string, from: number, to: number, isCut: boolean }} Box the position of its content in the file; isCut: it is longer than the file */

const LONG_SIZE = 1; // 64 bits of it follow
const TO_THE_END = 0;

/**
 * @param {Uint8Array} bytes of the file
 * @param {number} [from]
 * @param {number} [to]
 * @returns {Generator<Box>} those that lie within these bounds; the last may be cut off
 */
export function* boxesIn(bytes, from = 0, to = bytes.length) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = from; at + 8 <= to; ) {
        const told = view.getUint32(at);
        const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
        const isLong = told === LONG_SIZE && at + 16 <= to;
        const size = told === TO_THE_END ? to - at : isLong ? Number(view.getBigUint64(at + 8)) : told;
        const head = isLong ? 16 : 8;
        if (size < head) return;
        yield { type, from: at + head, to: Math.min(to, at + size), isCut: at + size > to };
        at += size;
    }
}

/** Reads numbers one after the other. Beyond its end it throws a RangeError, as a DataView does. */
export class BoxReader {
    #view;
    #at = 0;

    /**
     * @param {Uint8Array} bytes of the file
     * @param {{ from: number, to: number }} box
     */
    constructor(bytes, { from, to }) {
        this.#view = new DataView(bytes.buffer, bytes.byteOffset + from, to - from);
    }

    /** A number of so many bytes, 0 to 8. @param {number} size */
    number(size) {
        let value = 0;
        for (let i = 0; i < size; i++) value = value * 256 + this.#view.getUint8(this.#at++);
        return value;
    }

    /** Of four bytes with a sign. */
    signed() {
        return this.number(4) | 0;
    }

    text() {
        return String.fromCharCode(this.number(1), this.number(1), this.number(1), this.number(1));
    }
}

/**
 * A box that begins with its version.
 * @param {Uint8Array} bytes of the file
 * @param {Box} box
 */
export function fullBox(bytes, box) {
    const reader = new BoxReader(bytes, box);
    return { reader, version: reader.number(1), flags: reader.number(3) };
}
