// What is in folders: pictures by their first bytes, whatever they are called, and a word about all that is passed over.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { findPictures } from '../../js/cli/folders.js';
import { acg2vec, CLI, decodePng, makePng, temporaryFolder, weightsMissing } from './support.mjs';

const onWindows = process.platform === 'win32' && 'needs a POSIX system';
const skip = onWindows || (await weightsMissing([2]));
const PICTURE = makePng(5, 4, (x, y) => [50 * x, 60 * y, 7]);

// the first bytes of files of each kind, as their formats say
const BEGINNINGS = {
    png: '\x89PNG\r\n\x1a\n\0\0\0\rIHDR',
    jfif: '\xff\xd8\xff\xe0\0\x10JFIF\0',
    jpe: '\xff\xd8\xff\xe1\0\x10Exif\0\0',
    gif87: 'GIF87a\x01\0\x01\0',
    gif: 'GIF89a\x01\0\x01\0',
    webp: 'RIFF\x24\0\0\0WEBPVP8 ',
    dib: 'BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0',
    os2: 'BM\x3a\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0',
    psd: '8BPS\0\x01\0\0\0\0\0\0',
    ppm: 'P6\n# made by hand\n1 1\n255\nabc',
    pgm: 'P5 1 1 255 a',
    pbm: 'P4 1 1 a',
};
const OTHERS = {
    tif: 'II*\0\x08\0\0\0',
    ico: '\0\0\x01\0\x01\0',
    svg: '<svg xmlns="http://www.w3.org/2000/svg"/>',
    wav: 'RIFF\x24\0\0\0WAVEfmt ',
    txt: 'BM is how a text may begin, too.',
    md: 'P6 is a paragraph',
};

function fill(folder, files) {
    for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), typeof content === 'string' ? Buffer.from(content, 'latin1') : content);
    }
}

function find(folder, output = join(folder, 'no output')) {
    const { inputs, passedOver, unread } = findPictures([folder], output);
    const shorten = (path) => relative(folder, path);
    return {
        names: inputs.map(({ name }) => name),
        passedOver: passedOver.map(({ path, kind }) => `${shorten(path)}: ${kind}`),
        unread: unread.map(({ input }) => shorten(input)),
    };
}

test('pictures are told by their first bytes, under any name and under none', (context) => {
    const folder = temporaryFolder(context);
    for (const [name, bytes] of Object.entries(BEGINNINGS)) fill(folder, { [name]: bytes, [`${name}.odd`]: bytes, [`x.${name}`]: bytes });
    const { names, passedOver } = find(folder);
    assert.equal(names.length, 3 * Object.keys(BEGINNINGS).length);
    assert.deepEqual(passedOver, []);
});

test('what is called as a picture is one, so that a damaged one is said; what is neither is passed over with a word', (context) => {
    const folder = temporaryFolder(context);
    const claims = ['a.png', 'b.JPG', 'c.jfif', 'd.webp', 'e.tga', 'f.psd', 'g.pgm', 'h.dib', 'i.pnm'];
    for (const name of claims) fill(folder, { [name]: 'text' });
    for (const [name, bytes] of Object.entries(OTHERS)) fill(folder, { [`x.${name.toUpperCase()}`]: bytes, [name]: bytes });
    fill(folder, { empty: '' });
    const { names, passedOver } = find(folder);
    assert.deepEqual(names, claims);
    const kinds = Object.keys(OTHERS).flatMap((name) => [`x.${name.toUpperCase()}: .${name}`, `${name}: without an extension`]);
    assert.deepEqual(passedOver.sort(), [...kinds, 'empty: without an extension'].sort());
});

