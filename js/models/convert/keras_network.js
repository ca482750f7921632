// Writes a Keras network layer by layer. Kernels get PyTorch's layout, and batch normalisations are folded in float64 into the convolutions
// before them. In int8, biases are corrected for the mean rounding error.
import { AcgError } from '../../errors.js';
import { VARIABLES, scaleShift } from './batch_norm.js';
import { doesNotFit } from './model_file.js';
import { correctBias, errorCompensation, isRotated, quantiseKernels, rotateInputs, rotateRows } from './quantise.js';

/**
 * @typedef {import('./keras_variables.js').KerasVariables} KerasVariables
 * @typedef {import('./model_file.js').ModelFile} ModelFile
 * @typedef {import('./stream_tensors.js').Step} Step
 *
 * @typedef {object} Layer
 * @property {string} name in our file
 * @property {string} [kernel] Keras's layer with the kernel; without one, the normalisation's factor is the weight and its shift the bias
 * @property {string} [norm] Keras's normalisation layer
 * @property {boolean} [isMatrix] whether it is a dense layer or a 1x1 convolution, which becomes a matrix
 * @property {'none' | 'zeros' | 'needed'} [bias] if Keras has no bias: 'zeros' (default) writes zeros, 'none' writes none, 'needed' fails
 *
 * @typedef {{ outC: number, inC: number, size: number }} Sizes of a kernel: [size][inC][outC] in Keras, [outC][inC][size] in our files
 */

// how many weights are folded and rounded at a time
const BLOCK_WEIGHTS = 2 ** 18;

export class KerasNetwork {
    #variables;
    #layers;
    #epsilon;

    /**
     * @param {KerasVariables} variables
     * @param {Layer[]} layers
     * @param {number} epsilon of all normalisations
     */
    constructor(variables, layers, epsilon) {
        this.#variables = variables;
        this.#layers = layers;
        this.#epsilon = epsilon;
    }

    /**
     * The shapes of the tensors in our file.
     * @returns {Map<string, number[]>} by name
     * @throws {AcgError} BAD_FORMAT if the variables of a layer do not fit together
     */
    shapes() {
        return new Map(
            this.#layers.flatMap((layer) => {
                const shape = layer.kernel ? kernelShape(this.#variables, layer) : this.#variables.info(`${layer.norm}/gamma`).shape;
                for (const name of this.#vectors(layer)) checkVector(this.#variables, name, shape[0]);
                /** @type {[string, number[]][]} */
                const both = [
                    [`${layer.name}.weight`, shape],
                    [`${layer.name}.bias`, [shape[0]]],
                ];
                return layer.bias === 'none' ? [both[0]] : both;
            }),
        );
    }

    /** How many bytes are read. */
    get sourceBytes() {
        const names = this.#layers.flatMap((layer) => [...(layer.kernel ? [`${layer.kernel}/kernel`] : []), ...this.#vectors(layer)]);
        return names.reduce((sum, name) => sum + this.#variables.info(name).bytes, 0);
    }

    /**
     * Writes all layers.
     * @param {ModelFile} file which is open
     * @param {() => Map<string, Float64Array>} averages gives the mean of each input channel, by our layer names; called when the small
     *   variables are loaded. The bias of other layers is not corrected
     * @param {Step} step
     */
    async write(file, averages, step) {
        await this.#variables.load(
            this.#layers.flatMap((layer) => this.#vectors(layer)),
            step,
        );
        const inputs = averages();
        for (const layer of this.#layers) {
            const norm = layer.norm ? scaleShift(this.#variables, layer.norm, this.#epsilon) : undefined;
            const weight = file.tensor(`${layer.name}.weight`);
            const bias = layer.kernel ? this.#bias(layer, weight.shape[0], norm) : (norm?.shift ?? new Float64Array());
            if (layer.kernel) await this.#writeKernel(file, layer, norm?.factor, bias, inputs.get(layer.name), step);
            else await file.writeFloats(weight, 0, new Float32Array(norm?.factor ?? []));
            if (layer.bias !== 'none') await file.writeFloats(file.tensor(`${layer.name}.bias`), 0, new Float32Array(bias));
        }
    }

    /**
     * @param {Layer} layer
     * @param {number} n
     * @param {ReturnType<typeof scaleShift>} [norm]
     */
    #bias(layer, n, norm) {
        const own = this.#hasBias(layer) ? this.#variables.vector(`${layer.kernel}/bias`) : new Float64Array(n);
        return norm ? own.map((value, c) => value * norm.factor[c] + norm.shift[c]) : own.slice();
    }

