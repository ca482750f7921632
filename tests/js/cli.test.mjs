// The command line as a user runs it: results, exit status, and that a failure writes nothing and loses nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { findModel } from '../../js/models/manifest.js';
import { locateModelFile, modelFolders, readManifest } from '../../js/platform/node/weights.js';
import { acg2vec, CLI, compare, decodePng, golden, makePng, readGolden, ROOT, temporaryFolder, weightsMissing } from './support.mjs';

const skip = await weightsMissing([2]);
const testWithWeights = (name, body) => test(name, { skip }, body);
const tiny = makePng(5, 4, (x, y) => [50 * x, 60 * y, 7]);

/** Asserts that `text` is one line of words for a person, and that it matches. */
function assertSentence(text, pattern) {
    assert.match(text, /^acg2vec: [^\n]*[^.\n]\.\n$/);
    assert.doesNotMatch(text, /\n\s+at |undefined|\[object/);
    assert.match(text, pattern);
}

test('a wrong call has status 2 and a sentence, and writes nothing', async (context) => {
    const folder = temporaryFolder(context);
    const input = join(folder, 'a.png');
    const output = join(folder, 'out.png');
    writeFileSync(input, tiny);
    const upscale = (...args) => ['upscale', input, '-o', output, ...args];
    const cases = [
        [[], /Expected a command/],
        [['draw', 'x'], /received 'draw'/],
        [['upscale', '-o', output], /at least one picture/],
        [['upscale', input], /Expected -o/],
        [['upscale', input, '-o', input], /would overwrite the input/],
        [['upscale', input, '-o', join(folder, 'out.gif')], /ends in \.png/],
        [upscale('--scale', '5'), /for scale but received 5/],
        [upscale('--scale', 'two'), /for scale but received 'two'/],
        [upscale('--scale', '3', '--denoise', '2'), /3x: conservative, none, 3; .* but received '2' at 3x/],
        [upscale('--strength', '2'), /for strength but received 2/],
        [upscale('--tile', '8'), /for tile but received 8/],
        [upscale('--threads', '0'), /for threads but received 0/],
        [upscale('--sync', 'slow'), /exact, fast, off/],
        [upscale('--format', 'tiff'), /png, webp, jpg/],
        [upscale('--format', 'webp'), /\.webp/],
        [upscale('--quality', '0'), /1 to 100/],
        [upscale('--format', 'pixels'), /for --format/],
        [upscale('--sacle', '2'), /'--sacle'/],
        [['models'], /received nothing/],
        [['models', 'fetch'], /Expected ids/],
        [['models', 'fetch', 'realcugan/xx'], /received 'realcugan\/xx'/],
    ];
    for (const [args, pattern] of cases) {
        const { status, stdout, stderr } = await acg2vec(args);
        assert.equal(status, 2, args.join(' '));
        assert.equal(stdout, '');
        assertSentence(stderr, pattern);
    }
    assert.deepEqual(readdirSync(folder), ['a.png']);
});

test('help and version go to standard output', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const told = await acg2vec(['--version']);
    const [first, engine, ...more] = told.stdout.split('\n');
    assert.deepEqual({ ...told, stdout: first }, { status: 0, signal: null, stdout: version, stderr: '' });
    assert.match(engine, /^engine (relaxed|simd)(-threads)?, \d+ threads?; Node \d+\.\d+\.\d+$/);
    assert.deepEqual(more, ['']);
    assert.match((await acg2vec(['--help'])).stdout, /^Usage: acg2vec /);
    for (const command of ['upscale', 'score', 'tag', 'classify', 'embed', 'models', 'completion']) {
        const { status, stdout } = await acg2vec([command, '--help']);
        assert.equal(status, 0);
        assert.match(stdout, /^Usage: acg2vec /);
        assert.match(stdout, new RegExp(`\\nExamples:\\n.*acg2vec ${command} `));
    }
    assert.match((await acg2vec(['models', '-h'])).stdout, /^Usage: acg2vec models/);
});

test('models path and list tell where weights are', async (context) => {
    const cache = temporaryFolder(context);
    const env = { XDG_CACHE_HOME: cache, ACG2VEC_MODELS: '' };
    assert.equal((await acg2vec(['models', 'path'], { env })).stdout, `${join(cache, 'acg2vec/models')}\n`);
    // as the XDG Base Directory Specification wants it: "If an implementation encounters a relative path […] it should consider the path
    // invalid and ignore it."
    for (const relative of ['some/cache', '']) {
        const { stdout } = await acg2vec(['models', 'path'], { env: { XDG_CACHE_HOME: relative, HOME: cache } });
        assert.equal(stdout, `${join(cache, '.cache/acg2vec/models')}\n`);
    }
    const { stdout } = await acg2vec(['models', 'list', '--json'], { env });
    const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    assert.deepEqual(
        lines.map(({ id }) => id),
        (await readManifest()).models.map(({ id }) => id),
    );
    assert.deepEqual(
        lines.find(({ id }) => id === 'dclip/text'),
        {
            id: 'dclip/text',
            bytes: 164249879,
            licence: 'none stated',
            state: 'not here: fetch gets it (https://huggingface.co/OysterQAQ/DanbooruCLIP, 1.71 GB)',
        },
    );
    assert.deepEqual(lines[1], { id: 'realcugan/se/up2x-no-denoise', bytes: 2578409, licence: 'MIT', state: 'not here' });
    assert.equal((await acg2vec(['models', 'verify', 'realcugan/se'], { env })).status, 1);
});

