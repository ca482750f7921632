// One half of a CLIP over a folder's pictures or texts, for compare_clip.mjs: vectors, times and memory into its found.json. The file is read in
// parts, as it comes from a network, so that what is counted is what the engine itself holds.
import { fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { gunzipSync } from 'node:zlib';
import { loadNative } from '../../js/native.js';

const [half, file, folder, mergesPath, variant, threads] = process.argv.slice(2);
if (process.versions.v8.startsWith('12.')) setFlagsFromString('--turboshaft-wasm'); // as js/platform_node.js
const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'));
const packed = readFileSync(mergesPath);
const merges = mergesPath.endsWith('.gz') ? gunzipSync(packed) : packed;

const native = await loadNative({ variant, threads: Number(threads) });
const base = native.memoryUsed;
let peakBytes = 0;
const watch = () => (peakBytes = Math.max(peakBytes, native.memoryUsed - base));

let started = performance.now();
const network = native.openNetwork(half === 'image' ? 'clip_vision' : 'clip_text');
const descriptor = openSync(file);
const fileBytes = fstatSync(descriptor).size;
const part = new Uint8Array(2 ** 20);
for (;;) {
    const size = readSync(descriptor, part);
    if (size === 0) break;
    network.write(part.subarray(0, size));
    watch();
}
network.finish(half === 'text' ? merges : undefined);
watch();
const loadMs = Math.round(performance.now() - started);
const openBytes = native.memoryUsed - base;

function finish(task) {
    started = performance.now();
    while (task.done < task.total) {
        task.step();
        watch();
    }
    const vectors = task.vectors();
    task.end();
    return { vectors, ms: performance.now() - started };
}

const vectors = [];
let ms = Infinity;
let msMany;
if (half === 'image') {
    for (const name of Object.keys(reference.pictures)) {
        const done = finish(network.beginImage({ bytes: new Uint8Array(readFileSync(join(folder, 'pictures', name))) }, false));
        ms = Math.min(ms, done.ms);
        vectors.push(...done.vectors);
    }
} else {
    const options = { clean: 'huggingface', truncate: true, normalize: false };
    const texts = reference.texts.map(({ text }) => text);
    const many = finish(network.beginTexts(texts, options));
    vectors.push(...many.vectors);
    const ten = reference.texts.find(({ n_tokens: n }) => n === 10)?.text ?? 'a b c d e f g h';
    const timed = (text) => Math.min(...Array.from({ length: 5 }, () => finish(network.beginTexts([text], options)).ms));
    ms = timed(ten);
    msMany = `${timed('the of '.repeat(60)).toFixed(0)}; ${many.ms.toFixed(0)}`;
}
const found = { vectors: vectors.map((vector) => Array.from(vector)), ms: Math.round(ms), msMany, fileBytes, openBytes, peakBytes, loadMs };
writeFileSync(join(folder, 'found.json'), JSON.stringify(found));
process.exit(); // the engine's threads stay
