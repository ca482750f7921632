// Converts float32 to float16 (IEEE 754's binary16) and bfloat16, and back. Rounds to nearest, ties to even, as PyTorch does.

const INFINITY_BITS = 0x7f800000;
const TO_WHOLE = 1.5 * 2 ** 52; // adding and subtracting it rounds a double to an integer, ties to even

/**
 * Converts float32 to float16.
 * @param {Float32Array} values
 * @param {Uint16Array} out receives as many values
 * @returns {boolean} whether all values are finite and fit; if not, `out` is invalid
 */
export function toHalf(values, out) {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < bits.length; i++) {
        const sign = (bits[i] >>> 16) & 0x8000;
        const size = bits[i] & 0x7fffffff;
        if (size >= 0x477ff000) return false; // 65520 and more would become infinite; also NaN
        if (size < 0x38800000) {
            out[i] = sign | (Math.abs(values[i]) * 2 ** 24 + TO_WHOLE - TO_WHOLE); // below 2^-14, float16 has multiples of 2^-24
        } else {
            out[i] = sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13);
        }
    }
    return true;
}

/**
 * Converts float32 to bfloat16.
 * @param {Float32Array} values
 * @param {Uint16Array} out receives as many values
 * @returns {boolean} whether all values are finite and fit; if not, `out` is invalid
 */
export function toBfloat(values, out) {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < bits.length; i++) {
        if ((bits[i] & 0x7fffffff) >= 0x7f7f8000) return false; // is or would become infinite; also NaN
        out[i] = (bits[i] + 0x7fff + ((bits[i] >>> 16) & 1)) >>> 16;
    }
    return true;
}

/** Whether all values are finite. @param {Float32Array} values */
export function areFinite(values) {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < bits.length; i++) if ((bits[i] & 0x7fffffff) >= INFINITY_BITS) return false;
    return true;
}

/** Converts float16 to float32. @param {Uint16Array} halves */
export function fromHalf(halves) {
    const values = new Float32Array(halves.length);
    const bits = new Uint32Array(values.buffer);
    for (let i = 0; i < halves.length; i++) {
        const sign = (halves[i] & 0x8000) << 16;
        const size = halves[i] & 0x7fff;
        if (size >= 0x7c00) bits[i] = sign | INFINITY_BITS | ((size & 0x3ff) << 13);
        else if (size >= 0x400) bits[i] = sign | ((size << 13) + 0x38000000);
        else values[i] = (sign ? -1 : 1) * size * 2 ** -24;
    }
    return values;
}

/** Converts bfloat16 to float32. @param {Uint16Array} halves */
export function fromBfloat(halves) {
    const values = new Float32Array(halves.length);
    const bits = new Uint32Array(values.buffer);
    for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
    return values;
}
