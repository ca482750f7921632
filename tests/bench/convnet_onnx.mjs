// pix2score's, DeepDanbooru's and illust2vec's networks as an exporter writes them, at full size, normalisations folded: in float32, or in
// int8 as onnxruntime's quantize_static leaves them (QDQ: weights by channel, activations of unsigned bytes; the first layer stays float32).
import { Graph, random } from './onnx_graph.mjs';
import { model, node } from './onnx_writer.mjs';

const STEP = 0.05; // of a byte of activations

class ConvGraph extends Graph {
    #int8;

    /** @param {boolean} int8 */
    constructor(int8) {
        super();
        this.#int8 = int8;
    }

    /** x through bytes and back. Unsigned from 0 behind a ReLU, otherwise around 128. */
    bytes(x, isPositive = false) {
        if (!this.#int8) return x;
        const form = [this.scalar(STEP), this.constant([], Uint8Array.of(isPositive ? 0 : 128))];
        return this.add('DequantizeLinear', [this.add('QuantizeLinear', [x, ...form]), ...form]);
    }

    /** axis: of the outputs */
    #weights(shape, scale, axis = 0) {
        const n = shape.reduce((product, size) => product * size);
        if (!this.#int8) return this.constant(shape, random(n, scale));
        const outC = shape[axis];
        const steps = this.constant([outC], new Float32Array(outC).fill(scale / 127));
        const whole = this.constant(shape, Int8Array.from(random(n, 127)));
        return this.add('DequantizeLinear', [whole, steps, this.constant([outC], new Int8Array(outC))], { axis });
    }

    #bias(n, scale) {
        if (!this.#int8) return this.constant([n], random(n, 0.1));
        const steps = this.constant([n], new Float32Array(n).fill((STEP * scale) / 127));
        return this.add('DequantizeLinear', [this.constant([n], Int32Array.from(random(n, 500))), steps], { axis: 0 });
    }

    /** pads: before and behind, of both sides. The result has gone through bytes. */
    conv(x, inC, outC, kernel, { stride = 1, pads = [0, 0], relu = true } = {}) {
        const scale = 1.7 / Math.sqrt(inC * kernel * kernel);
        const [before, behind] = pads;
        const attributes = { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [before, before, behind, behind] };
        const y = this.add('Conv', [x, this.#weights([outC, inC, kernel, kernel], scale), this.#bias(outC, scale)], attributes);
        return this.bytes(relu ? this.add('Relu', [y]) : y, relu);
    }

    /** Of the picture, in float32 whatever the rest is. */
    stem(x, outC, pads, relu) {
        const weights = this.constant([outC, 3, 7, 7], random(outC * 147, 0.1));
        const attributes = { kernel_shape: [7, 7], strides: [2, 2], pads: [pads[0], pads[0], pads[1], pads[1]] };
        const y = this.add('Conv', [x, weights, this.constant([outC], random(outC, 0.1))], attributes);
        return relu ? this.add('Relu', [y]) : y;
    }

    pool(x, pads) {
        return this.add('MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [pads[0], pads[0], pads[1], pads[1]] });
    }

    sum(x, y, relu) {
        const z = this.add('Add', [x, y]);
        return this.bytes(relu ? this.add('Relu', [z]) : z, relu);
    }

    /** A factor and a shift for each channel, then ReLU. */
    active(x, c) {
        const scaled = this.add('Mul', [x, this.constant([c, 1, 1], random(c, 1))]);
        return this.bytes(this.add('Relu', [this.add('Add', [scaled, this.constant([c, 1, 1], random(c, 0.1))])]), true);
    }

    /** [1, c] */
    mean(x) {
        return this.add('Flatten', [this.add('GlobalAveragePool', [x])], { axis: 1 });
    }

    head(x, inC, outC, kind) {
        return this.add(kind, [this.add('MatMul', [this.bytes(this.mean(x), true), this.#weights([inC, outC], 1 / Math.sqrt(inC), 1)])]);
    }
}

/** DeepDanbooru: in0 [1, 3, 512, 512] to out0, 9176 tags; or without a head, to the mean of the last block's maps. */
const deepdanbooru = (channels, blocks, hasHead) => (graph) => {
    let x = graph.bytes(graph.pool(graph.stem('in0', 64, [2, 3], true), [0, 1]), true);
    let inC = 64;
    blocks.forEach((n, stage) => {
        const c = channels[stage];
        for (let i = 0; i < n; i++) {
            const isFirst = i === 0;
            const stride = isFirst && stage > 0 ? 2 : 1;
            let y = graph.conv(x, inC, c / 4, 1);
            y = graph.conv(y, c / 4, c / 4, 3, { stride, pads: stride === 2 ? [0, 1] : [1, 1] });
            y = graph.conv(y, c / 4, c, 1, { relu: false });
            x = graph.sum(y, isFirst ? graph.conv(x, inC, c, 1, { stride, relu: false }) : x, true);
            inC = c;
        }
    });
    if (!hasHead) return { out: graph.mean(x), n: inC };
    return { out: graph.head(x, inC, 9176, 'Sigmoid'), n: 9176 };
};

/** pix2score, ResNet101V2: in0 [1, 3, 224, 224] to out0; its three heads are one. */
function pix2score(graph) {
    let x = graph.bytes(graph.pool(graph.stem('in0', 64, [3, 3], false), [1, 1]));
    let inC = 64;
    [3, 4, 23, 3].forEach((blocks, stage) => {
        const c = 64 << stage;
        for (let i = 0; i < blocks; i++) {
            const stride = i === blocks - 1 && stage < 3 ? 2 : 1;
            const active = graph.active(x, inC);
            let shortcut = x;
            if (i === 0) shortcut = graph.conv(active, inC, 4 * c, 1, { relu: false });
            else if (stride === 2) shortcut = graph.add('MaxPool', [x], { kernel_shape: [1, 1], strides: [2, 2] });
            let y = graph.conv(active, inC, c, 1);
            y = graph.conv(y, c, c, 3, { stride, pads: [1, 1] });
            x = graph.sum(graph.conv(y, c, 4 * c, 1, { relu: false }), shortcut, false);
            inC = 4 * c;
        }
    });
    return { out: graph.head(graph.active(x, inC), inC, 35, 'Softmax'), n: 35 };
}

const V3 = [256, 512, 1024, 1024, 2048, 4096];
const V4 = [256, 512, 1024, 1024, 1024, 2048];

/** illust2vec: v3's first 44 blocks. */
export const CONVNETS = {
    pix2score: { build: pix2score, side: 224 },
    deepdanbooru: { build: deepdanbooru(V3, [3, 8, 20, 20, 3, 3], true), side: 512 },
    'deepdanbooru-v4': { build: deepdanbooru(V4, [3, 8, 11, 11, 11, 3], true), side: 512 },
    illust2vec: { build: deepdanbooru(V3, [3, 8, 20, 13], false), side: 512 },
};

/**
 * The bytes of a network.
 * @param {keyof typeof CONVNETS} name
 * @param {boolean} int8
 */
export function convnetToOnnx(name, int8) {
    const graph = new ConvGraph(int8);
    const { build, side } = CONVNETS[name];
    const { out, n } = build(graph);
    graph.nodes.push(node('Identity', [out], 'out0'));
    const input = { name: 'in0', shape: [1, 3, side, side] };
    return model({ nodes: graph.nodes, tensors: graph.tensors, input, output: { name: 'out0', shape: [1, n] } });
}