test('patterns with * and ? stand for the pictures that they fit, a URL for what it has', async (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, 'in'));
    const picture = makePng(5, 4, (x, y) => [x * 40, y * 50, 9]);
    for (const name of ['b.png', 'a.png', '.hidden.png', 'c.txt', 'what?.png']) writeFileSync(join(folder, 'in', name), picture);
    const named = async (...args) => {
        const { stdout, stderr, status } = await acg2vec(['upscale', ...args, '-o', 'out/', '--dry-run', '--json'], { cwd: folder });
        return {
            lines: stdout
                .trim()
                .split('\n')
                .map((line) => JSON.parse(line).output),
            stderr,
            status,
        };
    };
    assert.deepEqual((await named('in/*.png')).lines, ['out/a.png', 'out/b.png', 'out/what?.png']);
    assert.deepEqual((await named('i*/?.png', join(folder, 'in', 'what?.png'))).lines, ['out/a.png', 'out/b.png', 'out/what?.png']);
    const none = await acg2vec(['upscale', 'in/*.gif', '-o', 'out/'], { cwd: folder });
    assert.equal(none.status, 1);
    assertSentence(none.stderr, /in\/\*\.gif: There is no such file/);
    const server = createServer((request, response) =>
        request.url === '/two%20words.png?x=1' ? response.end(picture) : response.writeHead(404).end(),
    );
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    context.after(() => server.close());
    const base = `http://127.0.0.1:${server.address().port}`;
    const found = await named(`${base}/none.png`, `${base}/two%20words.png?x=1`);
    assert.equal(found.status, 1);
    assert.match(found.stderr, /none\.png could not be fetched: the server answered 404/);
    assert.deepEqual(found.lines.filter(Boolean), ['out/two words.png']);
});

test('shells complete commands and options', async () => {
    const { stdout: script } = await acg2vec(['completion', 'bash']);
    const complete = (...words) => {
        const ask = `COMP_WORDS=(acg2vec ${words.join(' ')}); COMP_CWORD=${words.length}; _acg2vec; echo "\${COMPREPLY[@]}"`;
        return spawnSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' }).stdout.trim();
    };
    assert.equal(complete('up'), 'upscale');
    assert.equal(complete('upscale', '--sc'), '--scale');
    assert.equal(complete('tag', '--caption-e'), '--caption-extension');
    assert.equal(complete('upscale', 'pic'), ''); // files are the shell's
    for (const shell of ['zsh', 'fish']) assert.match((await acg2vec(['completion', shell])).stdout, /upscale/);
    assert.equal((await acg2vec(['completion', 'csh'])).status, 2);
});

test('models that are converted are checked by the SHA-256 beside them, and cleared', async (context) => {
    const cache = temporaryFolder(context);
    const env = { XDG_CACHE_HOME: cache, ACG2VEC_MODELS: '' };
    const path = join(cache, 'acg2vec/models/pix2score/model.safetensors');
    const models = async (...args) => {
        const { status, stdout } = await acg2vec(['models', ...args, 'pix2score', '--json'], { env });
        return { status, ...JSON.parse(stdout) };
    };
    const missing = await models('fetch');
    assert.equal(missing.status, 1);
    assert.match(missing.state, /^Only a person may fetch pix2score: download it from https:\/\/github\.com/);
    assert.equal((await models('clear')).state, 'not here');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'abc');
    assert.match((await models('verify')).state, /^not checked: there is no .*model\.safetensors\.sha256/);
    const sha256 = createHash('sha256').update('abc').digest('hex');
    writeFileSync(`${path}.sha256`, `${sha256}  model.safetensors\n`);
    assert.deepEqual(await models('verify'), { status: 0, id: 'pix2score', state: 'ok' });
    assert.equal((await models('fetch')).state, 'is there');
    writeFileSync(path, 'abd');
    const damaged = await models('verify');
    assert.equal(damaged.status, 1);
    assert.ok(damaged.state.includes(sha256), damaged.state);
    const cleared = await models('clear');
    assert.equal(cleared.state, 'cleared');
    assert.ok(cleared.bytes > 3);
    assert.deepEqual(readdirSync(dirname(path)), []);
});

