// acg2vec tag --caption: files beside pictures, which are whole, and never overwritten unless that is asked for.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { convnetModels, expectedTags } from './convnet_files.mjs';
import { acg2vec, golden, makePng, readGolden, temporaryFolder } from './support.mjs';

const onWindows = process.platform === 'win32' && 'needs a POSIX system';
const PICTURE = readGolden('anime256.png');
const THRESHOLD = ['--threshold', '0.15'];
const MANY = 200; // pictures: tagging them takes long enough to be interrupted
const OTHER = makePng(40, 24, (x, y) => [6 * x, 10 * y, 90]);

const namesOf = (threshold) =>
    expectedTags(threshold)
        .filter(({ category }) => category !== 'rating')
        .map(({ name }) => name);
const CAPTION = `${namesOf(0.15).join(', ')}\n`;

/** A folder with the tiny DeepDanbooru, and one for pictures. */
function folders(context, pictures = { 'a.png': PICTURE }) {
    const root = temporaryFolder(context);
    for (const [path, bytes] of Object.entries(convnetModels().files)) {
        mkdirSync(dirname(join(root, 'models', path)), { recursive: true });
        writeFileSync(join(root, 'models', path), bytes);
    }
    const set = join(root, 'set');
    for (const [path, content] of Object.entries(pictures)) {
        mkdirSync(dirname(join(set, path)), { recursive: true });
        writeFileSync(join(set, path), content);
    }
    const run = (...args) => acg2vec(['tag', set, '--caption', ...THRESHOLD, '--models', join(root, 'models'), ...args]);
    return { root, set, run, read: (path) => readFileSync(join(set, path), 'utf8') };
}

