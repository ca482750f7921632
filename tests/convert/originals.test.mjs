// Whole networks as they are published: the readers in JavaScript give the same tensors as the frameworks do through the converter in Python.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { python, pythonEnvironment } from '../../models/convert/python.mjs';
import { blobAccess } from '../../js/models/originals/access.js';
import { withStored } from '../../js/models/originals/folders.js';
import { openOriginal, openOriginalStream } from '../../js/models/originals/open.js';
import { openPublished } from '../../js/models/originals/published.js';
import { openZip } from '../../js/models/originals/zip.js';
import { openFileAccess, openFolderAccess } from '../../js/platform/node/file_access.js';
import { collect } from '../js/originals_support.mjs';

const skip = !python() && 'the Python environment is not there';
const here = fileURLToPath(new URL('.', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'acg2vec-originals-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const DTYPES = { F32: 'float32', I64: 'int64' };

const runPython = (...args) =>
    execFileSync(python(), args, { env: pythonEnvironment(), encoding: 'utf8', maxBuffer: 2 ** 26, stdio: 'pipe' });
const make = (network) => runPython('-m', 'convert.random', network, join(folder, network)).trim().split('\n').at(-1);
const told = (...args) => JSON.parse(runPython(join(here, 'originals_values.py'), ...args));

async function valuesOf(original) {
    const values = await collect(original);
    return Object.fromEntries(
        [...original.tensors].map(([name, { dtype, shape }]) => [
            name,
            [DTYPES[dtype], shape, createHash('sha256').update(values.get(name)).digest('hex')],
        ]),
    );
}

async function allOf(pieces) {
    const all = [];
    for await (const piece of pieces) all.push(piece);
    return all;
}

async function compareFolder(path, expected) {
    const opened = await openFolderAccess(path);
    try {
        const { weights } = await openPublished(opened);
        assert.deepEqual(await valuesOf(weights), expected.tensors);
        return weights;
    } finally {
        await opened.close();
    }
}

async function compareFile(path, expected) {
    const access = await openFileAccess(path);
    try {
        const original = await openOriginal(access);
        assert.deepEqual(await valuesOf(original), expected.tensors);
        for (const name of original.tensors.keys()) {
            const sha256 = createHash('sha256')
                .update(await original.read(name))
                .digest('hex');
            assert.equal(sha256, expected.tensors[name][2], name);
        }
        assert.deepEqual(await valuesOf(await openOriginalStream(access.stream())), expected.tensors);
    } finally {
        await access.close();
    }
}

test('CLIP: safetensors, and as PyTorch saves it, in both forms', { skip }, async () => {
    const path = make('clip');
    await compareFile(path, told(path));
    for (const form of [[], ['legacy']]) {
        const saved = join(folder, `clip${form}.bin`);
        await compareFile(saved, told(path, saved, ...form));
    }
});

test('acgvoc2vec: a folder with two files of weights and texts', { skip }, async () => {
    const path = dirname(make('acgvoc2vec'));
    await compareFolder(path, told(path));
    const opened = await openFolderAccess(path);
    const { original, text } = await openPublished(opened);
    const dense = told(join(path, '2_Dense/model.safetensors'));
    assert.deepEqual(await valuesOf(await original('2_Dense/model.safetensors')), dense.tensors);
    assert.equal(JSON.parse(await text('2_Dense/config.json')).bias, true);
    assert.equal(await text('no such'), undefined);
    assert.equal(await original('no such'), undefined);
    await opened.close();
});

test('DeepDanbooru: HDF5 with its configuration, and the same in a .zip', { skip }, async () => {
    const path = make('deepdanbooru');
    const expected = told(path);
    assert.deepEqual((await compareFolder(path, expected)).config, expected.config);
    const archive = join(folder, 'release.zip');
    runPython('-c', 'import sys, shutil; shutil.make_archive(*sys.argv[1:])', archive.slice(0, -4), 'zip', folder, 'deepdanbooru');
    const access = await openFileAccess(archive);
    const zip = await openZip(access);
    const stored = new Map();
    for (const name of zip.names.filter(zip.mustBeStored)) stored.set(name, blobAccess(new Blob(await allOf(zip.stream(name)))));
    const { weights, text } = await openPublished(withStored(zip, stored));
    assert.deepEqual(await valuesOf(weights), expected.tensors);
    assert.match(await text('tags.txt'), /^general_0\n/);
    await access.close();
});

test('pix2score: a SavedModel', { skip }, async () => {
    const path = make('pix2score');
    await compareFolder(path, told(path));
});
