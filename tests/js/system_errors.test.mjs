// What the system refuses, in words: errors that Node really gives, and those of disks that no test can fill.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readSync, rmdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { readableError } from '../../js/platform/node/system_errors.js';
import { temporaryFolder } from './support.mjs';

function errorOf(act) {
    try {
        act();
    } catch (error) {
        return error;
    }
    return assert.fail('Expected an error');
}

test('real errors become sentences with the path, and keep their codes', (context) => {
    const folder = temporaryFolder(context);
    const at = (name) => join(folder, name);
    writeFileSync(at('file'), '');
    mkdirSync(at('full/of'), { recursive: true });
    symlinkSync('b', at('a'));
    symlinkSync('a', at('b'));
    const cases = {
        ENOENT: [() => readFileSync(at('gone')), `There is no such file or folder as ${at('gone')}`],
        ENOTDIR: [() => statSync(at('file/x')), `On the way to ${at('file/x')} there is a file where a folder should be`],
        EISDIR: [() => openSync(folder, 'w'), `Expected a file but ${folder} is a folder`],
        EEXIST: [() => openSync(at('file'), 'wx'), `There is something already at ${at('file')}`],
        ELOOP: [() => readFileSync(at('a')), `The symbolic links on the way to ${at('a')} lead in a circle`],
        ENAMETOOLONG: [() => readFileSync(at('x'.repeat(300))), /^A name in the path .*xxx is too long for the system/],
        ENOTEMPTY: [() => rmdirSync(at('full')), `The folder ${at('full')} is not empty`],
    };
    for (const [code, [act, words]] of Object.entries(cases)) {
        const error = errorOf(act);
        const told = readableError(error);
        assert.equal(told.code, code);
        assert.equal(told.cause, error);
        if (words instanceof RegExp) assert.match(told.message, words);
        else assert.equal(told.message, words);
    }
    assert.equal(
        readableError(
            errorOf(() => readFileSync(at('gone'))),
            'x.png',
        ).message,
        'There is no such file or folder as x.png',
    );
});

test('an error without a path, of a program, or of a kind that nobody has thought of, is a sentence too', () => {
    const file = openSync(process.execPath, 'r');
    closeSync(file);
    assert.match(readableError(errorOf(() => readSync(file, Buffer.alloc(1)))).message, /^The system refused read of the file \(EBADF\)$/);
    const { error } = spawnSync('no-such-program-as-this', []);
    assert.match(readableError(error).message, /^The program no-such-program-as-this could not be started/);
    const system = (code) =>
        readableError(Object.assign(new Error(`${code}: some words, write`), { code, syscall: 'write' }), '/out/x.png').message;
    assert.equal(system('ENOSPC'), 'There is no room left on the disk that holds /out/x.png');
    for (const code of ['EACCES', 'EPERM', 'EROFS', 'EDQUOT', 'EFBIG', 'EMFILE', 'ENFILE', 'EBUSY', 'EIO', 'ESTALE', 'EPIPE', 'ENOMEM']) {
        assert.match(system(code), /^[^:]*\/out\/x\.png[^:]*$/);
        assert.doesNotMatch(system(code), /some words|write$|\(E/);
    }
});

test('other errors, and those of the network, stay as they are', async () => {
    const refused = await new Promise((resolve) => connect(1, '127.0.0.1').on('error', resolve));
    for (const error of [refused, new TypeError('fetch failed'), 'text', undefined]) assert.equal(readableError(error), error);
});
