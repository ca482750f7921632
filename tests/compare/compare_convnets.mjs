// pix2score, DeepDanbooru (v3; v4) and illust2vec at full size against TensorFlow, by hand (minutes, and 6 GB of disk): for each dtype and
// output the largest error, the least cosine and on how many pictures what is greatest is the same, then time and memory, as tables.
//
//     node tests/compare/compare_convnets.mjs [--network pix2score,deepdanbooru,deepdanbooru-v4,illust2vec] [--dtype f32,f16,int8]
//                                             [--pictures 40] [--threads 2] [--build …] [--folder …] [--python …] [--heavy-tailed]
//
// The networks have random weights (models/convert/random), in the formats that were published; the references are the SavedModel itself,
// called as a service calls it, and Keras. `--folder` has a network of each kind in folders of their sizes' names; illust2vec is v3's first part.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensurePython } from '../../models/convert/python.mjs';
import { agreementColumns, lookAtFolder, makeRandom, memory, randomFolder, run, table, worst, writeRecord } from './comparing.mjs';

const NETWORKS = {
    pix2score: { kind: 'resnet_v2', source: ['pix2score', 'resnet101v2'], hasFile: 'saved_model.pb' },
    deepdanbooru: { kind: 'deepdanbooru', source: ['deepdanbooru', 'v3'], hasFile: 'tags.txt' },
    'deepdanbooru-v4': { kind: 'deepdanbooru', source: ['deepdanbooru', 'v4'], hasFile: 'tags.txt' },
    illust2vec: { kind: 'deepdanbooru', source: ['deepdanbooru', 'v3'], hasFile: 'tags.txt', only: 'illust2vec-v3' },
};
const TOP = 15;

const { values } = parseArgs({
    options: {
        network: { type: 'string', default: Object.keys(NETWORKS).join() },
        dtype: { type: 'string', default: 'f32,f16,int8' },
        pictures: { type: 'string', default: '40' },
        threads: { type: 'string', default: '2' },
        build: { type: 'string', default: 'relaxed-threads' },
        folder: { type: 'string' },
        'heavy-tailed': { type: 'boolean', default: false },
        python: { type: 'string' },
    },
});
const root = values.folder ?? randomFolder(values['heavy-tailed']);
const python = values.python ?? ensurePython();

/** The places of the `n` greatest values. */
const greatest = (vector, n) => new Set([...vector.keys()].sort((a, b) => vector[b] - vector[a]).slice(0, n));

/** Of all pictures: how often the greatest value is in the same place, and how many of the greatest fifteen are the same. */
function ranks(found, wanted) {
    const isSame = found.map((vector, i) => [...greatest(vector, 1)][0] === [...greatest(wanted[i], 1)][0]);
    const shared = found.map((vector, i) => [...greatest(vector, TOP)].filter((place) => greatest(wanted[i], TOP).has(place)).length);
    return [`${isSame.filter(Boolean).length} of ${found.length}`, (shared.reduce((sum, n) => sum + n) / shared.length).toFixed(1)];
}

function largestError(found, wanted) {
    return Math.max(...wanted.map((vector, i) => Math.max(...vector.map((value, j) => Math.abs(value - found[i][j])))));
}

/** The folder that the network was made in and its reference, both made if they are not there. */
function prepare({ source, hasFile }) {
    const [name, size] = source;
    const folder = join(root, `${name}-${size}`);
    if (!existsSync(join(folder, hasFile))) makeRandom(python, name, folder, size, values['heavy-tailed']);
    const path = join(folder, 'reference.json');
    if (!existsSync(path)) run(python, fileURLToPath(new URL('convnets_reference.py', import.meta.url)), name, folder, values.pictures);
    return { folder, reference: Object.values(JSON.parse(readFileSync(path, 'utf8'))) };
}

/** A dtype of a network: rows for both tables, and the record beside its file. */
function compareDtype(name, dtype, { folder, reference }) {
    const { kind, only } = NETWORKS[name];
    const to = join(only ? join(root, only) : folder, dtype);
    const file = join(to, 'model.safetensors');
    if (!existsSync(file)) run(python, '-m', 'convert', folder, to, '--dtype', dtype, ...(only ? ['--only', name] : []));
    const found = lookAtFolder(kind, file, folder, values);
    const pictures = Object.values(found.pictures);
    const record = {};
    const rows = Object.keys(pictures[0]).map((output) => {
        const pair = [pictures, reference].map((all) => all.map((outputs) => outputs[output]));
        record[output] = worst(...pair);
        return [name, output, dtype, largestError(...pair).toExponential(1), ...agreementColumns(record[output]), ...ranks(...pair)];
    });
    writeRecord(file, 'TensorFlow', pictures.length, record);
    return { rows, costs: [name, dtype, ...memory(found), found.loadMs, found.ms] };
}

const agreement = [];
const costs = [];
for (const name of values.network.split(',')) {
    const prepared = prepare(NETWORKS[name]);
    for (const dtype of values.dtype.split(',')) {
        const found = compareDtype(name, dtype, prepared);
        agreement.push(...found.rows);
        costs.push(found.costs);
    }
}
const title = `${values.build}, ${values.threads} threads, ${values.pictures} pictures`;
table(
    title,
    ['network', 'output', 'dtype', 'largest error', 'least cosine', 'error over largest value', 'same greatest', 'same of 15'],
    agreement,
);
table(`\n${title}`, ['network', 'dtype', 'file MiB', 'open MiB', 'peak MiB', 'load ms', 'least ms'], costs);
