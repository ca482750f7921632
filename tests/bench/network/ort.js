// The same network, or layers of it, in onnxruntime-web.
import { description, openSession, Tensor } from '../ort_session.js';

export const includes = 'session.run alone: floats to floats';

/** @param {{ shape: number[], repeats?: number, threads: number }} task shape: of the input; repeats: of the layers in the file */
export async function prepare({ shape, repeats = 1, threads }) {
    const session = await openSession('/network.onnx', threads);
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * i));
    const input = new Tensor('float32', values, shape);
    return {
        description,
        async run() {
            const start = performance.now();
            for (let i = 0; i < repeats; i++) await session.run({ in0: input });
            return { ms: performance.now() - start };
        },
    };
}
