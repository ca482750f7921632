// CLIP at full size against PyTorch, by hand (minutes, and some GB of disk): for each dtype the cosines, the largest error, the time
// and the memory, as a table.
//
//     node tests/compare/compare_clip.mjs MERGES [--size l14] [--heavy-tailed] [--dtype f32,f16,int8] [--threads 2] [--folder …] [--build …]
//
// MERGES is CLIP's list of merges: merges.txt, or bpe_simple_vocab_16e6.txt (also packed with gzip). The model has random weights
// (models/convert/random); a folder with a model.safetensors in it, as Hugging Face has it, is taken as it is.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensurePython } from '../../models/convert/python.mjs';
import { agreementColumns, embedFolder, makeRandom, memory, randomFolder, run, table, worst, writeRecord } from './comparing.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        size: { type: 'string', default: 'l14' },
        dtype: { type: 'string', default: 'f32,f16,int8' },
        threads: { type: 'string', default: '2' },
        build: { type: 'string', default: 'relaxed-threads' },
        folder: { type: 'string' },
        'heavy-tailed': { type: 'boolean', default: false },
        python: { type: 'string' },
    },
});
const [merges] = positionals;
if (!merges) throw new Error('Expected the path of CLIP’s list of merges but received none');
const folder = values.folder ?? join(randomFolder(values['heavy-tailed']), `clip-${values.size}`);
const python = values.python ?? ensurePython();

mkdirSync(folder, { recursive: true });
if (!existsSync(join(folder, 'model.safetensors'))) makeRandom(python, 'clip', folder, values.size, values['heavy-tailed']);
if (!existsSync(join(folder, 'reference.json'))) run(python, join(here, 'clip_reference.py'), folder, merges);
const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'));

const rows = [];
for (const dtype of values.dtype.split(',')) {
    for (const half of ['image', 'text']) {
        const file = join(folder, dtype, `${half}.safetensors`);
        if (!existsSync(file)) run(python, '-m', 'convert', folder, join(folder, dtype), '--dtype', dtype, '--half', half);
        const found = embedFolder(half === 'image' ? 'clip_vision' : 'clip_text', file, folder, merges, values);
        const wanted = half === 'image' ? Object.values(reference.pictures) : reference.texts.map(({ vector }) => vector);
        const agreement = worst(found.vectors, wanted);
        writeRecord(file, 'transformers', wanted.length, { vector: agreement });
        rows.push([half, dtype, ...agreementColumns(agreement), ...memory(found), found.loadMs, found.ms, found.msMany]);
    }
}
const columns = [
    'half',
    'dtype',
    'least cosine',
    'largest error',
    'file MiB',
    'open MiB',
    'peak MiB',
    'load ms',
    'ms',
    'ms longest; all texts',
];
table(`${values.size}, ${values.build}, ${values.threads} threads`, columns, rows);
