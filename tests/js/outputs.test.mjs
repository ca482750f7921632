// Where the command line writes: folders, names, and that no input is ever overwritten.
import assert from 'node:assert/strict';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { planOutputs } from '../../js/cli/outputs.js';
import { temporaryFolder } from './support.mjs';

const outputs = (...args) => planOutputs(...args).map(({ output }) => output);

test('one picture goes to the file, or into the folder, that is named', (context) => {
    const folder = temporaryFolder(context);
    const at = (name) => join(folder, name);
    assert.deepEqual(outputs(['a.jpg'], at('b.png')), [at('b.png')]);
    assert.deepEqual(outputs(['a.jpg'], at('b')), [at('b')]);
    assert.deepEqual(outputs(['x/a.jpg'], at('new/')), [at('new/a.png')]);
    assert.deepEqual(outputs(['a.b.webp'], folder), [at('a.b.png')]);
});

test('several pictures go into a folder', (context) => {
    const folder = temporaryFolder(context);
    assert.deepEqual(outputs(['x/a.jpg', 'b.png'], join(folder, 'new')), [
        join(folder, 'new/a.png'),
        join(folder, 'new/b.png'),
    ]);
    writeFileSync(join(folder, 'file.png'), '');
    assert.throws(() => outputs(['a.jpg', 'b.png'], join(folder, 'file.png')), /Expected a folder for -o/);
});

test('calls that cannot be meant are refused', (context) => {
    const folder = temporaryFolder(context);
    assert.throws(() => outputs([], 'b.png'), /at least one picture/);
    assert.throws(() => outputs(['a.png'], undefined), /Expected -o/);
    assert.throws(() => outputs(['a.png'], join(folder, 'b.jpg')), /ends in \.png for -o but received/);
    assert.throws(() => outputs(['a.png', 'x/a.jpg'], folder), /a\.png and x\/a\.jpg would both be written/);
});

test('an input is never overwritten, under whatever name', (context) => {
    const folder = temporaryFolder(context);
    const input = join(folder, 'a.png');
    writeFileSync(input, 'x');
    linkSync(input, join(folder, 'same.png'));
    mkdirSync(join(folder, 'sub'));
    for (const output of [input, folder, join(folder, 'sub/../a.png'), join(folder, 'same.png')]) {
        assert.throws(() => outputs([input], output), /would overwrite the input/, output);
    }
    assert.throws(() => outputs([join(folder, 'other.png'), input], folder), /would overwrite the input/);
});