test('hidden ones, links to folders, pipes, sockets and devices are passed over; a link to a picture is one', {
    skip: onWindows,
}, (context) => {
    const folder = temporaryFolder(context);
    fill(folder, {
        '._a.png': PICTURE,
        '.hidden.png': PICTURE,
        '.thumbnails/t.png': PICTURE,
        'sub/.git/x.png': PICTURE,
        'sub/a.png': PICTURE,
    });
    fill(folder, { '.acg2vec-00000000-1-1-0123456789abcdef.part': PICTURE });
    for (const [name, target] of Object.entries({ circle: '.', 'link.png': 'sub/a.png', 'gone.txt': 'no', 'null.png': '/dev/null' }))
        symlinkSync(target, join(folder, name));
    execFileSync('mkfifo', [join(folder, 'pipe.png')]);
    const { names, passedOver } = find(folder);
    assert.deepEqual(names, ['link.png', 'sub/a.png']);
    const expected = [
        '._a.png: hidden',
        '.hidden.png: hidden',
        '.thumbnails: hidden',
        'circle: link to a folder',
        'gone.txt: link to nothing',
        'null.png: device',
    ];
    assert.deepEqual(passedOver.sort(), [...expected, 'pipe.png: pipe', 'sub/.git: hidden'].sort());
    // named, they are taken
    for (const name of ['._a.png', '.hidden.png']) assert.equal(findPictures([join(folder, name)], 'x').inputs.length, 1);
    assert.deepEqual(find(join(folder, '.thumbnails')).names, ['t.png']);
});

test('a folder that cannot be read is told, and the rest is found', { skip: onWindows }, (context) => {
    const folder = folderWithAnUnreadable(context);
    fill(folder, { 'a.png': PICTURE, 'z/b.png': PICTURE });
    const { names, unread } = find(folder);
    assert.deepEqual(names, ['a.png', 'z/b.png']);
    assert.equal(unread.length, 1);
    assert.match(unread[0], /^deep/);
});

/** With a folder in a folder and so on, until the path is too long for the system: root cannot read that either. */
function folderWithAnUnreadable(context) {
    // before the folder's own end, which cannot remove these
    context.after(() => spawnSync('rm', ['-rf', join(folder, 'deep')]));
    const folder = temporaryFolder(context);
    const script = `mkdir deep && cd deep && for i in ${'x '.repeat(20)}; do mkdir "$0" && cd -P "$0" || exit 1; done`;
    assert.equal(spawnSync('sh', ['-c', script, 'd'.repeat(250)], { cwd: folder }).status, 0);
    return folder;
}

