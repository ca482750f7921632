// pix2score and DeepDanbooru (with illust2vec) at full size against TensorFlow, by hand (minutes, and 4 GB of disk): for each dtype and
// output the largest error, the least cosine and on how many pictures what is greatest is the same, then time and memory, as tables.
//
//     node tests/compare/compare_convnets.mjs [--network pix2score,deepdanbooru] [--dtype f32,int8] [--pictures 40] [--threads 2]
//                                             [--build …] [--folder …] [--python …]
//
// The networks have random weights (models/convert/random), in the formats that were published; the references are the SavedModel itself,
// called as a service calls it, and Keras. `--folder` has a network of each kind in folders of their sizes' names.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cache } from '../../cmake/setup/shell.mjs';
import { ensurePython } from '../../models/convert/python.mjs';
import { lookAtFolder, memory, run, table, worst } from './comparing.mjs';

const NETWORKS = {
    pix2score: { kind: 'resnet_v2', size: 'resnet101v2', file: 'saved_model.pb' },
    deepdanbooru: { kind: 'deepdanbooru', size: 'v3', file: 'tags.txt' },
};
const TOP = 15;

const { values } = parseArgs({
    options: {
        network: { type: 'string', default: 'pix2score,deepdanbooru' },
        dtype: { type: 'string', default: 'f32,f16,int8' },
        pictures: { type: 'string', default: '40' },
        threads: { type: 'string', default: '2' },
        build: { type: 'string', default: 'relaxed-threads' },
        folder: { type: 'string', default: join(cache, 'compare') },
        python: { type: 'string' },
    },
});
const python = values.python ?? ensurePython();

/** The places of the `n` greatest values. */
const greatest = (vector, n) => new Set([...vector.keys()].sort((a, b) => vector[b] - vector[a]).slice(0, n));

/** Of all pictures: how often the greatest value is in the same place, and how many of the greatest fifteen are the same. */
function ranks(found, wanted) {
    const isSame = found.map((vector, i) => [...greatest(vector, 1)][0] === [...greatest(wanted[i], 1)][0]);
    const shared = found.map((vector, i) => [...greatest(vector, TOP)].filter((place) => greatest(wanted[i], TOP).has(place)).length);
    return [`${isSame.filter(Boolean).length} of ${found.length}`, (shared.reduce((sum, n) => sum + n) / shared.length).toFixed(1)];
}

function errors(found, wanted) {
    const largest = Math.max(...wanted.map((vector, i) => Math.max(...vector.map((value, j) => Math.abs(value - found[i][j])))));
    return [largest.toExponential(1), ...worst(found, wanted)];
}

const agreement = [];
const costs = [];
for (const name of values.network.split(',')) {
    const { kind, size, file } = NETWORKS[name];
    const folder = join(values.folder, `${name}-${size}`);
    if (!existsSync(join(folder, file))) run(python, '-m', 'convert.random', name, folder, '--size', size);
    const referencePath = join(folder, 'reference.json');
    if (!existsSync(referencePath)) {
        run(python, fileURLToPath(new URL('convnets_reference.py', import.meta.url)), name, folder, values.pictures);
    }
    const reference = Object.values(JSON.parse(readFileSync(referencePath, 'utf8')));
    for (const dtype of values.dtype.split(',')) {
        const to = join(folder, dtype);
        if (!existsSync(join(to, 'model.safetensors'))) run(python, '-m', 'convert', folder, to, '--dtype', dtype);
        const found = lookAtFolder(kind, join(to, 'model.safetensors'), folder, values);
        costs.push([name, dtype, ...memory(found), found.loadMs, found.ms]);
        for (const output of Object.keys(reference[0])) {
            const pair = [Object.values(found.pictures), reference].map((all) => all.map((outputs) => outputs[output]));
            agreement.push([output, dtype, ...errors(...pair), ...ranks(...pair)]);
        }
    }
}
const title = `${values.build}, ${values.threads} threads, ${values.pictures} pictures`;
table(title, ['output', 'dtype', 'largest error', 'least cosine', 'error over largest value', 'same greatest', 'same of 15'], agreement);
table(`\n${title}`, ['network', 'dtype', 'file MiB', 'open MiB', 'peak MiB', 'load ms', 'least ms'], costs);
