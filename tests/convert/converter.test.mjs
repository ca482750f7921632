// js/models/convert against models/convert in all dtypes: what the frameworks write (convert.random, tiny) is read and converted by both.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { python, pythonEnvironment } from '../../models/convert/python.mjs';
import { convertFolder, sha256OfFile } from './convert_folder.mjs';

const NETWORKS = { clip: 'clip', acgvoc2vec: 'distilbert', deepdanbooru: 'deepdanbooru', pix2score: 'resnet_v2' };
const skip = !python() && 'the Python environment is not there';
const folder = mkdtempSync(join(tmpdir(), 'acg2vec-converter-'));
let expected;

async function run(...args) {
    return (await promisify(execFile)(python(), args, { env: pythonEnvironment() })).stdout;
}

before(async () => {
    if (skip) return;
    for (const name of Object.keys(NETWORKS)) await run('-m', 'convert.random', name, join(folder, 'sources', name), '--seed', '3');
    expected = JSON.parse(await run(fileURLToPath(new URL('expected.py', import.meta.url)), join(folder, 'sources')));
});
after(() => rmSync(folder, { recursive: true, force: true }));

for (const [name, kind] of Object.entries(NETWORKS)) {
    it(`${name}: all dtypes and parts are Python's, byte for byte`, { skip }, async () => {
        for (const [way, files] of Object.entries(expected[name])) {
            const [dtype, part] = way.split(' ');
            const to = join(folder, name, way);
            const { network, names } = await convertFolder(join(folder, 'sources', name), to, { dtype, parts: part && [part] });
            assert.equal(network, kind);
            const found = await Promise.all(names.map(async (each) => [each, await sha256OfFile(join(to, each))]));
            assert.deepEqual(Object.fromEntries(found), files, way);
        }
    });
}