describe('acg2vec upscale of a folder', { skip }, () => {
    const run = (folder, ...args) => acg2vec(['upscale', ...args], { cwd: folder });

    test('both of two files with one name are enlarged', async (context) => {
        const folder = temporaryFolder(context);
        fill(folder, { 'in/anim.gif': PICTURE, 'in/anim.webp': PICTURE, 'in/b.png': PICTURE });
        const { status, stdout, stderr } = await run(folder, 'in', '-o', 'out');
        assert.deepEqual([status, stdout, stderr], [0, 'out/anim-gif.png\nout/anim-webp.png\nout/b.png\n', '']);
        assert.deepEqual(readdirSync(join(folder, 'out')), ['anim-gif.png', 'anim-webp.png', 'b.png']);
        assert.equal(
            (await run(folder, 'in', '-o', 'out', '--name', '{name}.{ext}_{scale}x')).stdout,
            'out/anim.gif_2x.png\nout/anim.webp_2x.png\nout/b.png_2x.png\n',
        );
    });

    test('what is passed over is said in one line, by names if they are few, and in one line of JSON', async (context) => {
        const folder = temporaryFolder(context);
        fill(folder, { 'in/noext': PICTURE, 'in/t.tif': OTHERS.tif, 'in/s.svg': OTHERS.svg, 'in/.x.png': PICTURE });
        const { status, stdout, stderr } = await run(folder, 'in', '-o', 'out', '--json');
        assert.equal(status, 0);
        assert.equal(
            stderr,
            'acg2vec: Passed over what is no picture that can be read: 1 .svg (in/s.svg), 1 .tif (in/t.tif), 1 hidden (in/.x.png).\n',
        );
        const [told, result] = stdout
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line));
        assert.deepEqual(told, {
            passedOver: [
                { path: 'in/.x.png', kind: 'hidden' },
                { path: 'in/s.svg', kind: '.svg' },
                { path: 'in/t.tif', kind: '.tif' },
            ],
        });
        assert.equal(result.output, 'out/noext.png');
        for (let i = 0; i < 12; i++) fill(folder, { [`in/${i}.tif`]: OTHERS.tif });
        assert.match((await run(folder, 'in', '-o', 'out')).stderr, /: 1 \.svg, 13 \.tif, 1 hidden\.\n$/);
    });

    test('a folder in it that cannot be read is said, the rest is done, and the status is 1', async (context) => {
        const folder = folderWithAnUnreadable(context);
        fill(folder, { 'a.png': PICTURE });
        const { status, stdout, stderr } = await run(folder, '.', '-o', 'out', '--json');
        const [failed, done] = stdout
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line));
        assert.deepEqual([status, failed.error.code, done.output], [1, 'ENAMETOOLONG', 'out/a.png']);
        assert.match(stderr, /^acg2vec: deep\/d[^\n]*: [A-Z][^\n]* is too long for the system[^\n]*\.\n$/);
    });

    test('names that are as long as they may be', async (context) => {
        const folder = temporaryFolder(context);
        const names = [`${'a'.repeat(251)}.png`, 'b'.repeat(255), `${'c'.repeat(245)}.jfif`];
        for (const name of names) fill(folder, { [`in/${name}`]: PICTURE });
        const { status, stderr } = await run(folder, 'in', '-o', 'out');
        assert.deepEqual([status, stderr], [0, '']);
        assert.deepEqual(readdirSync(join(folder, 'out')), [names[0], `${'b'.repeat(251)}.png`, `${'c'.repeat(245)}.png`]);
    });

    test('names that are not UTF-8, in folders and as arguments', {
        skip: !existsSync('/proc/self/cmdline') && 'names are bytes on Linux only',
    }, (context) => {
        const folder = temporaryFolder(context);
        const bytes = (...parts) => Buffer.concat([Buffer.from(`${folder}/`), ...parts.map((part) => Buffer.from(part))]);
        mkdirSync(bytes('in/', [0xe9]), { recursive: true });
        writeFileSync(bytes('in/caf', [0xe9], '.jpg'), PICTURE);
        writeFileSync(bytes('in/', [0xe9], '/', [0xff, 0xfe]), PICTURE);
        const shell = (script) => spawnSync('sh', ['-c', script, process.execPath, CLI], { cwd: folder });
        const all = shell('exec "$0" "$1" upscale in -o out');
        assert.deepEqual([all.status, String(all.stderr)], [0, '']);
        assert.ok(
            all.stdout.equals(
                Buffer.concat([Buffer.from('out/caf\xe9.png\n', 'latin1'), Buffer.from('out/\xe9/\xff\xfe.png\n', 'latin1')]),
            ),
            all.stdout.toString('latin1'),
        );
        for (const name of [bytes('out/caf', [0xe9], '.png'), bytes('out/', [0xe9], '/', [0xff, 0xfe], '.png')])
            assert.equal(decodePng(readFileSync(name)).width, 10);
        // one as an argument, of which Node itself gives U+FFFD
        const one = shell(`exec "$0" "$1" upscale in/caf*.jpg -o "$(printf 'out/\\351\\351.png')"`);
        assert.deepEqual([one.status, String(one.stderr)], [0, '']);
        assert.equal(decodePng(readFileSync(bytes('out/', [0xe9, 0xe9], '.png'))).width, 10);
        // in JSON as Python writes them
        const json = JSON.parse(String(shell('exec "$0" "$1" upscale in/caf*.jpg -o large/ --json').stdout));
        assert.deepEqual([json.input, json.output], ['in/caf\udce9.jpg', 'large/caf\udce9.png']);
        const gone = shell(`exec "$0" "$1" upscale "$(printf 'no\\351.png')" -o large/`);
        assert.ok(gone.stderr.equals(Buffer.from('acg2vec: no\xe9.png: There is no such file.\n', 'latin1')));
    });
});
