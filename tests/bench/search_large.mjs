// A collection of int8 vectors as large as it gets: node tests/bench/search_large.mjs [--n 1000000] [--dims 768] [--rounds 20]
// [--build simd-threads] [--threads 2]. In the engine's memory as a whole, and part by part through fixed memory. Beside the time on
// the clock it tells the processor's, which others at work on the machine lengthen less.
import { randomFillSync } from 'node:crypto';
import { parseArgs } from 'node:util';
import { loadNative } from '../../js/worker/native/native.js';
import { nodeLoader } from '../../js/worker/threads_node.js';
import { spread } from './report.mjs';

const { values } = parseArgs({
    options: {
        n: { type: 'string', default: '1000000' },
        dims: { type: 'string', default: '768' },
        rounds: { type: 'string', default: '20' },
        build: { type: 'string', default: 'simd-threads' },
        threads: { type: 'string', default: '2' },
    },
});
const [n, dims, rounds, threads] = ['n', 'dims', 'rounds', 'threads'].map((name) => Number(values[name]));
const ROWS = 8192; // of a part
const asked = { k: 40, metric: 'cosine' };

const native = await loadNative({ variant: values.build, threads }, nodeLoader);
const bytesOfOne = 4 + dims;

/** Stored vectors of random bytes, outside the engine's memory. */
const stored = new Uint8Array(n * bytesOfOne);
for (let at = 0; at < stored.length; at += 1 << 20) randomFillSync(stored, at, Math.min(1 << 20, stored.length - at));
const view = new DataView(stored.buffer);
for (let row = 0; row < n; row++) view.setFloat32(row * bytesOfOne, 1 / 127, true);
const query = Float32Array.from({ length: dims }, (_, i) => Math.sin(i * i));

function* parts() {
    for (let at = 0; at < n; at += ROWS) {
        const rows = Math.min(ROWS, n - at);
        yield { bytes: stored.subarray(at * bytesOfOne, (at + rows) * bytesOfOne), rows };
    }
}
const append = (vectors, { bytes, rows }) => vectors.appendStored(bytes, rows);

function timed(work) {
    const wall = [];
    const cpu = [];
    for (let round = 0; round < rounds; round++) {
        const before = process.cpuUsage();
        const start = performance.now();
        work();
        wall.push(performance.now() - start);
        const { user, system } = process.cpuUsage(before);
        cpu.push((user + system) / 1000);
    }
    return [wall, cpu].map(spread).map(({ min, median }) => `${min.toFixed(1)} / ${median.toFixed(1)}`);
}

const whole = native.openVectors({ dims, dtype: 'i8' });
const start = performance.now();
for (const part of parts()) append(whole, part);
const appended = performance.now() - start;
let found;
const inMemory = timed(() => (found = whole.search(query, asked)));
const wholeBytes = whole.bytes;
whole.close();

const fixed = native.openVectors({ dims, dtype: 'i8' });
let streamed;
const partByPart = timed(() => {
    const search = native.openSearch(query, asked);
    for (const part of parts()) {
        fixed.clear();
        append(fixed, part);
        search.add(fixed);
    }
    streamed = search.found();
    search.close();
});
if (found.rows.join() !== streamed.rows.join()) throw new Error('Expected the same answer from both ways');

const mb = (bytes) => (bytes / 1e6).toFixed(1);
console.log(`${n} x ${dims} int8, ${values.build}, ${threads} threads, ${rounds} rounds; ${appended.toFixed(0)} ms to append all.\n`);
console.log('| | MB | least / median ms | of the processor, all threads |\n|---|---|---|---|');
console.log(`| in memory | ${mb(wholeBytes)} | ${inMemory.join(' | ')} |`);
console.log(`| part by part, appending included | ${mb(fixed.bytes)} | ${partByPart.join(' | ')} |`);
process.exit();
