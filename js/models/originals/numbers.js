// Reads and checks numbers, shapes and texts in files, and makes the errors of all readers.
import { AcgError } from '../../errors.js';

/** @typedef {import('./original.js').Dtype} Dtype */

/** The bytes of an element. @type {Record<Dtype, 1 | 2 | 4 | 8>} */
export const DTYPE_BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 };

const MAX_RANK = 32;

/** Messages contain names from files, which may have any length. */
const MAX_SENTENCE = 300;

/** The error about a damaged file. @param {string} sentence */
export function broken(sentence) {
    return new AcgError('BAD_FORMAT', shortened(sentence));
}

/** The error about a file in a form that is not read. @param {string} sentence */
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
 * A little-endian 64-bit number that is a size or a position.
 * @param {DataView} view
 * @param {number} at
 */
export function readU64(view, at) {
    const value = view.getBigUint64(at, true);
    if (value > Number.MAX_SAFE_INTEGER) throw broken(`Expected a size or a place in the file but found ${value}`);
    return Number(value);
}

/**
 * Checks a shape and computes the bytes of the tensor.
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

/** Whether it is an integer from 0 to 2^53 - 1. @param {unknown} value */
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

// A short JSON text can have very many values.
const MAX_JSON_NESTS = 2 ** 17;

/**
 * @param {Uint8Array} bytes
 * @param {string} what the text is, for the message
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
