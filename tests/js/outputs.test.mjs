// Where the command line writes: folders, names, and that no input is ever overwritten.
import assert from 'node:assert/strict';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { test } from 'node:test';
import { planOutputs } from '../../js/cli/outputs.js';
import { temporaryFolder } from './support.mjs';

const onWindows = process.platform === 'win32' && 'needs a POSIX system';
const outputs = (...args) => planOutputs(...args).jobs.map(({ output }) => output);

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
    assert.deepEqual(outputs(['x/a.jpg', 'b.png'], join(folder, 'new')), [join(folder, 'new/a.png'), join(folder, 'new/b.png')]);
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
    assert.deepEqual(
        outputs([at('in')], at('in/large')),
        ['b.png', 'deep/a.b.png', 'deep/er/a.png'].map((name) => at(`in/large/${name}`)),
    );

    // a folder of a single picture still means a folder
    assert.deepEqual(outputs([at('in/deep/er')], at('new')), [at('new/a.png')]);
    assert.throws(() => outputs([at('in/deep/er')], at('c.gif')), /Expected a folder for -o/);
});

test('folders without pictures, and onto themselves, are said before the start', (context) => {
    const folder = temporaryFolder(context);
    const at = (name) => join(folder, name);
    for (const name of ['one', 'none']) mkdirSync(at(name));
    for (const name of ['one/a.png', 'none/read.me']) writeFileSync(at(name), '');
    assert.throws(() => outputs([at('none')], at('out')), /Expected pictures in the folder .*none but found none/);
    assert.throws(() => outputs([at('one')], at('one')), /would overwrite the input/);
});

test('names that meet are told apart by the extensions of the inputs, and by numbers where that does not do', (context) => {
    const folder = temporaryFolder(context);
    const named = (...names) => outputs(names, join(folder, 'out')).map((path) => relative(join(folder, 'out'), path));
    assert.deepEqual(named('anim.gif', 'anim.webp', 'b.jpg'), ['anim-gif.png', 'anim-webp.png', 'b.png']);
    assert.deepEqual(named('one/a.png', 'two/a.jpg', 'three/a'), ['a-png.png', 'a-jpg.png', 'a.png']);
    assert.deepEqual(named('one/a.png', 'two/a.png', 'three/a.png'), ['a-png.png', 'a-png-2.png', 'a-png-3.png']);
    // one that is called as another would be now
    assert.deepEqual(named('a.gif', 'a.webp', 'a-gif.png'), ['a-gif.png', 'a-webp.png', 'a-gif-png-2.png']);
    // to Windows and macOS these are the same
    assert.deepEqual(named('A.png', 'a.jpg'), ['A-png.png', 'a-jpg.png']);
    assert.deepEqual(named('A.png', 'x/a.png'), ['A-png.png', 'a-png-2.png']);
    assert.deepEqual(named('\u00e9.png', 'e\u0301.jpg'), ['\u00e9-png.png', 'e\u0301-jpg.png']);
    // the same picture twice is one
    assert.deepEqual(named('a.png', './a.png', 'a.png'), ['a.png']);
});

test('a file that would be called as a folder of another gets another name', (context) => {
    const folder = temporaryFolder(context);
    const at = (name) => join(folder, name);
    mkdirSync(at('in/a.png'), { recursive: true });
    for (const name of ['in/a.png/b.png', 'in/a.jpg']) writeFileSync(at(name), '');
    assert.deepEqual(outputs([at('in')], at('out')), [at('out/a-jpg.png'), at('out/a.png/b.png')]);
});

test('outputs that are links to one file are told apart', { skip: onWindows }, (context) => {
    const folder = temporaryFolder(context);
    const at = (name) => join(folder, name);
    mkdirSync(at('out'));
    symlinkSync('../one.png', at('out/a.png'));
    symlinkSync('../one.png', at('out/b.png'));
    assert.deepEqual(outputs(['a.jpg', 'b.jpg'], at('out')), [at('out/a-jpg.png'), at('out/b-jpg.png')]);
});

test('--name makes the names', (context) => {
    const folder = temporaryFolder(context);
    const facts = { scale: 4, model: 'pro', denoise: '3' };
    const named = (name, ...names) => outputs(names, `${folder}/`, { name, facts, format: 'jpg' }).map((path) => relative(folder, path));
    assert.deepEqual(named('{name}_{scale}x', 'a.b.png'), ['a.b_4x.jpg']);
    assert.deepEqual(named('{model}-{denoise} {name} {name}.{ext}', 'a.PNG'), ['pro-3 a a.PNG.jpg']);
    assert.deepEqual(named('{name}{ext}', 'a', '$&.png'), ['a.jpg', '$&png.jpg']);
    // an extension that is there is not doubled
    assert.deepEqual(named('{name}_2x.JPEG', 'a.png'), ['a_2x.jpg']);
    assert.deepEqual(named('{scale}{name}', 'a.png', 'a.gif'), ['4a-png.jpg', '4a-gif.jpg']);
    const wrong = {
        '': /\{name\} in it/,
        '{name}/{scale}': /without a folder/,
        '{nome}': /\{ext\}.* but not \{nome\}/,
        '{name}{': /braces/,
        '{}': /not \{\}/,
    };
    for (const [name, why] of Object.entries(wrong)) assert.throws(() => named(name, 'a.png'), why, name);
    assert.throws(() => outputs(['a.png'], join(folder, 'b.png'), { name: '{name}' }), /Expected a folder for -o with --name/);
});

test('a name is at most as long as file systems allow, in whole characters', (context) => {
    const folder = temporaryFolder(context);
    const stem = 'ü'.repeat(127); // 254 bytes
    const [one, two] = outputs([`${stem}.`, `${stem}x`], folder).map((path) => basename(path));
    for (const name of [one, two]) {
        assert.ok(Buffer.byteLength(name) <= 255, name);
        assert.match(name, /^ü{100,}.*\.png$/);
    }
    assert.notEqual(one, two);
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
    for (const several of ['-', '/dev/stdout'])
        assert.throws(() => outputs(['a.png', 'b.png'], several), /Expected a folder for -o .* is standard output/);
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
