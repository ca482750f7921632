// Quantises weights to int8 with a scale for each output channel, or for each K-block of a channel: weight ≈ scale * integer, the integer from
// -127 to 127. Divides and rounds in float32 as PyTorch does, so that files are equal to Python's.

const TO_WHOLE = 1.5 * 2 ** 52; // adding and subtracting it rounds a double to an integer, ties to even

/** Inputs in a K-block, as the engine's LINEAR_I8_BLOCK. A few weights are so large that one scale for a whole row would be too coarse. */
const K_BLOCK = 256;

/** The step of a rotation, as the engine's LINEAR_I8_LANES: it mixes values that are multiples of this apart. */
const LANES = 4;

/** The assumed correlation of neighbouring pixels of a map. At distance d it is this to the power of d. */
const SMOOTHNESS = 0.6;

/**
 * The shape of the scales of int8 weights. Rotated rows have a scale for each K-block if they have several K-blocks. Other kernels, and the rows
 * of embeddings, have one scale.
 * @param {string} name
 * @param {number[]} shape
 */
export function scaleShape(name, shape) {
    return isRotated(name, shape) && shape[1] > K_BLOCK ? [shape[0], Math.ceil(shape[1] / K_BLOCK)] : [shape[0]];
}

/**
 * Whether int8 weights are rotated: those of matrices and of 1x1 kernels, but not embeddings.
 * @param {string} name
 * @param {number[]} shape
 */
export function isRotated(name, shape) {
    return shape.slice(2).every((side) => side === 1) && !name.includes('embeddings');
}

/**
 * Multiplies each K-block by the inverse of the Hadamard matrix by which the engine multiplies the inputs (src/ops/linear_i8.h). The matrix
 * consists of 1 and -1 and is its own inverse but for a factor. It spreads large values over the block, so that inputs and weights lose less
 * by rounding: Ashkboos et al. 2024 (QuaRot).
 * @param {Float32Array} weights [out][in], changed in place
 * @param {number} n inputs
 */
export function rotateRows(weights, n) {
    for (let at = 0; at < weights.length; ) {
        const end = blockEnd(at, n, K_BLOCK);
        rotateBlock(weights.subarray(at, end), true);
        at = end;
    }
}

/**
 * Rotates inputs as the engine does for rotated weights.
 * @param {Float64Array} inputs [in]
 */
export function rotateInputs(inputs) {
    const rotated = inputs.slice();
    for (let at = 0; at < rotated.length; at += K_BLOCK) rotateBlock(rotated.subarray(at, at + K_BLOCK), false);
    return rotated;
}

/**
 * @param {Float32Array | Float64Array} block
 * @param {boolean} isInverse
 */
function rotateBlock(block, isInverse) {
    let n = LANES;
    while (2 * n <= block.length) n *= 2;
    if (n > block.length) return;
    const mixed = Float64Array.from(block.subarray(0, n));
    for (let stride = LANES; stride < n; stride *= 2) {
        for (let i = 0; i < n; i++) {
            if (i & stride) continue;
            const [a, b] = [mixed[i], mixed[i + stride]];
            mixed[i] = a + b;
            mixed[i + stride] = a - b;
        }
    }
    for (let i = 0; i < n; i++) block[i] = isInverse ? mixed[i] * (LANES / n) : mixed[i];
}

/**
 * Rounds each weight to the nearest integer times scale.
 * @param {Float32Array} weights [out][in]
 * @param {number} n inputs
 * @param {Int8Array} whole [out][in], receives the integers
 * @param {Float32Array} scales [out] or [out][K-blocks], receives the scales
 * @returns {boolean} false: a weight is not finite, and the results are invalid
 */
export function quantiseRows(weights, n, whole, scales) {
    const block = scales.length > weights.length / n ? K_BLOCK : n;
    if (!findScales(weights, n, block, scales)) return false;
    for (let at = 0, i = 0; at < weights.length; i++) {
        const scale = scales[i];
        for (const end = blockEnd(at, n, block); at < end; at++) whole[at] = round(Math.fround(weights[at] / scale));
    }
    return true;
}

/**
 * Rounds the weights of a kernel one after the other. The weights that are still to be rounded compensate each error: Frantar et al. 2022
 * (GPTQ). The second moments are those of smooth maps instead of data, so that the conversion needs no pictures.
 * @param {Float32Array} weights [out][in][kernel]
 * @param {number} n inputs * kernel
 * @param {Float64Array} compensation of `errorCompensation`
 * @param {Int8Array} whole [out][in][kernel], receives the integers
 * @param {Float32Array} scales [out], receives the scales
 * @returns {boolean} false: a weight is not finite, and the results are invalid
 */
