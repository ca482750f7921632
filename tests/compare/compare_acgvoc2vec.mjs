// acgvoc2vec at full size against sentence-transformers, by hand (minutes, and 2 GB of disk): for each dtype the cosines, the largest
// error, the time and the memory, as a table.
//
//     node tests/compare/compare_acgvoc2vec.mjs [FOLDER] [--heavy-tailed] [--dtype f32,f16,int8] [--threads 2] [--build …]
//                                               [--python …]
//
// FOLDER is the model as sentence-transformers publishes it; without it, one of random weights is made (models/convert/random), whose
// vocabulary is of single characters. The Python must have sentence-transformers, see acgvoc2vec_reference.py.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensurePython } from '../../models/convert/python.mjs';
import { agreementColumns, embedFolder, makeRandom, memory, randomFolder, run, table, worst, writeRecord } from './comparing.mjs';

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        dtype: { type: 'string', default: 'f32,f16,int8' },
        threads: { type: 'string', default: '2' },
        build: { type: 'string', default: 'relaxed-threads' },
        python: { type: 'string' },
        'heavy-tailed': { type: 'boolean', default: false },
    },
});
const folder = positionals[0] ?? join(randomFolder(values['heavy-tailed']), 'acgvoc2vec');
const python = values.python ?? ensurePython();

mkdirSync(folder, { recursive: true });
if (!existsSync(join(folder, '2_Dense'))) makeRandom(python, 'acgvoc2vec', folder, 'distiluse', values['heavy-tailed']);
const referencePath = join(folder, 'reference.json');
if (!existsSync(referencePath)) run(python, fileURLToPath(new URL('acgvoc2vec_reference.py', import.meta.url)), folder);
const { texts } = JSON.parse(readFileSync(referencePath, 'utf8'));

const rows = values.dtype.split(',').map((dtype) => {
    const to = join(folder, dtype);
    const file = join(to, 'model.safetensors');
    if (!existsSync(file)) run(python, '-m', 'convert', folder, to, '--dtype', dtype);
    const found = embedFolder('distilbert', file, folder, join(to, 'tokenizer.json'), values);
    const agreement = worst(
        found.vectors,
        texts.map(({ vector }) => vector),
    );
    writeRecord(file, 'sentence-transformers', texts.length, { vector: agreement });
    return [dtype, ...agreementColumns(agreement), ...memory(found), found.loadMs, found.ms, found.msMany];
});
const columns = [
    'dtype',
    'least cosine',
    'largest error',
    'file MiB',
    'open MiB',
    'peak MiB',
    'load ms',
    'ms of 10 tokens',
    'ms longest; all texts',
];
table(`${values.build}, ${values.threads} threads`, columns, rows);
