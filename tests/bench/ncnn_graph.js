// Real-CUGAN's ncnn files as a list of layers with their weights, for whoever runs or converts the network. In the browser too.

const MAGIC = '7767517';
const FP16_FLAG = 0x01306b47;

/** @param {number} bits of a half-precision number */
function halfToNumber(bits) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Reads weights off the .bin file, one after the other. */
class Weights {
    #at = 0;

    /** @param {Uint8Array} bytes */
    constructor(bytes) {
        this.data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }

    /** @param {number} count */
    takeFloats(count) {
        const values = Float32Array.from({ length: count }, (_, i) => this.data.getFloat32(this.#at + 4 * i, true));
        this.#at += 4 * count;
        return values;
    }

    /** @param {number} count */
    takeFlagged(count) {
        const flag = this.data.getUint32(this.#at, true);
        this.#at += 4;
        if (flag === 0) return this.takeFloats(count);
        if (flag !== FP16_FLAG) throw new Error(`Expected fp16 or fp32 weights but received flag 0x${flag.toString(16)}`);
        const values = Float32Array.from({ length: count }, (_, i) => halfToNumber(this.data.getUint16(this.#at + 2 * i, true)));
        this.#at += Math.ceil((2 * count) / 4) * 4;
        return values;
    }

    get left() {
        return this.data.byteLength - this.#at;
    }
}

/** @param {string} line of a .param file: type, name, counts, inputs, outputs, options */
function parseLayer(line) {
    const [type, name, nIn, nOut, ...rest] = line.trim().split(/\s+/);
    const inputs = rest.slice(0, +nIn);
    const outputs = rest.slice(+nIn, +nIn + +nOut);
    const options = new Map();
    for (const pair of rest.slice(+nIn + +nOut)) {
        const [key, text] = pair.split('=');
        const values = text.split(',').map(Number);
        if (+key <= -23300)
            options.set(-23300 - +key, values.slice(1)); // an array, its length first
        else options.set(+key, values[0]);
    }
    return { type, name, inputs, outputs, option: (key, fallback = 0) => options.get(key) ?? fallback };
}

/**
 * Shape, activation and weights of a layer that has some. A fully connected layer sees one pixel here: it is a 1x1 convolution.
 * @typedef {object} Kernel
 * @property {boolean} transposed
 * @property {number} outC
 * @property {number} inC
 * @property {number} rows
 * @property {number} cols
 * @property {number} stride
 * @property {number} pad of the input, or for a transposed convolution what is cut off the output
 * @property {undefined | 'relu' | 'leakyrelu' | 'sigmoid'} activation
 * @property {number} slope of the LeakyReLU
 * @property {Float32Array} weights [out][in][rows][cols]
 * @property {Float32Array} bias
 */

const ACTIVATIONS = { 0: undefined, 1: 'relu', 2: 'leakyrelu', 4: 'sigmoid' };

/** @returns {Kernel} */
function readKernel({ type, name, option }, weights) {
    const outC = option(0);
    const dense = type === 'InnerProduct';
    const count = option(dense ? 2 : 6);
    const [cols, stride, pad] = dense ? [1, 1, 0] : [option(1), option(3, 1), option(4)];
    const rows = dense ? cols : option(11, cols);
    if (!(option(9) in ACTIVATIONS)) throw new Error(`Expected no activation, 1, 2 or 4 for ${name} but received ${option(9)}`);
    return {
        transposed: type === 'Deconvolution',
        ...{ outC, inC: count / (outC * rows * cols), rows, cols, stride, pad },
        activation: ACTIVATIONS[option(9)],
        slope: option(10, [0])[0],
        weights: weights.takeFlagged(count),
        bias: weights.takeFloats(outC),
    };
}

/**
 * The layers in the order they run, outputs of Split replaced by their input.
 * @param {string} param text of the .param file
 * @param {Uint8Array} bin
 * @returns {{ type: string, name: string, inputs: string[], output: string, option: (key: number, fallback?: any) => any, kernel?: Kernel }[]}
 */
export function readNcnnGraph(param, bin) {
    const lines = param.split(/\r?\n/).filter((line) => line.trim());
    if (lines[0].trim() !== MAGIC) throw new Error(`Expected ${MAGIC} at the top of the .param file but received '${lines[0]}'`);
    const weights = new Weights(bin);
    const sameAs = new Map();
    const layers = [];
    for (const layer of lines.slice(2).map(parseLayer)) {
        const inputs = layer.inputs.map((blob) => sameAs.get(blob) ?? blob);
        const hasKernel = ['Convolution', 'Deconvolution', 'InnerProduct'].includes(layer.type);
        if (layer.type === 'Split') layer.outputs.forEach((output) => sameAs.set(output, inputs[0]));
        else
            layers.push({
                ...layer,
                inputs,
                output: layer.outputs[0],
                kernel: hasKernel ? readKernel(layer, weights) : undefined,
            });
    }
    if (weights.left) throw new Error(`Expected the .bin file to end with the last layer but ${weights.left} bytes are left`);
    return layers;
}
