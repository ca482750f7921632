// CLIP at full size against PyTorch, by hand (minutes, and some GB of disk): for each dtype the cosines, the largest error, the time
// and the memory, as a table.
//
//     node tests/compare/compare_clip.mjs MERGES [--size l14] [--dtype f32,f16,int8] [--threads 2] [--folder …] [--build …]
//
// MERGES is CLIP's list of merges: merges.txt, or bpe_simple_vocab_16e6.txt (also packed with gzip). The model has random weights
// (models/convert/random); a folder with a model.safetensors in it, as Hugging Face has it, is taken as it is.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cache } from '../../cmake/setup/shell.mjs';
import { ensurePython, pythonEnvironment } from '../../models/convert/python.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        size: { type: 'string', default: 'l14' },
        dtype: { type: 'string', default: 'f32,f16,int8' },
        threads: { type: 'string', default: '2' },
        build: { type: 'string', default: 'relaxed-threads' },
        folder: { type: 'string' },
        python: { type: 'string' },
    },
});
const [merges] = positionals;
if (!merges) throw new Error('Expected the path of CLIP’s list of merges but received none');
const folder = values.folder ?? join(cache, 'compare', `clip-${values.size}`);
const python = values.python ?? ensurePython();

function run(command, ...args) {
    const { status } = spawnSync(command, args, { env: pythonEnvironment(), stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`${command} ${args.slice(0, 2).join(' ')} failed`);
}

/** The cosine, and the largest difference over the largest value. */
function compare(found, wanted) {
    const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
    const largest = wanted.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const error = wanted.reduce((max, value, i) => Math.max(max, Math.abs(value - found[i])), 0) / largest;
    return { cosine: dot(found, wanted) / Math.sqrt(dot(found, found) * dot(wanted, wanted)), error };
}

const worst = (results) => ({
    cosine: Math.min(...results.map(({ cosine }) => cosine)).toFixed(7),
    error: Math.max(...results.map(({ error }) => error)).toExponential(1),
});
const mib = (bytes) => (bytes / 2 ** 20).toFixed(0);

mkdirSync(folder, { recursive: true });
if (!existsSync(join(folder, 'model.safetensors'))) run(python, '-m', 'convert.random', 'clip', folder, '--size', values.size);
if (!existsSync(join(folder, 'reference.json'))) run(python, join(here, 'clip_reference.py'), folder, merges);
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const reference = read('reference.json');

const rows = [];
for (const dtype of values.dtype.split(',')) {
    for (const half of ['image', 'text']) {
        const file = join(folder, `${half}-${dtype}.safetensors`);
        if (!existsSync(file)) run(python, '-m', 'convert', folder, folder, '--dtype', dtype, '--half', half);
        const engine = ['--experimental-wasm-relaxed-simd', join(here, 'embed_folder.mjs'), half, file, folder, merges, values.build, values.threads];
        const flags = Number(process.versions.node.split('.')[0]) < 22 ? engine : engine.slice(1);
        run(process.execPath, ...flags);
        const { vectors, ms, msMany, fileBytes, openBytes, peakBytes, loadMs } = read('found.json');
        const wanted = half === 'image' ? Object.values(reference.pictures) : reference.texts.map(({ vector }) => vector);
        const { cosine, error } = worst(wanted.map((vector, i) => compare(vectors[i], vector)));
        const over = (100 * (peakBytes / fileBytes - 1)).toFixed(0);
        rows.push([half, dtype, cosine, error, mib(fileBytes), mib(openBytes), `${mib(peakBytes)} (+${over} %)`, loadMs, ms, msMany].join(' | '));
    }
}
console.log(`${values.size}, ${values.build}, ${values.threads} threads, Node ${process.versions.node}\n`);
console.log('| half | dtype | least cosine | largest error | file MiB | open MiB | peak MiB | load ms | ms | ms 77 or 20 texts |');
console.log(`|${'---|'.repeat(10)}`);
for (const row of rows) console.log(`| ${row} |`);
