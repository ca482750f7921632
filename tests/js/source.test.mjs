// Every kind of source becomes bytes or pixels of our own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSource } from '../../js/client/source.js';
import { AcgError } from '../../js/errors.js';

const noUrls = () => assert.fail('nothing is to be read');

test('bytes of a file come from blobs, buffers and views, as copies', async () => {
    const bytes = Uint8Array.of(9, 1, 2, 3, 9);
    const view = bytes.subarray(1, 4);
    const shared = new Uint8Array(new SharedArrayBuffer(3));
    shared.set([1, 2, 3]);
    for (const source of [new Blob([view]), view, view.slice().buffer, Buffer.from(view), new DataView(bytes.buffer, 1, 3), shared]) {
        const picture = await readSource(source, noUrls);
        assert.deepEqual(picture, { bytes: Uint8Array.of(1, 2, 3) });
        assert.notEqual(picture.bytes.buffer, source.buffer ?? source);
        assert.ok(picture.bytes.buffer instanceof ArrayBuffer);
    }
});

test('a URL, as object or text, is read', async () => {
    const asked = [];
    const read = async (url) => (asked.push(String(url)), Uint8Array.of(7));
    await readSource('a.png', read);
    assert.deepEqual(await readSource(new URL('https://example.org/a.png'), read), { bytes: Uint8Array.of(7) });
    assert.deepEqual(asked, ['a.png', 'https://example.org/a.png']);
});

test('a picture that cannot be fetched is unreadable; other errors stay', async () => {
    const failing = (code) => () => Promise.reject(new AcgError(code, 'No luck'));
    await assert.rejects(readSource('a.png', failing('NOT_FOUND')), { code: 'UNREADABLE', message: 'No luck.' });
    await assert.rejects(readSource('a.png', failing('CANCELLED')), { code: 'CANCELLED' });
});

test('pixels keep their size; those without channels (ImageData) have four', async () => {
    const data = new Uint8ClampedArray(2 * 1 * 4).fill(5);
    const expected = { pixels: new Uint8Array(8).fill(5), width: 2, height: 1, channels: 4 };
    assert.deepEqual(await readSource({ data, width: 2, height: 1 }, noUrls), expected);
    assert.equal((await readSource({ data: new Uint8Array(6), width: 1, height: 2, channels: 3 }, noUrls)).channels, 3);
});

test('what is no picture is refused', async () => {
    const cases = [
        [undefined, /for source but received undefined/],
        [5, /for source but received 5/],
        [{}, /for source but received Object/],
        [{ data: new Uint8Array(3), width: 1, height: 1, channels: 1 }, /Expected 3 or 4 for channels but received 1/],
        [{ data: new Uint8Array(5), width: 2, height: 1, channels: 3 }, /Expected 2 x 1 x 3 bytes for data but received 5/],
        [{ data: new Uint8Array(0), width: 0, height: 1, channels: 3 }, /Expected a whole number from 1 for width but received 0/],
        [{ data: new Float32Array(3), width: 1, height: 1, channels: 3 }, /Expected 8-bit samples for data/],
    ];
    for (const [source, message] of cases) {
        await assert.rejects(readSource(source, noUrls), { code: 'BAD_ARGUMENT', message });
    }
});
