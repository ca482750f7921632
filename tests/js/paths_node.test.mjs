// Names of files that are not UTF-8: to a string and back, byte by byte.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathBytes, pathFromBytes, systemPath } from '../../js/platform/node/paths.js';

test('every byte comes back, alone and among characters', () => {
    for (let byte = 1; byte < 256; byte++) {
        for (const name of [[byte], [0x61, byte, 0x2e], [0xc3, 0xa9, byte, 0xf0, 0x9f, 0x92, 0x80], [byte, byte, 0xe2, 0x82]]) {
            const bytes = Buffer.from(name);
            const path = pathFromBytes(bytes);
            assert.deepEqual(pathBytes(path), bytes);
            const given = systemPath(path);
            assert.deepEqual(Buffer.from(given), bytes);
        }
    }
});

test('what is UTF-8 stays a string, also with characters beyond U+FFFF and U+FEFF', () => {
    for (const name of ['a.png', 'é', '\u{1f480}\u{10fc80}', '\ufeffx', '']) {
        assert.equal(pathFromBytes(Buffer.from(name)), name);
        assert.equal(systemPath(name), name);
    }
});

test('what only looks like UTF-8 is bytes: too long a form, a surrogate, beyond U+10FFFF', () => {
    for (const bytes of [
        [0xc0, 0xaf],
        [0xed, 0xb2, 0x80],
        [0xf4, 0x90, 0x80, 0x80],
    ].map(Buffer.from)) {
        const path = pathFromBytes(bytes);
        assert.equal(path.length, bytes.length);
        assert.deepEqual(systemPath(path), bytes);
    }
});