test('results that cannot be written are said', { skip: !existsSync('/dev/full') && 'there is no /dev/full' }, () => {
    const { status, stderr } = spawnSync('sh', ['-c', 'exec "$0" "$1" models list > /dev/full', process.execPath, CLI], {
        encoding: 'utf8',
    });
    assert.equal(status, 1);
    assertSentence(stderr, /The results could not be written: There is no room left on the disk that holds standard output/);
});

test('a reader that leaves early, as head does, is no error', async () => {
    const { stderr } = await acg2vec(['models', 'list'], { started: (child) => child.stdout.destroy() });
    assert.equal(stderr, '');
});

describe('acg2vec upscale', () => {
    testWithWeights('writes the golden picture, says where, and leaves nothing else', async (context) => {
        const folder = temporaryFolder(context);
        const output = join(folder, 'out.png');
        const { status, stdout, stderr } = await acg2vec(['upscale', golden('anime256.png'), '-o', output]);
        assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: `${output}\n`, stderr: '' });
        const { psnr, maxDiff } = compare(decodePng(readFileSync(output)).data, decodePng(readGolden('up2x-conservative.png')).data);
        assert.ok(psnr >= 60 && maxDiff <= 1, `PSNR ${psnr} dB, largest difference ${maxDiff}`);
        assert.deepEqual(readdirSync(folder), ['out.png']);
    });

    testWithWeights('pictures that cannot be read are said, one sentence each, and the others are done', async (context) => {
        const folder = temporaryFolder(context);
        const zero = Buffer.from(tiny);
        zero.fill(0, 16, 24);
        zero.writeUInt32BE(crc32(zero.subarray(12, 29)), 29);
        const bad = {
            'empty.png': Buffer.alloc(0),
            'truncated.png': readGolden('anime256.png').subarray(0, 9000),
            'zero.png': zero,
            'text.png': Buffer.from('This is no picture.\n'),
        };
        for (const [name, bytes] of Object.entries(bad)) writeFileSync(join(folder, name), bytes);
        writeFileSync(join(folder, 'good.png'), tiny);
        const names = [...Object.keys(bad), 'missing.png', 'good.png'];
        const out = join(folder, 'out');
        const { status, stdout, stderr } = await acg2vec(['upscale', ...names.map((name) => join(folder, name)), '-o', out]);
        assert.equal(status, 1);
        assert.equal(stdout, `${join(out, 'good.png')}\n`);
        const sentences = stderr.trimEnd().split('\n');
        assert.equal(sentences.length, 5, stderr);
        sentences.forEach((line, i) => assertSentence(`${line}\n`, new RegExp(`${names[i]}: [A-Z].{10}`)));
        assert.deepEqual(readdirSync(out), ['good.png']);
        const { width, height } = decodePng(readFileSync(join(out, 'good.png')));
        assert.deepEqual([width, height], [10, 8]);
    });

    testWithWeights('nothing is written, not even a folder, when the only picture is bad', async (context) => {
        const folder = temporaryFolder(context);
        writeFileSync(join(folder, 'text.png'), 'text');
        const { status, stdout } = await acg2vec(['upscale', join(folder, 'text.png'), '-o', join(folder, 'out/'), '--json']);
        assert.equal(status, 1);
        const { input, error } = JSON.parse(stdout);
        assert.equal(input, join(folder, 'text.png'));
        assert.equal(error.code, 'BAD_FORMAT');
        assert.deepEqual(readdirSync(folder), ['text.png']);
    });

    testWithWeights('an existing output stays as it is when the work fails', async (context) => {
        const folder = temporaryFolder(context);
        writeFileSync(join(folder, 'bad.png'), readGolden('anime256.png').subarray(0, 9000));
        writeFileSync(join(folder, 'out.png'), 'as it was');
        const { status } = await acg2vec(['upscale', join(folder, 'bad.png'), '-o', join(folder, 'out.png')]);
        assert.equal(status, 1);
        assert.equal(readFileSync(join(folder, 'out.png'), 'utf8'), 'as it was');
    });

    testWithWeights('a folder of models that does not exist, and a model with a flipped byte, are said', async (context) => {
        const folder = temporaryFolder(context);
        const input = join(folder, 'a.png');
        writeFileSync(input, tiny);
        const run = (models, env) =>
            acg2vec(['upscale', input, '-o', join(folder, 'out.png'), '--denoise', '3', '--models', models], { env }); // not in the package

        const missing = await run(join(folder, 'nowhere'));
        assert.equal(missing.status, 1);
        assertSentence(missing.stderr, /Expected a folder with models at .*nowhere but there is none/);

        const models = join(folder, 'models');
        mkdirSync(join(models, 'realcugan/se'), { recursive: true });
        const { files } = findModel(await readManifest(), { model: 'se', scale: 2, denoise: '3' });
        for (const file of files) copyFileSync(await locateModelFile(file, await modelFolders()), join(models, file.path));
        assert.equal((await run(models)).status, 0);
        const weights = join(models, 'realcugan/se/up2x-denoise3x.bin');
        const bytes = readFileSync(weights);
        bytes[1000000] ^= 1;
        writeFileSync(weights, bytes);
        // the next place has it
        const flipped = await run(models);
        assert.equal(flipped.status, 0);
        const said = /up2x-denoise3x\.bin .*expected SHA-256 [0-9a-f]{64} but found [0-9a-f]{64}/;
        assertSentence(flipped.stderr, new RegExp(`${said.source}\\. It was passed over`));
        // none has it, and no program can fetch it
        writeFileSync(join(folder, 'out.png'), 'as it was');
        const env = { PATH: '', XDG_CACHE_HOME: join(folder, 'cache'), ACG2VEC_MODELS: '' };
        const alone = await run(models, env);
        assert.equal(alone.status, 1);
        assertSentence(alone.stderr, said);
        assert.equal(readFileSync(join(folder, 'out.png'), 'utf8'), 'as it was');
    });

    testWithWeights('--json gives one line for each picture', async (context) => {
        const folder = temporaryFolder(context);
        const input = join(folder, 'a.png');
        writeFileSync(input, tiny);
        const { stdout } = await acg2vec(['upscale', input, '-o', join(folder, 'new/'), '--json', '--threads', '1', '--denoise', '3']);
        const { timings, tiles, heap, ...line } = JSON.parse(stdout);
        assert.deepEqual(line, { input, output: join(folder, 'new/a.png'), width: 10, height: 8, frames: 1, grey: false, warnings: [] });
        assert.ok(timings.totalMs > 0);
        assert.equal(tiles.plan, 'whole');
        assert.ok(heap > tiles.memory, 'bytes of the engine in all');
    });

    testWithWeights('--dry-run tells what it would take and writes nothing', async (context) => {
        const folder = temporaryFolder(context);
        writeFileSync(join(folder, 'a.png'), tiny);
        const out = join(folder, 'out.png');
        const args = ['upscale', join(folder, 'a.png'), '-o', out, '--dry-run'];
        const { status, stdout } = await acg2vec(args);
        assert.equal(status, 0);
        assert.match(stdout, /out\.png: 10 x 8, one tile, about 0:\d\d.*, \d+ MiB of memory\n$/);
        const { width, height, tiles, ms, msFrom, memory, ...names } = JSON.parse((await acg2vec([...args, '--json'])).stdout);
        assert.deepEqual([width, height, tiles.plan], [10, 8, 'whole']);
        assert.ok(ms > 0 && memory > tiles.memory && ['work', 'trial'].includes(msFrom));
        assert.deepEqual(names, { input: join(folder, 'a.png'), output: out, channels: 3, frames: 1, grey: false, warnings: [] });
        assert.deepEqual(readdirSync(folder), ['a.png']);
    });

    testWithWeights('a folder is done with its folders; one picture that fails does not stop the others', async (context) => {
        const folder = temporaryFolder(context);
        mkdirSync(join(folder, 'in/sub'), { recursive: true });
        writeFileSync(join(folder, 'in/bad.png'), 'text');
        writeFileSync(join(folder, 'in/sub/good.png'), tiny);
        const out = join(folder, 'out');
        const { status, stdout } = await acg2vec(['upscale', join(folder, 'in'), join(folder, 'gone.png'), '-o', out, '--json']);
        assert.equal(status, 1);
        const lines = stdout
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line));
        assert.deepEqual(
            lines.map(({ error, output }) => error?.code ?? output),
            ['BAD_FORMAT', join(out, 'sub/good.png'), 'ENOENT'],
        );
        assert.deepEqual(readdirSync(out, { recursive: true }).sort(), ['sub', join('sub', 'good.png')]);
    });

    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
        testWithWeights(`${signal} stops the work and leaves nothing behind`, async (context) => {
            const folder = temporaryFolder(context);
            const args = ['upscale', golden('anime256.png'), '-o', join(folder, 'out.png'), '--tile', '16', '--threads', '1'];
            const { status } = await acg2vec(args, {
                async started(child) {
                    while (child.exitCode === null && readdirSync(folder).length === 0) await sleep(2);
                    child.kill(signal);
                },
            });
            assert.equal(status, 130);
            assert.deepEqual(readdirSync(folder), []);
            assert.ok(!existsSync(join(folder, 'out.png')));
        });
    }
});
