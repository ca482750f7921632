// onnxruntime-web, wasm backend, on the same network as ONNX. `npm run bench -- --peers ort`
import { toPixels, toPlanes } from '../cugan_tensor.js';
import { description, openSession, Tensor } from '../ort_session.js';

export const includes = 'session.run alone: float planes, already padded, to float planes';

/** @type {import('../peer.js').Prepare} */
export async function prepare({ picture, scale, threads }) {
    const session = await openSession(`/onnx/${scale}.onnx`, threads);
    const { planes, height, width } = toPlanes(picture, scale);
    const input = new Tensor('float32', planes, [1, 3, height, width]);
    let last;
    return {
        description,
        async run() {
            const start = performance.now();
            const { out0 } = await session.run({ in0: input });
            last = out0;
            return { ms: performance.now() - start };
        },
        pixels: () => toPixels(last.data, { rows: last.dims[2], cols: last.dims[3] }, picture, scale),
    };
}
