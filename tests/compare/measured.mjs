// A network on a file, in this process: the engine's memory is watched while it loads and works, and its calls are timed. The file is read
// in parts, as it comes from a network, so that what is counted is what the engine itself holds.
import { fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { gunzipSync } from 'node:zlib';
import { loadNative } from '../../js/worker/native/native.js';
import { nodeLoader } from '../../js/worker/threads_node.js';

const PART = 2 ** 20;

/** @param {string} path of a list of merges or a tokenizer's file, which may be packed with gzip */
export function readVocabulary(path) {
    const bytes = readFileSync(path);
    return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

function load(native, kind, file, vocabulary, watch) {
    const companion = kind === 'cugan' ? file.replace(/bin$/, 'param') : vocabulary;
    const network = native.openModel({ network: kind, companion: companion && readVocabulary(companion) });
    const descriptor = openSync(file);
    const part = new Uint8Array(PART);
    for (let size = readSync(descriptor, part); size > 0; size = readSync(descriptor, part)) {
        network.write(part.slice(0, size));
        watch();
    }
    return { network, dims: network.finish().dims };
}

/**
 * @param {string} kind the network, as models/manifest.json names it; of `cugan` the file is the .bin with the .param beside it
 * @param {string} file
 * @param {{ build: string, threads: number | string, vocabulary?: string }} options
 */
export async function openMeasured(kind, file, { build, threads, vocabulary }) {
    if (process.versions.v8.startsWith('12.')) setFlagsFromString('--turboshaft-wasm'); // as js/platform/node/platform.js
    const native = await loadNative({ variant: build, threads: Number(threads) }, nodeLoader);
    const base = native.memoryUsed;
    let peakBytes = 0;
    const watch = () => (peakBytes = Math.max(peakBytes, native.memoryUsed - base));
    let started = performance.now();
    const { network, dims } = load(native, kind, file, vocabulary, watch);
    watch();
    const loadMs = Math.round(performance.now() - started);
    const opened = { fileBytes: fstatSync(openSync(file)).size, openBytes: native.memoryUsed - base, loadMs };

    /** Begins a task, does all of it and reads what is wanted of it. */
    async function run(begin, read) {
        started = performance.now();
        const task = begin(network);
        watch();
        while (task.done < task.total) {
            await task.step();
            watch();
        }
        const result = read(task);
        await task.end();
        return { result, ms: performance.now() - started };
    }
    return { native, dims, run, costs: () => ({ ...opened, peakBytes, heapBytes: native.heapBytes }) };
}
