// pix2score or DeepDanbooru over a folder's pictures, for compare_convnets.mjs: all outputs, times and memory into its found.json. The
// file is read in parts, as it comes from a network, so that what is counted is what the engine itself holds.
import { fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { loadNative } from '../../js/native.js';

const [kind, file, folder, variant, threads] = process.argv.slice(2);
if (process.versions.v8.startsWith('12.')) setFlagsFromString('--turboshaft-wasm'); // as js/platform_node.js
const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'));

const native = await loadNative({ variant, threads: Number(threads) });
const base = native.memoryUsed;
let peakBytes = 0;
const watch = () => (peakBytes = Math.max(peakBytes, native.memoryUsed - base));

let started = performance.now();
const network = native.openNetwork(kind);
const descriptor = openSync(file);
const fileBytes = fstatSync(descriptor).size;
const part = new Uint8Array(2 ** 20);
for (let size = readSync(descriptor, part); size > 0; size = readSync(descriptor, part)) {
    network.write(part.subarray(0, size));
    watch();
}
const { dims } = network.finish();
watch();
const loadMs = Math.round(performance.now() - started);
const openBytes = native.memoryUsed - base;

const pictures = {};
let ms = Infinity;
for (const [name, wanted] of Object.entries(reference)) {
    const outputs = Object.keys(wanted).filter((output) => dims[output]);
    const image = native.pictureToLookAt({ bytes: new Uint8Array(readFileSync(join(folder, 'pictures', name))) });
    started = performance.now();
    const task = network.beginImage(image, { outputs, fit: false, normalize: false });
    while (task.done < task.total) {
        task.step();
        watch();
    }
    pictures[name] = Object.fromEntries(outputs.map((output) => [output, Array.from(task.vectors(output)[0])]));
    task.end();
    image.free();
    ms = Math.min(ms, performance.now() - started);
}
const found = { pictures, ms: Math.round(ms), fileBytes, openBytes, peakBytes, loadMs };
writeFileSync(join(folder, 'found.json'), JSON.stringify(found));
process.exit(); // the engine's threads stay
