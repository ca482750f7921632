// Real-CUGAN's ncnn files as one ONNX model (fp32, free height and width), so that peers run the very same network.
// Node by node, nothing folded: what a runtime can fuse is for the runtime to find. The nearest-neighbour picture that
// 4x adds to its output is not part of the published graph, nor of this one.
//
//     node tests/bench/ncnn_to_onnx.mjs up2x-conservative.param up2x-conservative.bin out.onnx
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { readNcnnGraph } from './ncnn_graph.js';
import { model, node, tensor } from './onnx_writer.mjs';

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

const ACTIVATIONS = { relu: 'Relu', leakyrelu: 'LeakyRelu', sigmoid: 'Sigmoid' };

/**
 * @param {string} param text of the .param file
 * @param {Buffer} bin
 * @returns {Buffer} a file for an ONNX runtime: input in0 [1, 3, h, w], output out0 [1, channels, H, W]
 */
export function ncnnToOnnx(param, bin) {
    const nodes = [];
    const tensors = [];
    const constant = (name, shape, data) => {
        tensors.push(tensor(name, shape, data));
        return name;
    };

    /** A layer with weights, and the activation behind it. */
    function weighted({ name, inputs: [input], output, kernel }) {
        const { transposed, outC, inC, rows, cols, stride, pad, activation, slope, weights, bias } = kernel;
        const inputs = [
            input,
            transposed
                ? constant(`${name}.weight`, [inC, outC, rows, cols], swapOutIn(weights, outC, inC, rows * cols))
                : constant(`${name}.weight`, [outC, inC, rows, cols], weights),
            constant(`${name}.bias`, [outC], bias),
        ];
        const result = activation ? `${output}.linear` : output;
        const shape = { kernel_shape: [rows, cols], strides: [stride, stride], pads: [pad, pad, pad, pad] };
        nodes.push(node(transposed ? 'ConvTranspose' : 'Conv', inputs, result, shape));
        const attributes = activation === 'leakyrelu' ? { alpha: slope } : {};
        if (activation) nodes.push(node(ACTIVATIONS[activation], [result], output, attributes));
    }

    let input;
    for (const layer of readNcnnGraph(param, bin)) {
        const { type, name, inputs, output, option, kernel } = layer;
        if (kernel) weighted(layer);
        else if (type === 'Input') input = output;
        else if (type === 'Pooling' && option(0) === 1 && option(4) === 1) {
            nodes.push(node('GlobalAveragePool', inputs, output));
        } else if (type === 'BinaryOp' && (option(0) === 0 || option(0) === 2)) {
            nodes.push(node(option(0) === 0 ? 'Add' : 'Mul', inputs, output));
        } else if (type === 'Crop') {
            const axes = option(11).map((axis) => (axis < 0 ? axis : axis + 1)); // ONNX counts the batch too
            const limits = Object.entries({ starts: option(9), ends: option(10), axes }).map(([key, list]) =>
                constant(`${name}.${key}`, [list.length], BigInt64Array.from(list, BigInt)),
            );
            nodes.push(node('Slice', [...inputs, ...limits], output));
        } else if (type === 'PixelShuffle' && option(1) === 0) {
            nodes.push(node('DepthToSpace', inputs, output, { blocksize: option(0), mode: 'CRD' }));
        } else throw new Error(`Expected a layer of Real-CUGAN but received ${type} ${name}`);
    }
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
