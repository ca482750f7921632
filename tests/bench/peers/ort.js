// onnxruntime-web, wasm backend, on the same network as ONNX. `npm run bench -- --peers ort`
import * as ort from 'onnxruntime-web';
import { toPixels, toPlanes } from '../cugan_tensor.js';

export const includes = 'session.run alone: float planes, already padded, to float planes';

/** @type {import('../peer.js').Prepare} */
export async function prepare({ picture, scale, threads }) {
    ort.env.wasm.numThreads = threads;
    const session = await ort.InferenceSession.create(`/onnx/${scale}.onnx`, {
        executionProviders: ['wasm'],
        graphOptimizationLevel: 'all',
    });
    const { planes, height, width } = toPlanes(picture, scale);
    const input = new ort.Tensor('float32', planes, [1, 3, height, width]);
    let last;
    return {
        description: `onnxruntime-web ${ort.env.versions.web}, wasm backend`,
        async run() {
            const start = performance.now();
            const { out0 } = await session.run({ in0: input });
            last = out0;
            return { ms: performance.now() - start };
        },
        pixels: () => toPixels(last.data, { rows: last.dims[2], cols: last.dims[3] }, picture, scale),
    };
}
