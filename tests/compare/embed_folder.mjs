// A network over a folder's pictures or texts, for the comparisons with PyTorch: vectors, times and memory into its found.json. The file is read in
// parts, as it comes from a network, so that what is counted is what the engine itself holds.
import { fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { gunzipSync } from 'node:zlib';
import { loadNative } from '../../js/native.js';

const [kind, file, folder, vocabularyPath, variant, threads] = process.argv.slice(2);
if (process.versions.v8.startsWith('12.')) setFlagsFromString('--turboshaft-wasm'); // as js/platform_node.js
const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'));
const packed = readFileSync(vocabularyPath);
const vocabulary = vocabularyPath.endsWith('.gz') ? gunzipSync(packed) : packed;
const seesPictures = kind === 'clip_vision';

const native = await loadNative({ variant, threads: Number(threads) });
const base = native.memoryUsed;
let peakBytes = 0;
const watch = () => (peakBytes = Math.max(peakBytes, native.memoryUsed - base));

let started = performance.now();
const network = native.openNetwork(kind);
const descriptor = openSync(file);
const fileBytes = fstatSync(descriptor).size;
const part = new Uint8Array(2 ** 20);
for (;;) {
    const size = readSync(descriptor, part);
    if (size === 0) break;
    network.write(part.subarray(0, size));
    watch();
}
network.finish(seesPictures ? undefined : vocabulary);
watch();
const loadMs = Math.round(performance.now() - started);
const openBytes = native.memoryUsed - base;

function finish(task) {
    started = performance.now();
    while (task.done < task.total) {
        task.step();
        watch();
    }
    const vectors = task.vectors('vector');
    task.end();
    return { vectors, ms: performance.now() - started };
}

const vectors = [];
let ms = Infinity;
let msMany;
if (seesPictures) {
    for (const name of Object.keys(reference.pictures)) {
        const image = native.pictureToLookAt({ bytes: new Uint8Array(readFileSync(join(folder, 'pictures', name))) });
        const done = finish(network.beginImage(image, { outputs: ['vector'], fit: false, normalize: false }));
        image.free();
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