    /**
     * @param {ModelFile} file
     * @param {Layer} layer
     * @param {Float64Array | undefined} factor
     * @param {Float64Array} bias is corrected in place
     * @param {Float64Array | undefined} inputs the mean of each input channel
     * @param {Step} step
     */
    async #writeKernel(file, layer, factor, bias, inputs, step) {
        const tensor = file.tensor(`${layer.name}.weight`);
        const { shape, bytes } = this.#variables.info(`${layer.kernel}/kernel`);
        const kernel = await this.#variables.read(`${layer.kernel}/kernel`);
        const [inC, outC] = shape.slice(-2);
        const size = kernel.length / (inC * outC);
        const rounding = tensor.dtype === 'I8' ? new Rounding(file, tensor, inputs) : undefined;
        const rows = Math.max(Math.floor(BLOCK_WEIGHTS / (inC * size)), 1);
        for (let first = 0; first < outC; first += rows) {
            const exact = fold(kernel, { outC, inC, size }, factor, first, Math.min(rows, outC - first));
            if (rounding) await rounding.write(exact, first, bias);
            else await file.writeFloats(tensor, first * inC * size, new Float32Array(exact));
            await step((bytes / kernel.length) * exact.length);
        }
        await rounding?.end();
    }

    /**
     * The names of a layer's variables that are vectors.
     * @param {Layer} layer
     */
    #vectors(layer) {
        const norm = layer.norm ? VARIABLES.map((name) => `${layer.norm}/${name}`) : [];
        return this.#hasBias(layer) ? [`${layer.kernel}/bias`, ...norm] : norm;
    }

    /** @param {Layer} layer */
    #hasBias({ kernel, bias = 'zeros' }) {
        return bias === 'needed' || (bias === 'zeros' && this.#variables.has(`${kernel}/bias`));
    }
}

/** Writes a kernel in int8, some output channels at a time. */
class Rounding {
    #file;
    #tensor;
    #isRotated;
    #inputs;
    #n;
    #scales;
    #perRow;
    #compensation;

    /**
     * @param {ModelFile} file
     * @param {import('./layout.js').PlacedTensor} tensor
     * @param {Float64Array} [inputs] the mean of each input channel
     */
    constructor(file, tensor, inputs) {
        const [outC, inC, h = 1, w = 1] = tensor.shape;
        if (inputs && inputs.length !== inC) {
            throw new AcgError('BAD_FORMAT', `Expected ${inC} channels before ${tensor.name} but found ${inputs.length}`);
        }
        this.#file = file;
        this.#tensor = tensor;
        this.#isRotated = isRotated(tensor.name, tensor.shape);
        this.#inputs = inputs && this.#isRotated ? rotateInputs(inputs) : inputs;
        this.#n = inC * h * w;
        this.#perRow = file.tensor(`${tensor.name}.scale`).shape[1] ?? 1;
        this.#scales = new Float32Array(outC * this.#perRow);
        this.#compensation = errorCompensation(h, w);
    }

    /**
     * @param {Float64Array} exact [rows][in][size]
     * @param {number} first output channel
     * @param {Float64Array} bias is corrected in place
     */
    async write(exact, first, bias) {
        const n = this.#n;
        const whole = new Int8Array(exact.length);
        const scales = this.#scales.subarray(first * this.#perRow, (first + exact.length / n) * this.#perRow);
        const weights = new Float32Array(exact);
        if (this.#isRotated) rotateRows(weights, n);
        if (!quantiseKernels(weights, n, this.#compensation, whole, scales)) throw doesNotFit(this.#tensor);
        const rounded = this.#isRotated ? weights : exact;
        if (this.#inputs) correctBias(bias.subarray(first), rounded, whole, scales, this.#inputs, this.#perRow);
        await this.#file.writeBytes(this.#tensor, first * n, whole);
    }

    async end() {
        await this.#file.writeBytes(this.#file.tensor(`${this.#tensor.name}.scale`), 0, this.#scales);
    }
}

/**
 * Some output channels of a kernel in PyTorch's layout, multiplied by their factors.
 * @param {Float32Array | Float64Array} kernel
 * @param {Sizes} sizes
 * @param {Float64Array | undefined} factor
 * @param {number} first
 * @param {number} rows
 * @returns {Float64Array} [rows][in][size]
 */
function fold(kernel, { outC, inC, size }, factor, first, rows) {
    const exact = new Float64Array(rows * inC * size);
    const factors = factor ? factor.subarray(first, first + rows) : new Float64Array(rows).fill(1);
    for (let place = 0; place < size; place++) {
        for (let c = 0; c < inC; c++) {
            const from = (place * inC + c) * outC + first;
            for (let row = 0; row < rows; row++) exact[(row * inC + c) * size + place] = kernel[from + row] * factors[row];
        }
    }
    return exact;
}

/**
 * @param {KerasVariables} variables
 * @param {Layer} layer
 * @returns {number[]} [out][in][h][w], or [out][in]
 */
function kernelShape(variables, { kernel, isMatrix }) {
    const { shape } = variables.info(`${kernel}/kernel`);
    const [outC, inC, ...hw] = [...shape].reverse();
    const fits = isMatrix ? shape.length === 2 || (shape.length === 4 && hw.every((side) => side === 1)) : shape.length === 4;
    if (!fits || shape.includes(0)) {
        throw new AcgError('BAD_FORMAT', `Expected another shape of the variable ${kernel}/kernel than [${shape.join(', ')}]`);
    }
    return isMatrix ? [outC, inC] : [outC, inC, shape[0], shape[1]];
}

/**
 * @param {KerasVariables} variables
 * @param {string} name
 * @param {number} n
 */
function checkVector(variables, name, n) {
    const { shape } = variables.info(name);
    if (shape.length !== 1 || shape[0] !== n) {
        throw new AcgError('BAD_FORMAT', `Expected ${n} values in the variable ${name} but its shape is [${shape.join(', ')}]`);
    }
}
