// Real-CUGAN's ncnn files as one ONNX model (fp32, free height and width), so that peers run the very same network.
// Node by node, nothing folded: what a runtime can fuse is for the runtime to find. The nearest-neighbour picture that
// 4x adds to its output is not part of the published graph, nor of this one.
//
//     node tests/bench/ncnn_to_onnx.mjs up2x-conservative.param up2x-conservative.bin out.onnx
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { model, node, tensor } from './onnx_writer.mjs';

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

    /** @param {Buffer} data */
    constructor(data) {
        this.data = data;
    }

    /** @param {number} count */
    takeFloats(count) {
        const values = Float32Array.from({ length: count }, (_, i) => this.data.readFloatLE(this.#at + 4 * i));
        this.#at += 4 * count;
        return values;
    }

    /** @param {number} count */
    takeFlagged(count) {
        const flag = this.data.readUInt32LE(this.#at);
        this.#at += 4;
        if (flag === 0) return this.takeFloats(count);
        if (flag !== FP16_FLAG)
            throw new Error(`Expected fp16 or fp32 weights but received flag 0x${flag.toString(16)}`);
        const values = Float32Array.from({ length: count }, (_, i) =>
            halfToNumber(this.data.readUInt16LE(this.#at + 2 * i)),
        );
        this.#at += Math.ceil((2 * count) / 4) * 4;
        return values;
    }

    get left() {
        return this.data.length - this.#at;
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

/** [out][in][pixels] as ncnn has it to [in][out][pixels] as ONNX's ConvTranspose wants it. */
function swapOutIn(weights, outC, inC, pixels) {
    const swapped = new Float32Array(weights.length);
    for (let o = 0; o < outC; o++) {
        for (let i = 0; i < inC; i++) {
            const from = (o * inC + i) * pixels;
            swapped.set(weights.subarray(from, from + pixels), (i * outC + o) * pixels);
        }
    }
    return swapped;
}

/**
 * @param {string} param text of the .param file
 * @param {Buffer} bin
 * @returns {Buffer} a file for an ONNX runtime: input in0 [1, 3, h, w], output out0 [1, channels, H, W]
 */
export function ncnnToOnnx(param, bin) {
    const lines = param.split(/\r?\n/).filter((line) => line.trim());
    if (lines[0].trim() !== MAGIC)
        throw new Error(`Expected ${MAGIC} at the top of the .param file but received '${lines[0]}'`);
    const weights = new Weights(bin);
    const nodes = [];
    const tensors = [];
    const sameAs = new Map(); // outputs of Split are other names of its input
    const constant = (name, shape, data) => {
        tensors.push(tensor(name, shape, data));
        return name;
    };

    /** A layer with weights, and the activation behind it. */
    function weighted({ type, name, outputs: [output], option }, input) {
        const outC = option(0);
        const dense = type === 'InnerProduct'; // sees one pixel here: a 1x1 convolution
        const count = option(dense ? 2 : 6);
        const [cols, stride, pad] = dense ? [1, 1, 0] : [option(1), option(3, 1), option(4)];
        const rows = dense ? cols : option(11, cols);
        const inC = count / (outC * rows * cols);
        const transposed = type === 'Deconvolution';
        const values = weights.takeFlagged(count);
        const inputs = [
            input,
            transposed
                ? constant(`${name}.weight`, [inC, outC, rows, cols], swapOutIn(values, outC, inC, rows * cols))
                : constant(`${name}.weight`, [outC, inC, rows, cols], values),
            constant(`${name}.bias`, [outC], weights.takeFloats(outC)),
        ];
        const activation = option(9);
        const result = activation ? `${output}.linear` : output;
        const shape = { kernel_shape: [rows, cols], strides: [stride, stride], pads: [pad, pad, pad, pad] };
        nodes.push(node(transposed ? 'ConvTranspose' : 'Conv', inputs, result, shape));
        if (activation === 1) nodes.push(node('Relu', [result], output));
        else if (activation === 2) nodes.push(node('LeakyRelu', [result], output, { alpha: option(10)[0] }));
        else if (activation === 4) nodes.push(node('Sigmoid', [result], output));
        else if (activation)
            throw new Error(`Expected no activation, 1, 2 or 4 for ${name} but received ${activation}`);
    }

    let input;
    for (const layer of lines.slice(2).map(parseLayer)) {
        const { type, name, outputs, option } = layer;
        const inputs = layer.inputs.map((blob) => sameAs.get(blob) ?? blob);
        if (type === 'Input') input = outputs[0];
        else if (type === 'Split') outputs.forEach((output) => sameAs.set(output, inputs[0]));
        else if (['Convolution', 'Deconvolution', 'InnerProduct'].includes(type)) weighted(layer, inputs[0]);
        else if (type === 'Pooling' && option(0) === 1 && option(4) === 1) {
            nodes.push(node('GlobalAveragePool', inputs, outputs[0]));
        } else if (type === 'BinaryOp' && (option(0) === 0 || option(0) === 2)) {
            nodes.push(node(option(0) === 0 ? 'Add' : 'Mul', inputs, outputs[0]));
        } else if (type === 'Crop') {
            const axes = option(11).map((axis) => (axis < 0 ? axis : axis + 1)); // ONNX counts the batch too
            const limits = Object.entries({ starts: option(9), ends: option(10), axes }).map(([key, list]) =>
                constant(`${name}.${key}`, [list.length], BigInt64Array.from(list, BigInt)),
            );
            nodes.push(node('Slice', [...inputs, ...limits], outputs[0]));
        } else if (type === 'PixelShuffle' && option(1) === 0) {
            nodes.push(node('DepthToSpace', inputs, outputs[0], { blocksize: option(0), mode: 'CRD' }));
        } else throw new Error(`Expected a layer of Real-CUGAN but received ${type} ${name}`);
    }
    if (weights.left)
        throw new Error(`Expected the .bin file to end with the last layer but ${weights.left} bytes are left`);
    return model({
        nodes,
        tensors,
        input: { name: input, shape: [1, 3, 'height', 'width'] },
        output: { name: 'out0', shape: [1, 3, 'out_height', 'out_width'] },
    });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
    const [param, bin, output] = process.argv.slice(2);
    writeFileSync(output, ncnnToOnnx(readFileSync(param, 'utf8'), readFileSync(bin)));
}
