// `node --expose-gc tests/soak/bare_workers.mjs`: what Node keeps of a worker that has instantiated an empty WebAssembly module, without any code of
// ours. heaptrack names it: the counters of the worker's isolate (v8::internal::Isolate::InitializeCounters).
import { Worker } from 'node:worker_threads';

const MODULE = 'new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))';
const KINDS = { compiled: MODULE, instantiated: `new WebAssembly.Instance(${MODULE})` };
const N = 200;

const live = (code) =>
    new Promise((resolve, reject) => {
        const worker = new Worker(`${code}; require('node:worker_threads').parentPort.postMessage(0)`, { eval: true });
        worker.once('error', reject).once('message', () => worker.terminate().then(resolve));
    });

/** The memory of the process in KiB after `n` workers, one after the other. */
async function residentAfter(n, code) {
    for (let i = 0; i < n; i++) await live(code);
    globalThis.gc();
    return process.memoryUsage.rss() / 1024;
}

for (const [name, code] of Object.entries(KINDS)) {
    const before = await residentAfter(N, code);
    const each = ((await residentAfter(N, code)) - before) / N;
    console.log(`Node ${process.versions.node}, ${name}: ${each.toFixed(0)} KiB stay of each worker`);
}
