// The builds without relaxed SIMD give the same bits on each run, with any number of threads, and as native code. Browsers: tests/browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nativeMissing, resultsNatively } from '../numbers/native.mjs';
import { resultsInNode, weights } from '../numbers/node.mjs';
import { temporaryFolder, weightsMissing } from './support.mjs';

const skip = await weightsMissing([2]);
const wanted = skip ? {} : await resultsInNode({ variant: 'simd', threads: 1 });

test('the same bits with 2 and 3 threads, and once more', { skip }, async () => {
    for (const threads of [2, 3, 3])
        assert.deepEqual(await resultsInNode({ variant: 'simd-threads', threads }), wanted, `${threads} threads`);
});

test('the same bits as native code, which has no multiply-add that rounds once', { skip: skip || nativeMissing }, async (context) => {
    const found = await resultsNatively(temporaryFolder(context), weights);
    assert.ok(Object.keys(found).length > 10);
    for (const [name, sha256] of Object.entries(found)) assert.equal(sha256, wanted[name], name);
});
