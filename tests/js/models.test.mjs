// The manifest, and what models/manifest.js reads out of it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { checkFile, findModel, modelParts } from '../../js/models/manifest.js';
import { readManifest } from '../../js/platform/node/weights.js';

const manifest = await readManifest();

test('the manifest lists the 41 published models that enlarge, each with one .param and one .bin under its id', () => {
    const upscale = manifest.models.filter(({ task }) => task === 'upscale');
    assert.equal(upscale.length, 41);
    for (const model of upscale) {
        assert.deepEqual(model.files.map(({ path }) => path).sort(), [`${model.id}.bin`, `${model.id}.param`]);
        assert.match(model.licence, /^(MIT|BSD-3-Clause)$/);
        for (const { versions, sources, path } of model.files) {
            for (const { bytes, sha256 } of versions) {
                assert.ok(bytes > 0, path);
                assert.match(sha256, /^[0-9a-f]{64}$/, path);
            }
            assert.ok(sources.length > 0, path);
            for (const source of sources) assert.match(source, /^((npm|pypi):[^@]+@\d+\.\d+\.\d+\/|https:\/\/)/, path);
        }
    }
});

test('models have ids of their own, and what users make says of what', () => {
    assert.equal(new Set(manifest.models.map(({ id }) => id)).size, manifest.models.length);
    for (const { licence, files, publication } of manifest.models) {
        assert.ok(licence);
        for (const { path, versions, sources, converted } of files) {
            assert.ok(versions.length > 0 || converted, path);
            if (!converted) continue;
            for (const each of [...Object.values(converted), path.endsWith('.safetensors') ? converted.int8 : converted.text])
                assert.ok(Number.isInteger(each) && each > 0, path);
            assert.deepEqual(sources, [], path);
            assert.ok(
                manifest.publications.some(({ id }) => id === publication),
                path,
            );
        }
    }
    assert.deepEqual(
        manifest.models.filter(({ model }) => model === 'dclip').map(({ network, input }) => [network, input]),
        [
            ['clip_vision', 'image'],
            ['clip_text', 'text'],
        ],
    );
    for (const { id, task, input } of manifest.models) assert.equal(task === 'upscale', input === undefined, id);
});

test('a scale and a denoise level name their file as it was published', () => {
    const path = (scale, denoise) => modelParts(findModel(manifest, { model: 'se', scale, denoise })).weights.path;
    assert.equal(path(2, 'conservative'), 'realcugan/se/up2x-conservative.bin');
    assert.equal(path(3, 'none'), 'realcugan/se/up3x-no-denoise.bin');
    assert.equal(path(2, '1'), 'realcugan/se/up2x-denoise1x.bin');
    assert.equal(path(4, '3'), 'realcugan/se/up4x-denoise3x.bin');
});

test('a combination that does not exist is refused with those that do', () => {
    assert.throws(() => findModel(manifest, { model: 'cunet', scale: 3, denoise: 'none' }), {
        code: 'BAD_ARGUMENT',
        message: /^Expected a scale that model 'cunet' has \(.*2x: none, 0, 1, 2, 3; 1x: 0, 1, 2, 3\) but received 'none' at 3x\.$/,
    });
    assert.throws(() => findModel(manifest, { model: 'se', scale: 4, denoise: '1' }), {
        code: 'BAD_ARGUMENT',
        message: /4x: conservative, none, 3\) but received '1' at 4x\.$/,
    });
});

test('a file is accepted in each of its versions and in no other', async () => {
    const texts = ['a\nb\n', 'a\r\nb\r\n'];
    const versions = texts.map((text) => ({
        bytes: text.length,
        sha256: createHash('sha256').update(text).digest('hex'),
    }));
    const file = { path: 'some/file', versions, sources: [] };
    for (const text of texts) await checkFile(file, new TextEncoder().encode(text), 'here');
    const found = createHash('sha256').update('a\nc\n').digest('hex');
    await assert.rejects(checkFile(file, new TextEncoder().encode('a\nc\n'), 'here'), (error) => {
        assert.equal(error.code, 'BAD_MODEL');
        for (const part of ['some/file', 'here', versions[0].sha256, found]) assert.ok(error.message.includes(part), part);
        return true;
    });
    await assert.rejects(checkFile(file, new Uint8Array(5), 'here'), {
        code: 'BAD_MODEL',
        message: /4 or 6 bytes but found 5/,
    });
});