const filesIn = (folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
        .sort();

test('a caption beside each picture of a folder and of the folders in it', async (context) => {
    const { set, run, read } = folders(context, { 'a.png': PICTURE, 'deep/er/b.c.png': PICTURE, 'deep/notes.md': '#' });
    const { status, stdout, stderr } = await run();
    assert.equal(status, 0, stderr);
    assert.deepEqual(stdout.trim().split('\n'), [join(set, 'a.txt'), join(set, 'deep/er/b.c.txt')]);
    assert.match(stderr, /^acg2vec: Passed over what is no picture that can be read: 1 \.md \(.*notes\.md\)\.\n$/);
    assert.deepEqual(filesIn(set), ['a.png', 'a.txt', 'deep/er/b.c.png', 'deep/er/b.c.txt', 'deep/notes.md']);
    assert.ok(namesOf(0.15).length > 1);
    for (const path of ['a.txt', 'deep/er/b.c.txt']) assert.equal(read(path), CAPTION);
});

test('the options of kohya reach the text, and thresholds by category choose the tags', async (context) => {
    const { run, read } = folders(context);
    const [general, character] = [0.15, 0.999];
    const names = expectedTags(general)
        .filter(({ category }) => category === 'general')
        .map(({ name }) => name);
    const [first, second, ...rest] = names;
    const rating = expectedTags(0).at(-1).name;
    const { status, stderr } = await run(
        ...['--general-threshold', String(general), '--character-threshold', String(character), '--rating', 'last'],
        ...[
            '--undesired-tags',
            first,
            '--tag-replacement',
            `${second},a\\,b`,
            '--caption-separator',
            '; ',
            '--caption-extension',
            '.caption',
        ],
        ...(rest.length ? ['--always-first-tags', `nowhere,${rest.at(-1)}`] : []),
    );
    assert.equal(status, 0, stderr);
    const ordered = rest.length ? [rest.at(-1), 'a,b', ...rest.slice(0, -1)] : ['a,b'];
    assert.equal(read('a.caption'), `${[...ordered, rating].join('; ')}\n`);
});

test('a caption that is there stays, is appended to, or is replaced', async (context) => {
    const { run, read } = folders(context, { 'a.png': PICTURE, 'a.txt': 'mine\n', 'b.png': PICTURE });
    const kept = await run();
    assert.equal(kept.status, 0, kept.stderr);
    assert.match(kept.stderr, /1 caption was there already and stays as it is \(--overwrite replaces, --append-tags adds\)\.\n$/);
    assert.deepEqual([basename(kept.stdout.trim()), read('a.txt'), read('b.txt')], ['b.txt', 'mine\n', CAPTION]);

    const told = await run('--json');
    assert.match(told.stderr, /2 captions were there already and stay as they are/);
    const lines = told.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    assert.deepEqual(
        lines.filter((line) => line.kept).map((line) => basename(line.caption)),
        ['a.txt', 'b.txt'],
    );

    assert.equal((await run('--append-tags')).status, 0);
    assert.deepEqual([read('a.txt'), read('b.txt')], [`mine, ${CAPTION}`, CAPTION]);
    await run('--append-tags');
    assert.equal(read('a.txt'), `mine, ${CAPTION}`);

    assert.equal((await run('--overwrite')).status, 0);
    assert.equal(read('a.txt'), CAPTION);
});

test('what is no text is not appended to', async (context) => {
    const { set, run } = folders(context, { 'a.png': PICTURE, 'a.txt': Buffer.from([0x61, 0xff, 0xfe]) });
    const { status, stderr } = await run('--append-tags');
    assert.equal(status, 1);
    assert.match(stderr, /Expected text in UTF-8 in the caption .*a\.txt but found something else/);
    assert.deepEqual(readFileSync(join(set, 'a.txt')), Buffer.from([0x61, 0xff, 0xfe]));
});

test('a picture that fails does not stop the others, and gets no caption', async (context) => {
    const { set, run } = folders(context, { 'a.png': PICTURE.subarray(0, 2000), 'b.png': PICTURE });
    const { status, stdout, stderr } = await run();
    assert.deepEqual([status, stdout], [1, `${join(set, 'b.txt')}\n`]);
    assert.match(stderr, /a\.png: The PNG file ends too early/);
    assert.deepEqual(filesIn(set), ['a.png', 'b.png', 'b.txt']);
});

test('two pictures cannot have one caption, and no picture becomes one', async (context) => {
    const { set, run, read } = folders(context, { 'a.jpg': PICTURE, 'a.png': OTHER, 'b.txt': PICTURE });
    for (const option of ['--overwrite', '--append-tags']) {
        const { status, stdout, stderr } = await run(option);
        assert.deepEqual([status, stdout], [1, `${join(set, 'a.txt')}\n`]);
        assert.match(stderr, /a\.png: The caption .*a\.txt is that of .*a\.jpg already: give one of the two another name\./);
        assert.match(stderr, /b\.txt: The caption .*b\.txt would be a picture's own file\./);
        assert.equal(read('a.txt'), CAPTION);
    }
    assert.deepEqual(readFileSync(join(set, 'b.txt')), PICTURE);
});

test('odd names', { skip: onWindows }, async (context) => {
    const odd = ['.a b', '日本 (1)', '..c', '-d', 'e\nf', "g'h\\i"];
    const { root, set, run, read } = folders(context, Object.fromEntries(odd.map((name) => [`x/${name}.png`, PICTURE])));
    const bytes = (name) => Buffer.concat([Buffer.from(`${set}/x/`), Buffer.from([0xff, 0x6a]), Buffer.from(name)]); // no UTF-8
    copyFileSync(golden('anime256.png'), bytes('.png'));
    const { status, stderr } = await run();
    assert.equal(status, 0, stderr);
    for (const name of odd.filter((each) => !each.startsWith('.'))) assert.equal(read(`x/${name}.txt`), CAPTION, name);
    assert.equal(readFileSync(bytes('.txt'), 'utf8'), CAPTION);
    const hidden = await acg2vec([
        'tag',
        join(set, 'x/.a b.png'),
        join(set, 'x/..c.png'),
        '--caption',
        ...THRESHOLD,
        '--models',
        join(root, 'models'),
    ]);
    assert.equal(hidden.status, 0, hidden.stderr);
    for (const name of ['.a b', '..c']) assert.equal(read(`x/${name}.txt`), CAPTION, name);
});

test('where nothing can be written: a sentence for each picture, and nothing is left', { skip: onWindows }, async (context) => {
    const { set, run } = folders(context, { 'a.png': PICTURE, 'b.png': PICTURE, 'c.png': PICTURE });
    mkdirSync(join(set, 'a.txt'));
    symlinkSync('/proc/version/x.txt', join(set, 'b.txt')); // below a file
    const { status, stdout, stderr } = await run();
    assert.deepEqual([status, stdout], [1, `${join(set, 'c.txt')}\n`]);
    assert.match(stderr, /a\.png: Expected a file for the output but .*a\.txt is a folder\./);
    assert.match(stderr, /b\.png: On the way to .*b\.txt there is a file where a folder should be\./);
    assert.deepEqual(filesIn(set), ['a.png', 'b.png', 'c.png', 'c.txt']);
});

test('a folder without permission', { skip: onWindows || (process.getuid() === 0 && 'root may write everywhere') }, async (context) => {
    const { set, run } = folders(context);
    chmodSync(set, 0o555);
    const { status, stderr } = await run();
    chmodSync(set, 0o755); // so that it can be removed
    assert.equal(status, 1);
    assert.match(stderr, /a\.png: There is no permission to use .*a\.txt\./);
});

test('the target of a symbolic link is replaced, the link stays', { skip: onWindows }, async (context) => {
    const { root, set, run, read } = folders(context);
    writeFileSync(join(root, 'elsewhere.txt'), 'old\n');
    symlinkSync('../elsewhere.txt', join(set, 'a.txt'));
    assert.equal((await run()).status, 0);
    assert.equal(read('a.txt'), 'old\n');
    assert.equal((await run('--overwrite')).status, 0);
    assert.equal(readFileSync(join(root, 'elsewhere.txt'), 'utf8'), CAPTION);
});

test('interrupted: captions are whole or not there, and the next run goes on', { skip: onWindows }, async (context) => {
    const pictures = Object.fromEntries(Array.from({ length: MANY }, (_, i) => [`${String(i).padStart(2, '0')}.png`, PICTURE]));
    const { set, run, read } = folders(context, pictures);
    const captions = () => readdirSync(set).filter((name) => name.endsWith('.txt'));
    const args = ['tag', set, '--caption', ...THRESHOLD, '--models', join(dirname(set), 'models')];
    for (const signal of ['SIGINT', 'SIGKILL']) {
        const before = captions().length;
        const stopped = await acg2vec(args, {
            async started(child) {
                while (child.exitCode === null && captions().length < before + 2) await sleep(1);
                child.kill(signal);
            },
        });
        assert.ok(stopped.status === 130 || stopped.signal === 'SIGKILL', `${stopped.status}`);
        assert.ok(captions().length < MANY, 'it was too fast to be interrupted');
        for (const name of captions()) assert.equal(read(name), CAPTION);
    }
    const { status, stderr } = await run();
    assert.equal(status, 0, stderr);
    assert.match(stderr, /captions were there already/);
    assert.equal(captions().length, MANY);
    assert.deepEqual(
        readdirSync(set).filter((name) => name.startsWith('.')),
        [],
        'parts of the killed run are removed',
    );
});

test('the forms of other programs, on standard output and as files', async (context) => {
    const { root, set, run, read } = folders(context);
    const printed = async (...args) => {
        const { status, stdout, stderr } = await acg2vec([
            'tag',
            join(set, 'a.png'),
            ...THRESHOLD,
            '--models',
            join(root, 'models'),
            ...args,
        ]);
        assert.equal(status, 0, stderr);
        return stdout;
    };
    const a1111 = JSON.parse(await printed('--format', 'a1111'));
    const all = expectedTags(0.15);
    assert.deepEqual(Object.keys(a1111.caption.tag), namesOf(0.15));
    assert.ok(Object.keys(a1111.caption.rating).length > 1, 'all ratings');
    assert.equal(Object.keys(a1111.caption.rating)[0], all.at(-1).name.replace('rating:', ''));

    const [danbooru] = JSON.parse(await printed('--format', 'danbooru'));
    assert.equal(danbooru.filename, join(set, 'a.png'));
    assert.deepEqual(
        Object.values(danbooru.tags),
        Object.values(danbooru.tags).toSorted((a, b) => b - a),
    );
    assert.equal(Object.keys(danbooru.tags).length, all.length);

    const hydrus = JSON.parse(await printed('--format', 'hydrus'));
    assert.deepEqual(hydrus.hashes, [createHash('sha256').update(PICTURE).digest('hex')]);
    assert.equal(hydrus.service_keys_to_tags['6c6f63616c2074616773'].length, all.length);
    assert.equal(await printed('--format', 'kohya'), CAPTION);

    assert.equal((await run('--format', 'a1111')).status, 0);
    assert.deepEqual(JSON.parse(read('a.json')), a1111);
    assert.equal((await run('--format', 'hydrus-sidecar')).status, 0);
    assert.equal(read('a.txt').split('\n').length, all.length + 1);
});

test('a folder without --caption: a line for each picture', async (context) => {
    const { root, set } = folders(context, { 'a.png': PICTURE, 'b/c.png': PICTURE });
    const { status, stdout, stderr } = await acg2vec(['tag', set, ...THRESHOLD, '--models', join(root, 'models')]);
    assert.equal(status, 0, stderr);
    const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    assert.deepEqual(
        lines.map(({ input }) => input),
        [join(set, 'a.png'), join(set, 'b/c.png')],
    );
});

test('wrong calls, before anything is read', async (context) => {
    const { set } = folders(context, { 'a.md': 'no picture' });
    const cases = [
        [['x.png', '--append-tags'], /Expected --caption with --append-tags/],
        [['x.png', '--format', 'kohya', '--overwrite'], /Expected --caption with --overwrite/],
        [['x.png', '--undesired-tags', 'a'], /Expected --caption or --format with --undesired-tags/],
        [['x.png', '--caption', '--append-tags', '--overwrite'], /Expected --overwrite or --append-tags but received both/],
        [['x.png', '--format', 'json'], /for format but received 'json'/],
        [['x.png', '--caption', '--format', 'danbooru', '--append-tags'], /Expected format kohya or hydrus-sidecar for existing/],
        [['x.png', '--caption', '--format', 'a1111', '--caption-separator', ','], /Expected format kohya for separator/],
        [['x.png', '--caption', '--caption-extension', 'txt'], /an ending with its dot/],
        [
            ['x.png', '--caption', '--caption-extension', '.JPG'],
            /Expected no picture's ending for --caption-extension but received '\.JPG'/,
        ],
        [['x.png', '--caption', '--rating', 'best'], /for rating but received 'best'/],
        [['x.png', '--caption', '--tag-replacement', 'a,b,c'], /Expected pairs like .* but received 'a,b,c'/],
        [['x.png', '--caption', '--tag-replacement', 'a,'], /Expected pairs like/],
        [['x.png', '--general-threshold', '2'], /from 0 to 1 for thresholds\.general but received 2/],
        [['x.png', '--character-threshold', 'high'], /for thresholds\.character but received 'high'/],
        [['-', '--caption'], /Expected files for --caption.* but received standard input/],
        [[set, '--caption'], /Expected pictures in the folder .* but found none/],
        [['--caption'], /Expected at least one picture but received none/],
    ];
    for (const [args, message] of cases) {
        const { status, stdout, stderr } = await acg2vec(['tag', ...args]);
        assert.deepEqual([status, stdout], [2, ''], `${args}: ${stderr}`);
        assert.match(stderr, message);
    }
});