export function quantiseKernels(weights, n, compensation, whole, scales) {
    const size = Math.sqrt(compensation.length);
    if (size === 1) return quantiseRows(weights, n, whole, scales);
    if (!findScales(weights, n, n, scales)) return false;
    const steps = new Float64Array(size);
    for (let at = 0; at < weights.length; at += size) {
        const scale = scales[Math.floor(at / n)];
        for (let i = 0; i < size; i++) steps[i] = Math.fround(weights[at + i] / scale);
        for (let i = 0; i < size; i++) {
            const rounded = round(steps[i]);
            const error = rounded - steps[i];
            for (let later = i + 1; later < size; later++) steps[later] -= error * compensation[i * size + later];
            whole[at + i] = rounded;
        }
    }
    return true;
}

/**
 * Subtracts from biases the mean error that rounding adds to the outputs.
 * @param {Float64Array} bias [out] or more, changed in place
 * @param {Float32Array | Float64Array} weights [out][in][kernel] before rounding
 * @param {Int8Array} whole
 * @param {Float32Array} scales [out], or [out][K-blocks]
 * @param {Float64Array} inputs [in] the mean of each input channel, rotated if the weights are
 * @param {number} [perRow] how many scales an output has
 */
export function correctBias(bias, weights, whole, scales, inputs, perRow = 1) {
    const size = (weights.length * perRow) / (scales.length * inputs.length);
    for (let row = 0, at = 0; at < weights.length; row++) {
        let meanError = 0;
        for (let c = 0; c < inputs.length; c++) {
            const scale = scales[row * perRow + (perRow > 1 ? Math.floor(c / K_BLOCK) : 0)];
            let error = 0;
            for (const end = at + size; at < end; at++) error += Math.fround(whole[at] * scale) - weights[at];
            meanError += error * inputs[c];
        }
        bias[row] -= meanError;
    }
}

/**
 * How much each later weight of a kernel compensates an error of weight i: the solution x of M[>i][>i] x = M[>i][i], where M has the
 * correlations of the pixels under the kernel.
 * @param {number} h
 * @param {number} w
 * @returns {Float64Array} [h * w][h * w]; row i is zero up to column i
 */
export function errorCompensation(h, w) {
    const size = h * w;
    const compensation = new Float64Array(size * size);
    for (let i = 0; i + 1 < size; i++) {
        const later = Array.from({ length: size - i - 1 }, (_, k) => i + 1 + k);
        const rows = later.map((a) => Float64Array.from([...later, i], (b) => correlation(a, b, w)));
        compensation.set(solve(rows), i * size + i + 1);
    }
    return compensation;
}

/**
 * The scale of each block: its largest absolute weight / 127.
 * @param {Float32Array} weights [out][n]
 * @param {number} n
 * @param {number} block at most so many weights have one scale
 * @param {Float32Array} scales receives the scales
 * @returns {boolean} false: a weight is not finite
 */
function findScales(weights, n, block, scales) {
    for (let at = 0, i = 0; at < weights.length; i++) {
        let largest = 0;
        for (const end = blockEnd(at, n, block); at < end; at++) {
            const size = Math.abs(weights[at]);
            if (size > largest) largest = size;
            else if (Number.isNaN(size)) return false;
        }
        if (largest === Infinity) return false;
        scales[i] = largest / 127;
        if (scales[i] === 0) scales[i] = 1; // a channel of zeros
    }
    return true;
}

/**
 * The end of the block that begins at `at`. Blocks do not go beyond rows of n.
 * @param {number} at
 * @param {number} n
 * @param {number} block
 */
function blockEnd(at, n, block) {
    return Math.min(at + block, at - (at % n) + n);
}

/** @param {number} step a weight / scale */
function round(step) {
    return Math.max(-127, Math.min(127, step + TO_WHOLE - TO_WHOLE));
}

/**
 * The assumed correlation of two pixels under a kernel.
 * @param {number} a a position in a kernel of width w
 * @param {number} b
 * @param {number} w
 */
function correlation(a, b, w) {
    const distance = Math.abs(Math.floor(a / w) - Math.floor(b / w)) + Math.abs((a % w) - (b % w));
    let power = 1;
    for (let i = 0; i < distance; i++) power *= SMOOTHNESS;
    return power;
}

/**
 * Solves a linear system by Gaussian elimination. A positive definite matrix needs no exchange of rows.
 * @param {Float64Array[]} rows of the matrix, each with its right-hand side at the end; they are overwritten
 */
function solve(rows) {
    const n = rows.length;
    for (let i = 0; i < n; i++) {
        for (let r = i + 1; r < n; r++) {
            const factor = rows[r][i] / rows[i][i];
            for (let c = i; c <= n; c++) rows[r][c] -= factor * rows[i][c];
        }
    }
    const x = new Float64Array(n);
    for (let i = n - 1; i >= 0; i--) {
        x[i] = rows[i][n];
        for (let c = i + 1; c < n; c++) x[i] -= rows[i][c] * x[c];
        x[i] /= rows[i][i];
    }
    return x;
}
