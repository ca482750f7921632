// onnxruntime-web as all benchmarks run it: its wasm backend, with all optimisations of the graph.
import * as ort from 'onnxruntime-web';

export { Tensor } from 'onnxruntime-web';

export const description = `onnxruntime-web ${ort.env.versions.web}, wasm backend`;

/** @param {string} url of an ONNX file @param {number} threads */
export function openSession(url, threads) {
    ort.env.wasm.numThreads = threads;
    return ort.InferenceSession.create(url, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
}
