// Layers of CLIP's image network as an exporter writes them, with random weights: in float32, or with the weights' products as
// onnxruntime's quantize_dynamic leaves them. What is measured depends on no value.
import { model, node, tensor } from './onnx_writer.mjs';

const TOKENS = 257;
const DIM = 1024;
const HEADS = 16;
const MLP = 4096;

/** Even numbers from -1 to 1 times `scale`, the same every time. */
function random(n, scale) {
    const values = new Float32Array(n);
    let state = 1;
    for (let i = 0; i < n; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        values[i] = (state / 2 ** 31) * scale;
    }
    return values;
}

/** Collects nodes and tensors; every function returns the name of its result. */
class Graph {
    nodes = [];
    tensors = [];
    #n = 0;

    add(type, inputs, attributes) {
        const name = `${type}${this.#n++}`;
        this.nodes.push(node(type, inputs, name, attributes));
        return name;
    }

    constant(shape, data) {
        const name = `constant${this.#n++}`;
        this.tensors.push(tensor(name, shape, data));
        return name;
    }

    scalar(value) {
        return this.constant([], Float32Array.of(value));
    }

    norm(x) {
        const gamma = this.constant([DIM], new Float32Array(DIM).fill(1));
        return this.add('LayerNormalization', [x, gamma, this.constant([DIM], new Float32Array(DIM))], { axis: -1, epsilon: 1e-5 });
    }

    linear(x, inC, outC, int8) {
        const bias = this.constant([outC], random(outC, 0.1));
        return this.add('Add', [int8 ? this.#dynamic(x, inC, outC) : this.#product(x, inC, outC), bias]);
    }

    #product(x, inC, outC) {
        return this.add('MatMul', [x, this.constant([inC, outC], random(inC * outC, 1.7 / Math.sqrt(inC)))]);
    }

    #dynamic(x, inC, outC) {
        const weights = this.constant([inC, outC], Int8Array.from(random(inC * outC, 127)));
        const [bytes, step, zero] = ['bytes', 'step', 'zero'].map((word) => `${word}${this.#n++}`);
        this.nodes.push(node('DynamicQuantizeLinear', [x], [bytes, step, zero]));
        const whole = this.add('MatMulInteger', [bytes, weights, zero, this.constant([], new Int8Array(1))]);
        const factor = this.add('Mul', [step, this.scalar(1.7 / Math.sqrt(inC) / 127)]);
        return this.add('Mul', [this.add('Cast', [whole], { to: 1 }), factor]);
    }

    heads(x, perm) {
        const shape = this.constant([4], BigInt64Array.of(1n, BigInt(TOKENS), BigInt(HEADS), BigInt(DIM / HEADS)));
        return this.add('Transpose', [this.add('Reshape', [x, shape])], { perm });
    }

    attention(x, int8) {
        const scaled = this.add('Mul', [this.linear(x, DIM, DIM, int8), this.scalar(1 / Math.sqrt(DIM / HEADS))]);
        const q = this.heads(scaled, [0, 2, 1, 3]);
        const k = this.heads(this.linear(x, DIM, DIM, int8), [0, 2, 3, 1]);
        const v = this.heads(this.linear(x, DIM, DIM, int8), [0, 2, 1, 3]);
        const weights = this.add('Softmax', [this.add('MatMul', [q, k])], { axis: -1 });
        const joined = this.add('Transpose', [this.add('MatMul', [weights, v])], { perm: [0, 2, 1, 3] });
        const shape = this.constant([3], BigInt64Array.of(1n, BigInt(TOKENS), BigInt(DIM)));
        return this.linear(this.add('Reshape', [joined, shape]), DIM, DIM, int8);
    }

    feedForward(x, int8) {
        const wide = this.linear(x, DIM, MLP, int8);
        const gate = this.add('Sigmoid', [this.add('Mul', [wide, this.scalar(1.702)])]);
        return this.linear(this.add('Mul', [wide, gate]), MLP, DIM, int8);
    }
}

/** The bytes of `nLayers` layers of a ViT-L/14: in0 [1, 257, 1024] to out0. */
export function clipToOnnx(nLayers, int8) {
    const graph = new Graph();
    let x = 'in0';
    for (let i = 0; i < nLayers; i++) {
        x = graph.add('Add', [x, graph.attention(graph.norm(x), int8)]);
        x = graph.add('Add', [x, graph.feedForward(graph.norm(x), int8)]);
    }
    graph.nodes.push(node('Identity', [x], 'out0'));
    const shape = [1, TOKENS, DIM];
    return model({ nodes: graph.nodes, tensors: graph.tensors, input: { name: 'in0', shape }, output: { name: 'out0', shape } });
}
