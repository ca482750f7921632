// Whole numbers of 8 bits with a scale for each output channel, or for each K-block of one: weight is about scale * whole, whole from -127 to
// 127.
// All divisions and roundings are those of PyTorch's float32, so that files are the same.

const TO_WHOLE = 1.5 * 2 ** 52; // rounds a double to a whole number, ties to even, when added and subtracted

/** Inputs, as the engine's LINEAR_I8_BLOCK: a few weights are so large that a whole row is too much for one scale. */
const K_BLOCK = 256;

/** Of a rotation, as the engine's LINEAR_I8_LANES. */
const LANES = 4;

/** What neighbouring pixels of a map correlate by; those further apart, by a power of it. */
const SMOOTHNESS = 0.6;

/**
 * The shape of the scales of int8 weights. What is rotated has one for each K-block, if there are more than one; the rows of a table of words,
 * which are looked up, and other kernels have one.
 * @param {string} name
 * @param {number[]} shape
 */
export function scaleShape(name, shape) {
    return isRotated(name, shape) && shape[1] > K_BLOCK ? [shape[0], Math.ceil(shape[1] / K_BLOCK)] : [shape[0]];
}

/**
 * Whether int8 weights are of rotated inputs: those of matrices and of kernels of one pixel.
 * @param {string} name
 * @param {number[]} shape
 */
export function isRotated(name, shape) {
    return shape.slice(2).every((side) => side === 1) && !name.includes('embeddings');
}

/**
 * Multiplies each K-block by the inverse of the matrix that the engine multiplies the inputs by (src/ops/linear_i8.h). It consists of 1 and -1
 * and is its own inverse, but for the number of places that are mixed. What is large in one place is spread over the block, so that inputs and
 * weights lose less by rounding: Ashkboos et al. 2024 (QuaRot).
 * @param {Float32Array} weights [out][in]
 * @param {number} n in
 */
export function rotateRows(weights, n) {
    for (let at = 0; at < weights.length; ) {
        const end = blockEnd(at, n, K_BLOCK);
        rotateBlock(weights.subarray(at, end), true);
        at = end;
    }
}

/**
 * As the engine rotates inputs: what belongs to rotated weights.
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
 * Rounds each weight by itself.
 * @param {Float32Array} weights [out][in]
 * @param {number} n in
 * @param {Int8Array} whole [out][in]
 * @param {Float32Array} scales [out], or [out][K-blocks]
 * @returns {boolean} whether all weights are numbers; if not, the results are of no use
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
 * Rounds one weight of a kernel after the other, and lets those still to come take back what each error moves the output by: Frantar
 * et al. 2022 (GPTQ), with the second moments of smooth maps and not of data, so that a file needs no pictures.
 * @param {Float32Array} weights [out][in][kernel]
 * @param {number} n in * kernel
 * @param {Float64Array} takenBack of `takeBack`
 * @param {Int8Array} whole [out][in][kernel]
 * @param {Float32Array} scales [out]
 * @returns {boolean} whether all weights are numbers
 */
export function quantiseKernels(weights, n, takenBack, whole, scales) {
    const size = Math.sqrt(takenBack.length);
    if (size === 1) return quantiseRows(weights, n, whole, scales);
    if (!findScales(weights, n, n, scales)) return false;
    const steps = new Float64Array(size);
    for (let at = 0; at < weights.length; at += size) {
        const scale = scales[Math.floor(at / n)];
        for (let i = 0; i < size; i++) steps[i] = Math.fround(weights[at + i] / scale);
        for (let i = 0; i < size; i++) {
            const rounded = round(steps[i]);
            const error = rounded - steps[i];
            for (let later = i + 1; later < size; later++) steps[later] -= error * takenBack[i * size + later];
            whole[at + i] = rounded;
        }
    }
    return true;
}

/**
 * Takes from biases what rounding adds to the outputs on average.
 * @param {Float64Array} bias [out] or more
 * @param {Float32Array | Float64Array} weights [out][in][kernel]: what was rounded
 * @param {Int8Array} whole
 * @param {Float32Array} scales [out], or [out][K-blocks]
 * @param {Float64Array} inputs [in]: their averages, rotated if the weights are
 * @param {number} [perRow] scales of an output
 */
export function correctBias(bias, weights, whole, scales, inputs, perRow = 1) {
    const size = (weights.length * perRow) / (scales.length * inputs.length);
    for (let row = 0, at = 0; at < weights.length; row++) {
        let moved = 0;
        for (let c = 0; c < inputs.length; c++) {
            const scale = scales[row * perRow + (perRow > 1 ? Math.floor(c / K_BLOCK) : 0)];
            let error = 0;
            for (const end = at + size; at < end; at++) error += Math.fround(whole[at] * scale) - weights[at];
            moved += error * inputs[c];
        }
        bias[row] -= moved;
    }
}

/**
 * By how much an error of weight i of a kernel is taken back by the weights after it: the solution of M[>i][>i] x = M[>i][i], M the
 * correlations of the pixels under the kernel.
 * @param {number} h
 * @param {number} w
 * @returns {Float64Array} [h * w][h * w]: row i, zero up to i
 */
export function takeBack(h, w) {
    const size = h * w;
    const takenBack = new Float64Array(size * size);
    for (let i = 0; i + 1 < size; i++) {
        const later = Array.from({ length: size - i - 1 }, (_, k) => i + 1 + k);
        const rows = later.map((a) => Float64Array.from([...later, i], (b) => correlation(a, b, w)));
        takenBack.set(solve(rows), i * size + i + 1);
    }
    return takenBack;
}

/**
 * @param {Float32Array} weights
 * @param {number} n
 * @param {number} block
 * @param {Float32Array} scales
 */
function findScales(weights, n, block, scales) {
    for (let at = 0, i = 0; at < weights.length; i++) {
        let most = 0;
        for (const end = blockEnd(at, n, block); at < end; at++) {
            const size = Math.abs(weights[at]);
            if (size > most) most = size;
            else if (Number.isNaN(size)) return false;
        }
        if (most === Infinity) return false;
        scales[i] = most / 127;
        if (scales[i] === 0) scales[i] = 1; // a channel of zeros
    }
    return true;
}

/**
 * The end of the block that begins at `at`, of rows of n.
 * @param {number} at
 * @param {number} n
 * @param {number} block
 */
function blockEnd(at, n, block) {
    return Math.min(at + block, at - (at % n) + n);
}

/** @param {number} step */
function round(step) {
    return Math.max(-127, Math.min(127, step + TO_WHOLE - TO_WHOLE));
}

/**
 * @param {number} a a place in a kernel of width w
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
 * Gauss's elimination, which needs no exchange of rows where the matrix is positive definite.
 * @param {Float64Array[]} rows of the matrix, each with its right side at its end; they are overwritten
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
