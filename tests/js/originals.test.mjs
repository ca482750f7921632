// The readers of published files give what the frameworks say is in them, bit by bit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect, expected, openBundle, openBytes, openStreamed, readFixture } from './originals_support.mjs';

const CONTAINERS = {
    'torch.pth': 'torch',
    'torch_sorted.pth': 'torch',
    'torch_checkpoint.pth': 'torch',
    'torch_basicsr.pth': 'torch',
    'torch_script.pt': 'torch',
    'torch_legacy.pth': 'torch-legacy',
    'all.safetensors': 'safetensors',
    'keras.h5': 'hdf5',
    'keras_weights.h5': 'hdf5',
    saved_model: 'tf-bundle',
};

function open(name) {
    if (name !== 'saved_model') return openBytes(readFixture(name));
    return openBundle(readFixture(`${name}/variables.index`), readFixture(`${name}/variables.data-00000-of-00001`));
}

function checkInfos(original, { tensors, config }) {
    assert.deepEqual([...original.tensors.keys()].sort(), [...tensors.keys()].sort());
    for (const [name, { dtype, shape, values }] of tensors) {
        assert.deepEqual(original.tensors.get(name), { dtype, shape, bytes: values.length }, name);
    }
    assert.deepEqual(original.config, config);
}

function checkValues(found, { tensors }) {
    for (const [name, { values }] of tensors) assert.deepEqual(found.get(name), values, name);
}

test('there is a file of every container', () => assert.deepEqual(Object.keys(CONTAINERS).sort(), Object.keys(expected).sort()));

for (const [name, container] of Object.entries(CONTAINERS)) {
    test(`${name}: names, shapes and values, piece by piece and one by one`, async () => {
        const original = await open(name);
        assert.equal(original.container, container);
        checkInfos(original, expected[name]);
        checkValues(await collect(original), expected[name]);
        checkValues(await collect(original), expected[name]); // again
        for (const [tensor, { values }] of expected[name].tensors)
            assert.deepEqual(Buffer.from(await original.read(tensor)), values, tensor);
        await assert.rejects(original.read('no such'), { code: 'BAD_FORMAT' });
    });
}

for (const name of ['torch.pth', 'torch_sorted.pth', 'torch_checkpoint.pth', 'torch_basicsr.pth', 'torch_legacy.pth', 'all.safetensors']) {
    test(`${name}: in one pass, whatever the pieces are`, async () => {
        for (const size of [1, 7, 1000, 2 ** 20]) {
            const original = await openStreamed(readFixture(name), size);
            assert.equal(original.container, CONTAINERS[name]);
            assert.equal(original.read, undefined);
            checkInfos(original, expected[name]);
            checkValues(await collect(original), expected[name]);
        }
    });
}

for (const name of ['torch_script.pt', 'keras.h5', 'release.zip']) {
    test(`${name}: not in one pass`, () =>
        assert.rejects(openStreamed(readFixture(name)), { code: 'UNSUPPORTED', message: /must be stored as a file first/ }));
}
