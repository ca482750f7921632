// What `acg2vec models convert` makes of published files of full size, in Node and in Chromium, against the converter in Python: whether the
// files have the same SHA-256, how long it takes and how much memory, as a table. By hand (an hour for all of it, and 6 GB of disk).
//
//     node tests/compare/compare_conversions.mjs [--model pix2score,acgvoc2vec,…] [--dtype int8,f16,bf16,f32] [--in node,chromium]
//                                                [--folder …] [--keep]
//
// The weights are random (models/convert/random), in the forms that were published. They are deleted again, network by network, but for
// those of `--keep`; what Python made of them is remembered. Fails if a file differs.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cache, root } from '../../cmake/setup/shell.mjs';
import { ensurePython, pythonEnvironment } from '../../models/convert/python.mjs';
import { sha256OfFile } from '../convert/convert_folder.mjs';
import { run, table } from './comparing.mjs';
import { openChromium } from './convert_in_chromium.mjs';

/** By model: convert.random's network and size, what its form is called, and the part of it that Python is asked for. */
const MODELS = {
    pix2score: { network: 'pix2score', size: 'resnet101v2', form: 'SavedModel' },
    acgvoc2vec: { network: 'acgvoc2vec', size: 'distiluse', form: 'PyTorch' },
    'clip-b16': { network: 'clip', size: 'b16', form: 'PyTorch' },
    dclip: { network: 'clip', size: 'l14', form: 'PyTorch' },
    'deepdanbooru v4': { network: 'deepdanbooru', size: 'v4', form: 'HDF5' },
    'deepdanbooru v3': { network: 'deepdanbooru', size: 'v3', form: 'HDF5' },
    illust2vec: { network: 'deepdanbooru', size: 'v3', form: 'HDF5', only: 'illust2vec' },
};
const WAYS = { node: convertInNode, chromium: convertInChromium };
/** Saves what is published as PyTorch's files so, and not as safetensors. */
const TO_PYTORCH = `import pathlib, sys, safetensors.torch, torch
for path in pathlib.Path(sys.argv[1]).rglob('model.safetensors'):
    torch.save(safetensors.torch.load_file(path), path.with_name('pytorch_model.bin'))
    path.unlink()`;
const TELL_MEMORY = `data:text/javascript,import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(process.env.MEMORY_FILE, String(process.resourceUsage().maxRSS)));`;

const { values } = parseArgs({
    options: {
        model: { type: 'string', default: Object.keys(MODELS).join() },
        dtype: { type: 'string', default: 'int8,f16,bf16,f32' },
        in: { type: 'string', default: Object.keys(WAYS).join() },
        folder: { type: 'string', default: join(cache, 'conversions') },
        keep: { type: 'boolean', default: false },
    },
});
const python = ensurePython();

const idOf = (model) => model.split(' ')[0];

const sourceOf = ({ network, size }) => join(values.folder, `${network}-${size}`);

/** The folder with the files as they are published, made if they are not there. */
function makeSource({ network, size, form }) {
    const source = sourceOf({ network, size });
    if (existsSync(`${source}.made`)) return source;
    rmSync(source, { recursive: true, force: true });
    run(python, '-m', 'convert.random', network, source, '--size', size);
    if (form === 'PyTorch') run(python, '-c', TO_PYTORCH, source);
    writeFileSync(`${source}.made`, '');
    return source;
}

function removeSource(source) {
    for (const each of [source, `${source}.made`]) rmSync(each, { recursive: true, force: true });
}

/** @returns {Promise<Record<string, string>>} SHA-256 by file name */
async function hashesBelow(folder) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
        (entry) => entry.isFile() && !entry.name.endsWith('.sha256'),
    );
    return Object.fromEntries(
        await Promise.all(files.map(async ({ parentPath, path, name }) => [name, await sha256OfFile(join(parentPath ?? path, name))])),
    );
}

/** What Python makes, remembered beside the source. */
async function convertInPython(model, source, dtype) {
    const { only } = MODELS[model];
    const record = `${source}.${only ?? 'all'}.${dtype}.json`;
    if (!existsSync(record)) {
        const to = join(values.folder, 'python');
        rmSync(to, { recursive: true, force: true });
        run(python, '-m', 'convert', source, to, '--dtype', dtype, ...(only ? ['--only', only] : []));
        writeFileSync(record, JSON.stringify(await hashesBelow(to)));
        rmSync(to, { recursive: true, force: true });
    }
    return JSON.parse(readFileSync(record, 'utf8'));
}

/** @returns {Promise<{ seconds: number, memory: string, hashes: Record<string, string> }>} */
async function convertInNode(model, source, dtype) {
    const to = join(values.folder, 'node');
    const memoryFile = join(values.folder, 'memory');
    rmSync(to, { recursive: true, force: true });
    const args = ['--import', TELL_MEMORY, join(root, 'js/cli.js'), 'models', 'convert', source];
    const began = performance.now();
    const { status } = spawnSync(process.execPath, [...args, '--to', to, '--dtype', dtype, '--as', idOf(model)], {
        env: { ...process.env, MEMORY_FILE: memoryFile },
        stdio: ['ignore', 'ignore', 'inherit'],
    });
    const seconds = (performance.now() - began) / 1000;
    if (status !== 0) throw new Error(`acg2vec models convert ${source} failed`);
    const hashes = await hashesBelow(to);
    rmSync(to, { recursive: true, force: true });
    return { seconds, memory: (Number(readFileSync(memoryFile, 'utf8')) / 1024).toFixed(0), hashes };
}

/** A SavedModel as its release has it, in a .zip: a person chooses one file. */
async function convertInChromium(model, source, dtype) {
    const isFolder = MODELS[model].form === 'SavedModel';
    const archive = `${source}.zip`;
    if (isFolder && !existsSync(archive)) {
        execFileSync(python, ['-c', 'import sys, shutil; shutil.make_archive(sys.argv[1], "zip", sys.argv[1])', source], {
            env: pythonEnvironment(),
        });
    }
    const chromium = await openChromium(values.folder);
    try {
        return await chromium.convert(isFolder ? [archive] : filesBelow(source), source, { dtype, ids: [idOf(model)] });
    } finally {
        await chromium.close();
        rmSync(archive, { force: true });
    }
}

const filesBelow = (folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, path, name }) => join(parentPath ?? path, name));

/** The names of Python's files that are not the same. */
function differing(found, wanted) {
    return Object.entries(wanted)
        .filter(([name, sha256]) => found[name] !== sha256)
        .map(([name]) => name);
}

mkdirSync(values.folder, { recursive: true });
const rows = [];
const models = values.model.split(',');
for (const [i, model] of models.entries()) {
    const source = makeSource(MODELS[model]);
    for (const dtype of values.dtype.split(',')) {
        const wanted = await convertInPython(model, source, dtype);
        for (const way of values.in.split(',')) {
            const { seconds, memory, hashes } = await WAYS[way](model, source, dtype);
            const others = differing(hashes, wanted);
            if (others.length > 0) process.exitCode = 1;
            rows.push([model, MODELS[model].form, dtype, way, seconds.toFixed(1), memory, others.length > 0 ? others.join(', ') : 'equal']);
            console.error(rows.at(-1).join('  '));
        }
    }
    const isNeeded = models.slice(i + 1).some((other) => sourceOf(MODELS[other]) === source);
    if (!values.keep && !isNeeded) removeSource(source);
}
table('Conversions', ['model', 'form', 'dtype', 'in', 'seconds', 'most MiB of the process', 'SHA-256'], rows);
