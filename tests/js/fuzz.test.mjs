// Each fuzz target of JavaScript (tests/fuzz/js) for a moment, so that they stay right between searches, and what they have found before.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { findDuplicates } from '../../js/index/duplicates.js';
import { vectorsOf } from '../../js/index/query.js';
import { checkManifest } from '../../js/models/check_manifest.js';
import { readManifest } from '../../js/platform/node/weights.js';
import { fuzz } from '../fuzz/js/fuzz.mjs';
import { indexEngine, openIndex, picture, query } from './index_support.mjs';
import { temporaryFolder } from './support.mjs';

// originals: tests/js/originals_hostile.test.mjs
for (const [name, wanted] of Object.entries({ manifest: 300, messages: 150, index: 40 })) {
    test(`${name}: ${wanted} changes at random`, async () => {
        const counts = await fuzz(name, 1, (runs) => runs === wanted);
        assert.equal(
            Object.values(counts).reduce((sum, n) => sum + n, 0),
            wanted,
        );
    });
}

test('a list of models that lacks something is refused in a sentence; a path in it leads nowhere else', async () => {
    const manifest = await readManifest();
    assert.equal(checkManifest(manifest), manifest);
    const refused = (change, message) => {
        const copy = structuredClone(manifest);
        change(copy);
        assert.throws(() => checkManifest(copy), { code: 'BAD_FORMAT', message });
    };
    for (const nothing of [undefined, null, 1, 'x', [], {}, { models: {} }])
        assert.throws(() => checkManifest(nothing), {
            code: 'BAD_FORMAT',
            message: /^Expected a list of models but found something else\.$/,
        });
    refused((list) => delete list.models[0].files, /'realcugan\/se\/up2x-conservative' lacks something/);
    refused((list) => (list.models[0].id = 3), /that one lacks/);
    refused((list) => delete list.models.find(({ task }) => task === 'tag').defaults, /'deepdanbooru' lacks/);
    refused((list) => (list.models.find(({ vectors }) => vectors).vectors = { style: 1 }), /'illust2vec' lacks/);
    refused((list) => (list.publications[0].files[0].url = null), /'dclip' lacks/);
    // a sentence would repeat them whole
    for (const name of ['id', 'model', 'denoise'])
        refused((list) => (list.models[0][name] = 'x'.repeat(101)), /, or has it in another form\.$/);
    refused((list) => (list.models[0].scale = 'x'.repeat(9999)), /conservative' lacks something/);
    for (const path of ['x'.repeat(251), '../x.bin', 'a/../../x.bin', '/etc/x.bin', 'a\\..\\..\\x.bin', 'C:x.bin', ''])
        refused((list) => (list.models[0].files[0].path = path), /lacks something, or has it in another form/);
});

test('duplicates of an index whose file is damaged: a picture is there twice, or has no hash', async () => {
    const row = { id: 1, path: 'a.png', bytes: 9, modified: 1, width: 2, height: 2, sha256: 'x', contrast: 0 };
    const [hash, mirrored] = [new Uint8Array(32), new Uint8Array(32)];
    const tools = (...rows) => ({ database: { all: async () => rows }, choices: { images: [], labels: [] } });
    const whole = { ...row, hash, mirrored };
    const damaged = { code: 'BAD_FORMAT', reason: 'INDEX_DAMAGED', message: /The index is damaged/ };
    assert.equal((await findDuplicates(tools(whole, { ...whole, id: 2 }), [], {})).length, 1);
    await assert.rejects(findDuplicates(tools(whole, whole), [], {}), damaged);
    await assert.rejects(findDuplicates(tools(whole, { ...whole, id: 2, hash: null }), [], {}), damaged);
});

test('recommendations from an index whose file is damaged: a vector is empty, or of another length', async () => {
    const database = (vector) => ({ all: async () => [{ vector }] });
    const model = { id: 1, name: 'dclip', dims: 2 };
    assert.deepEqual(await vectorsOf(database(Uint8Array.of(0, 0x3c, 0, 0xc0)), model, [7], 'like'), [Float32Array.of(1, -2)]);
    for (const vector of [null, 'text', new Uint8Array(3)])
        await assert.rejects(vectorsOf(database(vector), model, [7], 'like'), {
            code: 'BAD_FORMAT',
            reason: 'INDEX_DAMAGED',
            message: /it is damaged/,
        });
});

test('an index whose pictures another program refers to is not emptied', async (context) => {
    const engine = await indexEngine();
    context.after(() => engine.close());
    const path = join(temporaryFolder(context), 'index.db');
    const index = await openIndex(engine, path);
    context.after(() => index.close());
    await index.add([new File([picture(0)], 'a.png')], { models: ['dclip'] });
    query(path, 'CREATE TABLE others (picture REFERENCES pictures (id))');
    query(path, 'INSERT INTO others VALUES (1)');
    await assert.rejects(index.clear(), { code: 'BAD_FORMAT', message: /another program has changed it/ });
});

describe('an index that another program has changed', async () => {
    const engine = await indexEngine();
    after(() => engine.close());
    const CHANGES = {
        'a vector of an odd length': [
            'UPDATE vectors SET vector = substr(vector, 2) WHERE picture = 1',
            /Expected vectors of \d+ values in the index/,
        ],
        'vectors whose lengths fit only in sum': [
            'UPDATE vectors SET vector = CASE picture WHEN 1 THEN substr(vector, 3) ELSE zeroblob(length(vector) + 2) END',
            /Expected vectors of \d+ values in the index/,
        ],
        'a number beyond 2^53': ['UPDATE models SET dims = 9223372036854775807', /./],
        'a table that is not there': ['DROP TABLE tags', /is damaged, or another program has changed it/],
    };
    for (const [name, [sql, message]] of Object.entries(CHANGES)) {
        test(name, async (context) => {
            const path = join(temporaryFolder(context), 'index.db');
            const index = await openIndex(engine, path);
            const files = [0, 1].map((i) => new File([picture(i)], `${i}.png`));
            await index.add(files, { models: ['dclip'] });
            await index.close();
            query(path, sql);
            const changed = await openIndex(engine, path);
            context.after(() => changed.close());
            const asked = /tags/.test(sql) ? changed.tags() : changed.search({ like: [1] });
            await assert.rejects(asked, (error) => error.code === 'BAD_FORMAT' && message.test(error.message));
            await assert.rejects(changed.export('jsonl'), { code: 'BAD_FORMAT' });
        });
    }
});
