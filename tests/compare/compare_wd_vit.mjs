// WD tagger v3 (ViT) at full size against timm, by hand (minutes, and 1 GB of disk): for each dtype the least cosine of all scores, the largest
// error of a score, how many tags are on the other side of 0.35, the time and the memory, as a table.
//
//     node tests/compare/compare_wd_vit.mjs --python PYTHON [--size vit-b16] [--dtype f32,f16] [--threads 2] [--folder …] [--build …]
//
// PYTHON is one that has the packages of models/convert/requirements.txt and timm 1.0.31. The model has random weights (models/convert/random); a
// folder with the published files in it is taken as it is.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cache } from '../../cmake/setup/shell.mjs';
import { agreementColumns, lookAtFolder, memory, run, table, worst, writeRecord } from './comparing.mjs';

const THRESHOLD = 0.35;

const { values } = parseArgs({
    options: {
        size: { type: 'string', default: 'vit-b16' },
        dtype: { type: 'string', default: 'f32,f16' },
        threads: { type: 'string', default: '2' },
        build: { type: 'string', default: 'relaxed-threads' },
        folder: { type: 'string' },
        python: { type: 'string' },
    },
});
const { python } = values;
if (!python) throw new Error('Expected --python, a Python that has timm, but received none');
const folder = values.folder ?? join(cache, 'compare', `wd-vit-${values.size}`);

mkdirSync(folder, { recursive: true });
if (!existsSync(join(folder, 'model.safetensors'))) run(python, '-m', 'convert.random', 'wd-vit', folder, '--size', values.size);
if (!existsSync(join(folder, 'reference.json'))) run(python, fileURLToPath(new URL('wd_vit_reference.py', import.meta.url)), folder);
const reference = Object.values(JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'))).map(({ tags }) => tags);

const isTold = (score) => score >= THRESHOLD;
const rows = values.dtype.split(',').map((dtype) => {
    const file = join(folder, ...(dtype === 'f32' ? [] : [dtype]), 'model.safetensors');
    const found = lookAtFolder('vit_tagger', file, folder, values);
    const scores = Object.values(found.pictures).map(({ tags }) => tags);
    const errors = reference.flatMap((tags, i) => tags.map((score, j) => Math.abs(score - scores[i][j])));
    const others = reference.map((tags, i) => tags.filter((score, j) => isTold(score) !== isTold(scores[i][j])).length);
    const agreement = worst(scores, reference);
    writeRecord(file, 'timm', reference.length, { tags: agreement });
    const [cosine] = agreementColumns(agreement);
    const largest = errors.reduce((most, error) => Math.max(most, error));
    return [dtype, cosine, largest.toExponential(1), others.reduce((sum, n) => sum + n), ...memory(found), found.loadMs, found.ms];
});
const columns = [
    'dtype',
    'least cosine',
    'largest error of a score',
    'tags told by one only',
    'file MiB',
    'open MiB',
    'peak MiB',
    'load ms',
    'ms',
];
table(`${values.size}, ${values.build}, ${values.threads} threads, ${reference.length} pictures`, columns, rows);
