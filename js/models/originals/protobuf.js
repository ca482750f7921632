// Reads the fields of a protobuf message, one after the other.
import { broken, isCount, viewOf } from './numbers.js';

/** @typedef {{ field: number, number: number, bytes: Uint8Array }} Field number: an integer's value; bytes: a text, message or fixed value */

const NONE = new Uint8Array();

export class ProtobufReader {
    #bytes;
    at = 0;

    /** @param {Uint8Array} bytes */
    constructor(bytes) {
        this.#bytes = bytes;
    }

    get isAtEnd() {
        return this.at === this.#bytes.length;
    }

    /** A number. It is exact up to 2^53, which is enough for sizes and positions. */
    varint() {
        let value = 0;
        for (let scale = 1; scale < 2 ** 64; scale *= 128) {
            const byte = this.#bytes[this.at++];
            if (byte === undefined) break;
            value += (byte & 127) * scale;
            if (byte < 128) return value;
        }
        throw broken('Expected a number but found none: the file is damaged or cut short');
    }

    /** @param {number} n */
    take(n) {
        if (!isCount(n) || n > this.#bytes.length - this.at) throw broken('A part of the file is damaged or cut short');
        this.at += n;
        return this.#bytes.subarray(this.at - n, this.at);
    }

    u32() {
        return viewOf(this.take(4)).getUint32(0, true);
    }
}

/**
 * @param {Uint8Array} message
 * @returns {Generator<Field, void, void>}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT
 */
export function* fieldsOf(message) {
    const reader = new ProtobufReader(message);
    while (!reader.isAtEnd) {
        const tag = reader.varint();
        const field = Math.floor(tag / 8);
        const kind = tag % 8;
        if (kind === 0) yield { field, number: reader.varint(), bytes: NONE };
        else if (kind === 1) yield { field, number: 0, bytes: reader.take(8) };
        else if (kind === 2) yield { field, number: 0, bytes: reader.take(reader.varint()) };
        else if (kind === 5) yield { field, number: 0, bytes: reader.take(4) };
        else throw broken('Expected a message of protobuf but found something else: the file is damaged');
    }
}
