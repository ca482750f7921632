// Layers of a transformer as an exporter writes them, with random weights: in float32, or with the weights' products as onnxruntime's
// quantize_dynamic leaves them. What is measured depends on no value.
import { Graph, random } from './onnx_graph.mjs';
import { model, node } from './onnx_writer.mjs';

/**
 * @typedef {object} Form of the network
 * @property {number} layers
 * @property {number} tokens
 * @property {number} dim
 * @property {number} heads
 * @property {number} mlp
 * @property {'quick_gelu' | 'gelu'} activation
 * @property {boolean} normsLast DistilBERT's blocks, or else CLIP's
 */

class TransformerGraph extends Graph {
    #form;
    #int8;

    /**
     * @param {Form} form
     * @param {boolean} int8
     */
    constructor(form, int8) {
        super();
        this.#form = form;
        this.#int8 = int8;
    }

    norm(x) {
        const { dim } = this.#form;
        const gamma = this.constant([dim], new Float32Array(dim).fill(1));
        return this.add('LayerNormalization', [x, gamma, this.constant([dim], new Float32Array(dim))], { axis: -1, epsilon: 1e-5 });
    }

    linear(x, inC, outC) {
        const bias = this.constant([outC], random(outC, 0.1));
        return this.add('Add', [this.#int8 ? this.#dynamic(x, inC, outC) : this.#product(x, inC, outC), bias]);
    }

    #product(x, inC, outC) {
        return this.add('MatMul', [x, this.constant([inC, outC], random(inC * outC, 1.7 / Math.sqrt(inC)))]);
    }

    #dynamic(x, inC, outC) {
        const weights = this.constant([inC, outC], Int8Array.from(random(inC * outC, 127)));
        const [bytes, step, zero] = ['bytes', 'step', 'zero'].map((word) => this.name(word));
        this.nodes.push(node('DynamicQuantizeLinear', [x], [bytes, step, zero]));
        const whole = this.add('MatMulInteger', [bytes, weights, zero, this.constant([], new Int8Array(1))]);
        const factor = this.add('Mul', [step, this.scalar(1.7 / Math.sqrt(inC) / 127)]);
        return this.add('Mul', [this.add('Cast', [whole], { to: 1 }), factor]);
    }

    heads(x, perm) {
        const { tokens, heads, dim } = this.#form;
        const shape = this.constant([4], BigInt64Array.of(1n, BigInt(tokens), BigInt(heads), BigInt(dim / heads)));
        return this.add('Transpose', [this.add('Reshape', [x, shape])], { perm });
    }

    attention(x) {
        const { tokens, heads, dim } = this.#form;
        const scaled = this.add('Mul', [this.linear(x, dim, dim), this.scalar(1 / Math.sqrt(dim / heads))]);
        const q = this.heads(scaled, [0, 2, 1, 3]);
        const k = this.heads(this.linear(x, dim, dim), [0, 2, 3, 1]);
        const v = this.heads(this.linear(x, dim, dim), [0, 2, 1, 3]);
        const weights = this.add('Softmax', [this.add('MatMul', [q, k])], { axis: -1 });
        const joined = this.add('Transpose', [this.add('MatMul', [weights, v])], { perm: [0, 2, 1, 3] });
        const shape = this.constant([3], BigInt64Array.of(1n, BigInt(tokens), BigInt(dim)));
        return this.linear(this.add('Reshape', [joined, shape]), dim, dim);
    }

    activation(x) {
        if (this.#form.activation === 'quick_gelu') {
            return this.add('Mul', [x, this.add('Sigmoid', [this.add('Mul', [x, this.scalar(1.702)])])]);
        }
        const erf = this.add('Erf', [this.add('Div', [x, this.scalar(Math.SQRT2)])]);
        return this.add('Mul', [this.add('Mul', [x, this.add('Add', [erf, this.scalar(1)])]), this.scalar(0.5)]);
    }

    feedForward(x) {
        const { dim, mlp } = this.#form;
        return this.linear(this.activation(this.linear(x, dim, mlp)), mlp, dim);
    }

    block(x) {
        if (this.#form.normsLast) {
            const attended = this.norm(this.add('Add', [x, this.attention(x)]));
            return this.norm(this.add('Add', [attended, this.feedForward(attended)]));
        }
        const attended = this.add('Add', [x, this.attention(this.norm(x))]);
        return this.add('Add', [attended, this.feedForward(this.norm(attended))]);
    }
}

/**
 * The bytes of some layers: in0 [1, tokens, dim] to out0.
 * @param {Form} form
 * @param {boolean} int8
 */
export function transformerToOnnx(form, int8) {
    const graph = new TransformerGraph(form, int8);
    let x = 'in0';
    for (let i = 0; i < form.layers; i++) x = graph.block(x);
    graph.nodes.push(node('Identity', [x], 'out0'));
    const shape = [1, form.tokens, form.dim];
    return model({ nodes: graph.nodes, tensors: graph.tensors, input: { name: 'in0', shape }, output: { name: 'out0', shape } });
}

/**
 * The bytes of CLIP's network for pictures, in float32: in0 [1, 3, side, side] to out0 [1, out].
 * @param {Form & { patch: number, out: number }} form
 */
export function clipImageToOnnx(form) {
    const graph = new TransformerGraph(form, false);
    const { tokens, dim, patch, out } = form;
    const side = Math.sqrt(tokens - 1) * patch;
    const kernel = graph.constant([dim, 3, patch, patch], random(dim * 3 * patch ** 2, 1.7 / Math.sqrt(3 * patch ** 2)));
    const maps = graph.add('Conv', ['in0', kernel], { kernel_shape: [patch, patch], strides: [patch, patch] });
    const rows = graph.add('Reshape', [maps, graph.constant([3], BigInt64Array.of(1n, BigInt(dim), BigInt(tokens - 1)))]);
    const patches = graph.add('Transpose', [rows], { perm: [0, 2, 1] });
    const embedded = graph.add('Concat', [graph.constant([1, 1, dim], random(dim, 1)), patches], { axis: 1 });
    let x = graph.norm(graph.add('Add', [embedded, graph.constant([tokens, dim], random(tokens * dim, 1))]));
    for (let i = 0; i < form.layers; i++) x = graph.block(x);
    const first = graph.norm(graph.add('Gather', [x, graph.constant([], BigInt64Array.of(0n))], { axis: 1 }));
    const vector = graph.add('MatMul', [first, graph.constant([dim, out], random(dim * out, 1.7 / Math.sqrt(dim)))]);
    graph.nodes.push(node('Identity', [vector], 'out0'));
    const input = { name: 'in0', shape: [1, 3, side, side] };
    return model({ nodes: graph.nodes, tensors: graph.tensors, input, output: { name: 'out0', shape: [1, out] } });
}
