// All networks of full size but Real-CUGAN (`npm run bench`) beside onnxruntime-web, in turn in one headless Chromium, as a table.
//     npm run bench:onnxruntime -- [FOLDER] [--merges merges.txt] [--network clip,…] [--dtype f32,int8] [--threads 1,2] [--rounds 5]
// FOLDER (the cache's `compare`) is as for networks.mjs; what is not there is named and left out. --merges is CLIP's published merges.txt.
// Ours is the whole call, from pixels or characters. Of onnxruntime-web it is the network alone, with random weights (of transformers the
// layers alone): no tokens, no embedding, no resize of the picture. Its int8 is that of transformer_onnx.mjs and convnet_onnx.mjs; beside
// our f16 it runs f32.
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cache } from '../../cmake/setup/shell.mjs';
import { findFiles, NETWORKS, OPTIONS } from './full_size.mjs';
import { newSite, measureInTurn } from './in_turn.mjs';
import { spread } from './report.mjs';

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ...OPTIONS, dtype: { type: 'string', default: 'f32,int8' }, rounds: { type: 'string', default: '5' } },
});
const folder = positionals[0] ?? join(cache, 'compare');

/** A site with a network's files and the peer's, and what both pages have to be told. */
function assemble({ kind, page: [method, model], peer }, dtype, { file, vocabulary }, call) {
    const site = newSite('bench-networks');
    const weights = join(site, 'weights', model);
    mkdirSync(weights, { recursive: true });
    const links = Object.fromEntries(readdirSync(dirname(file)).map((name) => [name, join(dirname(file), name)]));
    if (kind === 'clip_text') links['merges.txt'] = vocabulary;
    for (const [name, path] of Object.entries(links)) symlinkSync(resolve(path), join(weights, name));
    const { onnx, ...ort } = peer(dtype === 'int8', call);
    writeFileSync(join(site, 'network.onnx'), onnx);
    const options = method === 'score' ? {} : { model }; // pix2score is the only one of its kind
    return { site, tasks: { ours: { method, options, text: call.text, side: call.side }, ort } };
}

const describe = (times) => {
    const { min, median } = spread(times);
    return `${min.toFixed(1)} / ${median.toFixed(1)}`;
};

const programs = new Set();
async function measure(network, dtype, files) {
    for (const call of network.calls) {
        const { site, tasks } = assemble(network, dtype, files, call);
        for (const threads of values.threads.split(',').map(Number)) {
            const { ours, ort } = await measureInTurn(site, tasks, { threads, rounds: Number(values.rounds) });
            for (const { description } of [ours, ort]) programs.add(description);
            const ratio = (Math.min(...ort.times) / Math.min(...ours.times)).toFixed(2);
            const cells = [network.name, dtype, call.call, threads, describe(ours.times), describe(ort.times), ratio];
            console.log(`| ${cells.join(' | ')} |`);
        }
        rmSync(site, { recursive: true }); // up to a gigabyte
    }
}

console.log('| network | weights | one call | threads | acg2vec ms | onnxruntime-web ms | × ours |\n|---|---|---|---|---|---|---|');
for (const network of NETWORKS.filter(({ id, peer }) => peer && values.network.split(',').includes(id))) {
    for (const dtype of values.dtype.split(',')) {
        const files = findFiles(network, dtype, folder, values.merges);
        if (files) await measure(network, dtype, files);
    }
}
console.log(`\nLeast / median of ${values.rounds}, ${cpus().length} cores (${cpus()[0].model.trim()}): ${[...programs].join(', ')}`);
