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

test('of a folder, all pictures below it, in the same folders', (context) => {
    const folder = temporaryFolder(context);
    const at = (name) => join(folder, name);
    mkdirSync(at('in/deep/er'), { recursive: true });
    for (const name of ['in/b.JPG', 'in/notes.txt', 'in/deep/er/a.webp', 'in/deep/a.b.png', 'c.gif']) writeFileSync(at(name), '');
    const expected = ['out/b.png', 'out/deep/a.b.png', 'out/deep/er/a.png', 'out/c.png'].map(at);
    assert.deepEqual(outputs([at('in'), at('c.gif')], at('out')), expected);

    // an output folder in the input folder: what an earlier run wrote there is no input
    mkdirSync(at('in/large'));
    writeFileSync(at('in/large/b.png'), '');
    assert.deepEqual(outputs([at('in')], at('in/large')), ['b.png', 'deep/a.b.png', 'deep/er/a.png'].map((name) => at(`in/large/${name}`)));

    // a folder of a single picture still means a folder
    assert.deepEqual(outputs([at('in/deep/er')], at('new')), [at('new/a.png')]);
    assert.throws(() => outputs([at('in/deep/er')], at('c.gif')), /Expected a folder for -o/);
});

test('names that meet, and folders without pictures, are said before the start', (context) => {
    const folder = temporaryFolder(context);
    const at = (name) => join(folder, name);
    for (const name of ['one', 'two', 'none']) mkdirSync(at(name));
    for (const name of ['one/a.png', 'two/a.jpg', 'none/read.me']) writeFileSync(at(name), '');
    assert.throws(() => outputs([at('one'), at('two')], at('out')), /one\/a\.png and .*two\/a\.jpg would both be written/);
    assert.throws(() => outputs([at('none')], at('out')), /Expected pictures in the folder .*none but found none/);
    assert.throws(() => outputs([at('one')], at('one')), /would overwrite the input/);
});

test('a file where a folder should be is said', (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, 'file'), '');
    for (const below of ['file/x.png', 'file/deep/x.png', 'file/deep/']) {
        assert.throws(() => outputs(['a.png'], join(folder, below)), /Expected a folder for -o but .*file is a file/, below);
    }
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
