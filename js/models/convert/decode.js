// Decodes the values of published tensors.
import { AcgError } from '../../errors.js';
import { fromBfloat, fromHalf } from './floats.js';

/** @typedef {import('../originals/original.js').Dtype} Dtype */

/** The bytes of a value. @type {Partial<Record<Dtype, number>>} */
const FLOAT_BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2 };

/**
 * @param {Dtype} dtype
 * @param {string} name of the tensor, for the message
 * @returns {number} bytes of a value
 * @throws {AcgError} UNSUPPORTED
 */
export function floatBytes(dtype, name) {
    const size = FLOAT_BYTES[dtype];
    if (!size) throw new AcgError('UNSUPPORTED', `Expected floating-point values in tensor ${name} but found ${dtype}`);
    return size;
}

/**
 * Decodes values without rounding.
 * @param {Uint8Array<ArrayBuffer>} bytes of a dtype that `floatBytes` knows
 * @param {Dtype} dtype
 * @returns {Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>} may share the memory of `bytes`
 */
export function decodeExactly(bytes, dtype) {
    const size = /** @type {number} */ (FLOAT_BYTES[dtype]);
    const { buffer, byteOffset, byteLength } = bytes.byteOffset % size ? bytes.slice() : bytes;
    const n = byteLength / size;
    if (dtype === 'F64') return new Float64Array(buffer, byteOffset, n);
    if (dtype === 'F32') return new Float32Array(buffer, byteOffset, n);
    return (dtype === 'F16' ? fromHalf : fromBfloat)(new Uint16Array(buffer, byteOffset, n));
}

/**
 * Decodes values as float32. float64 is rounded.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {Dtype} dtype
 */
export function decode(bytes, dtype) {
    const values = decodeExactly(bytes, dtype);
    return values instanceof Float32Array ? values : new Float32Array(values);
}
