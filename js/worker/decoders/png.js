// Writes a decoded picture as a PNG without compression: the engine reads it with all bits and colours.
import { joinBytes } from '../../shared/bytes.js';

/**
 * @typedef {object} Samples
 * @property {number} width
 * @property {number} height
 * @property {3 | 4} channels RGB, or RGB and straight alpha
 * @property {Uint8Array | Uint8ClampedArray | Uint16Array} data row by row; 16 bits use the whole range
 *
 * @typedef {{ type: string, data: Uint8Array }} Chunk
 */

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const CHUNK_FRAME = 12; // its size, type and checksum
const HEADER_BYTES = 13;
const HEADER_END = SIGNATURE.length + CHUNK_FRAME + HEADER_BYTES;
const COLOUR_TYPES = { 3: 2, 4: 6 };

/**
 * @param {Samples} samples
 * @param {Chunk[]} chunks that go before the pixels
 */
export function writePng(samples, chunks) {
    const { width, height, channels, data } = samples;
    const header = new DataView(new ArrayBuffer(HEADER_BYTES));
    header.setUint32(0, width);
    header.setUint32(4, height);
    header.setUint8(8, 8 * data.BYTES_PER_ELEMENT);
    header.setUint8(9, COLOUR_TYPES[channels]);
    const before = [{ type: 'IHDR', data: new Uint8Array(header.buffer) }, ...chunks];
    const pixelBytes = height * (1 + width * channels * data.BYTES_PER_ELEMENT);
    const writer = new Writer(SIGNATURE.length + sizeOf(before) + CHUNK_FRAME + storedBytes(pixelBytes) + CHUNK_FRAME);
    writer.put(SIGNATURE);
    for (const chunk of before) putChunk(writer, chunk);
    writer.chunk('IDAT', storedBytes(pixelBytes), () => store(writer, pixelBytes, rowsOf(samples)));
    writer.chunk('IEND', 0, () => {});
    return writer.bytes;
}

/**
 * The same PNG with more chunks, before its pixels.
 * @param {Uint8Array<ArrayBuffer>} png
 * @param {Chunk[]} chunks
 */
export function withChunks(png, chunks) {
    if (chunks.length === 0) return png;
    const writer = new Writer(png.length + sizeOf(chunks));
    writer.put(png.subarray(0, HEADER_END));
    for (const chunk of chunks) putChunk(writer, chunk);
    writer.put(png.subarray(HEADER_END));
    return writer.bytes;
}

/** @param {Uint8Array} profile @returns {Chunk} */
export function profileChunk(profile) {
    const name = Uint8Array.of(0x49, 0x43, 0x43, 0, 0); // "ICC", its end, the method of compression
    const writer = new Writer(name.length + storedBytes(profile.length));
    writer.put(name);
    store(writer, profile.length, [profile]);
    return { type: 'iCCP', data: writer.bytes };
}

/** @param {Uint8Array} xmp @returns {Chunk} */
export function xmpChunk(xmp) {
    const head = new TextEncoder().encode('XML:com.adobe.xmp\0\0\0\0\0');
    return { type: 'iTXt', data: joinBytes([head, xmp]) };
}

/** @param {Chunk[]} chunks */
const sizeOf = (chunks) => chunks.reduce((sum, { data }) => sum + CHUNK_FRAME + data.length, 0);

/** @param {Writer} writer @param {Chunk} chunk */
const putChunk = (writer, { type, data }) => writer.chunk(type, data.length, () => writer.put(data));

/**
 * Rows, each with its filter type (none); 16-bit samples are big-endian.
 * @param {Samples} samples
 */
function* rowsOf({ width, height, channels, data }) {
    const n = width * channels;
    const row = new Uint8Array(1 + n * data.BYTES_PER_ELEMENT);
    const view = new DataView(row.buffer);
    for (let y = 0; y < height; y++) {
        if (data.BYTES_PER_ELEMENT === 1) row.set(data.subarray(y * n, (y + 1) * n), 1);
        else for (let i = 0; i < n; i++) view.setUint16(1 + 2 * i, data[y * n + i]);
        yield row;
    }
}

// The form of zlib (RFC 1950) around blocks that are stored (RFC 1951, 3.2.4).
const BLOCK_BYTES = 65535;
const LAST_BLOCK = 1;

/** @param {number} size */
const storedBytes = (size) => 2 + size + 5 * Math.ceil(size / BLOCK_BYTES) + 4;

/**
 * @param {Writer} writer
 * @param {number} size of all parts
 * @param {Iterable<Uint8Array>} parts
 */
function store(writer, size, parts) {
    const adler = new Adler32();
    let left = size;
    let room = 0; // in the block that is open
    writer.put(Uint8Array.of(0x78, 0x01));
    for (const part of parts) {
        adler.add(part);
        for (let at = 0; at < part.length; ) {
            if (room === 0) {
                room = Math.min(BLOCK_BYTES, left);
                writer.put(Uint8Array.of(room === left ? LAST_BLOCK : 0, room, room >> 8, ~room, ~room >> 8));
            }
            const n = Math.min(room, part.length - at);
            writer.put(part.subarray(at, at + n));
            at += n;
            room -= n;
            left -= n;
        }
    }
    writer.number(adler.value);
}

class Writer {
    #at = 0;

    /** @param {number} size */
    constructor(size) {
        this.bytes = new Uint8Array(size);
    }

    /** @param {Uint8Array} bytes */
    put(bytes) {
        this.bytes.set(bytes, this.#at);
        this.#at += bytes.length;
    }

    /** @param {number} value of 32 bits */
    number(value) {
        this.put(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value));
    }

    /**
     * @param {string} type
     * @param {number} size
     * @param {() => void} fill writes exactly that many bytes
     */
    chunk(type, size, fill) {
        this.number(size);
        const start = this.#at;
        this.put(Uint8Array.from(type, (letter) => letter.charCodeAt(0)));
        fill();
        this.number(crc32(this.bytes.subarray(start, this.#at)));
    }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
    let value = n;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
});

/** ISO 3309. @param {Uint8Array} bytes */
function crc32(bytes) {
    let crc = ~0;
    for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
    return ~crc >>> 0;
}

/** RFC 1950, 8.2. */
class Adler32 {
    #a = 1;
    #b = 0;

    /** @param {Uint8Array} bytes */
    add(bytes) {
        const SAFE = 3800; // sums of so many bytes stay below 2^31
        for (let from = 0; from < bytes.length; from += SAFE) {
            const to = Math.min(from + SAFE, bytes.length);
            for (let i = from; i < to; i++) {
                this.#a += bytes[i];
                this.#b += this.#a;
            }
            this.#a %= 65521;
            this.#b %= 65521;
        }
    }

    get value() {
        return this.#b * 65536 + this.#a;
    }
}
