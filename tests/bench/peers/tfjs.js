// tfjs, wasm backend, on the same weights, layer by layer with its fused convolutions. `npm run bench -- --peers tfjs`
import { toPixels, toPlanes } from '../cugan_tensor.js';
import { readNcnnGraph } from '../ncnn_graph.js';

export const includes = 'the network alone: float planes, already padded, to float planes';

const DIST = '/node_modules/@tensorflow';

/** tfjs's bundles set the global `tf`: its modules import each other by names that a page cannot resolve. */
function addScript(src) {
    return new Promise((resolve, reject) => {
        const script = Object.assign(document.createElement('script'), { src, onload: resolve });
        script.onerror = () => reject(new Error(`Expected ${src} but it cannot be loaded`));
        document.head.append(script);
    });
}

async function loadTf(threads) {
    // It takes at most half of the cores that it is told of, whatever setThreadsCount says: here it may have as many as the others.
    Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 2 * threads });
    await addScript(`${DIST}/tfjs-core/dist/tf-core.min.js`);
    await addScript(`${DIST}/tfjs-backend-wasm/dist/tf-backend-wasm.min.js`);
    const { tf } = globalThis;
    tf.wasm.setWasmPaths(`${DIST}/tfjs-backend-wasm/dist/`);
    tf.wasm.setThreadsCount(threads);
    await tf.setBackend('wasm');
    await tf.ready();
    return tf;
}

/** [out][in][rows][cols] to the order that tfjs wants: of a convolution [rows][cols][in][out], transposed [rows][cols][out][in]. */
function toFilter(tf, { weights, outC, inC, rows, cols, transposed }) {
    return tf.tidy(() => tf.transpose(tf.tensor4d(weights, [outC, inC, rows, cols]), transposed ? [2, 3, 0, 1] : [2, 3, 1, 0]));
}

const activate = {
    relu: (tf, x) => tf.relu(x),
    leakyrelu: (tf, x, slope) => tf.leakyRelu(x, slope),
    sigmoid: (tf, x) => tf.sigmoid(x),
};

function transposed(tf, x, { filter, bias, outC, rows, stride, pad, activation, slope }) {
    const [n, h, w] = x.shape;
    const side = (length) => (length - 1) * stride + rows - 2 * pad;
    const sum = tf.add(tf.conv2dTranspose(x, filter, [n, side(h), side(w), outC], stride, pad), bias);
    return activation ? activate[activation](tf, sum, slope) : sum;
}

function convolution(tf, x, { filter, bias, stride, activation, slope }) {
    const options = { x, filter, strides: stride, pad: 'valid', bias };
    return tf.fused.conv2d({ ...options, activation: activation ?? 'linear', leakyreluAlpha: slope });
}

/** @returns {(tf: any, inputs: any[]) => any} what a layer without weights does */
function operation({ type, name, option }) {
    if (type === 'Pooling') return (tf, [x]) => tf.mean(x, [1, 2], true);
    if (type === 'BinaryOp') return (tf, [a, b]) => (option(0) === 0 ? tf.add(a, b) : tf.mul(a, b));
    if (type === 'Crop') {
        const [by] = option(9); // the same on all four sides
        return (tf, [x]) => tf.slice(x, [0, by, by, 0], [1, x.shape[1] - 2 * by, x.shape[2] - 2 * by, x.shape[3]]);
    }
    if (type === 'PixelShuffle') return (tf, [x]) => pixelShuffle(tf, x, option(0));
    throw new Error(`Expected a layer of Real-CUGAN but received ${type} ${name}`);
}

/** Channels c * by² + dy * by + dx to pixels: depthToSpace of tfjs wants them in another order. */
function pixelShuffle(tf, x, by) {
    const [, h, w, c] = x.shape;
    const split = tf.reshape(x, [h, w, c / (by * by), by, by]);
    return tf.reshape(tf.transpose(split, [0, 3, 1, 4, 2]), [1, h * by, w * by, c / (by * by)]);
}

function network(tf, graph) {
    const layers = graph.map((layer) => {
        const { kernel } = layer;
        if (layer.type === 'Input') return layer;
        if (!kernel) return { ...layer, run: operation(layer) };
        const ready = { ...kernel, filter: toFilter(tf, kernel), bias: tf.tensor1d(kernel.bias) };
        return { ...layer, run: (_, [x]) => (kernel.transposed ? transposed : convolution)(tf, x, ready) };
    });
    return (input) => {
        const blobs = new Map();
        let last;
        for (const { type, inputs, output, run } of layers) {
            last =
                type === 'Input'
                    ? input
                    : run(
                          tf,
                          inputs.map((name) => blobs.get(name)),
                      );
            blobs.set(output, last);
        }
        return tf.transpose(last, [0, 3, 1, 2]);
    };
}

/** @type {import('../peer.js').Prepare} */
export async function prepare({ picture, scale, threads }) {
    const tf = await loadTf(threads);
    const stem = `/weights/realcugan/se/up${scale}x-conservative`;
    const [param, bin] = await Promise.all(['param', 'bin'].map((kind) => fetch(`${stem}.${kind}`)));
    const run = network(tf, readNcnnGraph(await param.text(), new Uint8Array(await bin.arrayBuffer())));
    const { planes, height, width } = toPlanes(picture, scale);
    const input = tf.tidy(() => tf.transpose(tf.tensor4d(planes, [1, 3, height, width]), [0, 2, 3, 1]));
    let last;
    return {
        description: `tfjs ${tf.version_core}, wasm backend, threads: ${tf.wasm.getThreadsCount()}`,
        async run() {
            const start = performance.now();
            const output = tf.tidy(() => run(input));
            const data = await output.data();
            const ms = performance.now() - start;
            last = { data, rows: output.shape[2], cols: output.shape[3] };
            output.dispose();
            return { ms };
        },
        pixels: () => toPixels(last.data, last, picture, scale),
    };
}
