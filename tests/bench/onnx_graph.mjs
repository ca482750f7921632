// Nodes and constants of an ONNX model, collected one after the other. What is measured depends on no value: they are random.
import { node, tensor } from './onnx_writer.mjs';

/** Even numbers from -1 to 1 times `scale`, the same every time. */
export function random(n, scale) {
    const values = new Float32Array(n);
    let state = 1;
    for (let i = 0; i < n; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        values[i] = (state / 2 ** 31) * scale;
    }
    return values;
}

/** Every function returns the name of its result. */
export class Graph {
    nodes = [];
    tensors = [];
    #n = 0;

    name(word) {
        return `${word}${this.#n++}`;
    }

    add(type, inputs, attributes) {
        const name = this.name(type);
        this.nodes.push(node(type, inputs, name, attributes));
        return name;
    }

    constant(shape, data) {
        const name = this.name('constant');
        this.tensors.push(tensor(name, shape, data));
        return name;
    }

    scalar(value) {
        return this.constant([], Float32Array.of(value));
    }
}
