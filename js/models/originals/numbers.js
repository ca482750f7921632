// What all readers do with numbers that a file tells, and how they refuse it.
import { AcgError } from '../../errors.js';

/** @typedef {import('./original.js').Dtype} Dtype */

/** Bytes of an element. @type {Record<Dtype, 1 | 2 | 4 | 8>} */
export const DTYPE_BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 };

const MAX_RANK = 32;

/** Names in a file, which sentences have, may be of any length. */
const MAX_SENTENCE = 300;

/** @param {string} sentence */
export function broken(sentence) {
    return new AcgError('BAD_FORMAT', shortened(sentence));
}

/** @param {string} sentence */
export function unsupported(sentence) {
    return new AcgError('UNSUPPORTED', shortened(sentence));
}

/** @param {string} sentence */
function shortened(sentence) {
    return sentence.length <= MAX_SENTENCE ? sentence : `${sentence.slice(0, MAX_SENTENCE)}…`;
}

/** @param {Uint8Array} bytes */
export function viewOf(bytes) {
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * A little-endian number of 64 bits that stands for a size or a place.
 * @param {DataView} view
 * @param {number} at
 */
export function readU64(view, at) {
    const value = view.getBigUint64(at, true);
    if (value > Number.MAX_SAFE_INTEGER) throw broken(`Expected a size or a place in the file but found ${value}`);
    return Number(value);
}

/**
 * @param {Dtype} dtype
 * @param {unknown} shape
 * @returns {import('./original.js').TensorInfo}
 * @throws {AcgError} BAD_FORMAT
 */
export function tensorInfo(dtype, shape) {
    if (!Array.isArray(shape) || shape.length > MAX_RANK || !shape.every(isCount)) throw broken("Expected a tensor's shape but found none");
    const bytes = shape.reduce((size, dim) => size * dim, DTYPE_BYTES[dtype]);
    if (!isCount(bytes)) throw broken(`Expected a tensor of a possible size but found one of ${shape.join(' x ')} values`);
    return { dtype, shape, bytes };
}

/** @param {unknown} value */
export function isCount(value) {
    return Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * @param {Uint8Array} bytes
 * @throws {AcgError} BAD_FORMAT
 */
export function readUtf8(bytes) {
    try {
        return UTF8.decode(bytes);
    } catch {
        throw broken('Expected a text in UTF-8 but found other bytes');
    }
}

// A JSON text of few bytes can have very many values.
const MAX_JSON_NESTS = 2 ** 17;

/**
 * @param {Uint8Array} bytes
 * @param {string} what it is, for the sentence
 * @returns {any}
 * @throws {AcgError} BAD_FORMAT, UNSUPPORTED
 */
export function readJson(bytes, what) {
    let nests = 0;
    for (const byte of bytes) if (byte === 0x5b || byte === 0x7b) nests++; // [ and {
    if (nests > MAX_JSON_NESTS) throw unsupported(`${what} has more than ${MAX_JSON_NESTS} lists and objects`);
    const text = readUtf8(bytes);
    try {
        return JSON.parse(text);
    } catch (error) {
        throw new AcgError('BAD_FORMAT', `${what} is not valid JSON`, { cause: error });
    }
}
