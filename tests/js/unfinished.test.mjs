// What killed processes leave: told from what a running one is writing, also where computers share a folder, and removed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from '../../js/platform/node/cache_folder.js';
import { OutputFile } from '../../js/cli/output_file.js';
import { readPackage } from '../../js/platform/node/package_source.js';
import {
    isAbandoned,
    isTemporary,
    removeAbandoned,
    temporaryBeside,
    temporaryToken,
    writeWhole,
} from '../../js/platform/node/temporary.js';
import { acg2vec, decodePng, golden, makePng, temporaryFolder, tokenOfKilled, weightsMissing } from './support.mjs';

const skip = await weightsMissing([2]);
const knowsProcesses = existsSync('/proc/self/ns/pid');
const onlyLinux = !knowsProcesses && 'tells processes apart on Linux only';
const DAYS = 24 * 3600;

/** A name of a process of another computer, with a number that is in use here. */
const elsewhere = () => temporaryToken().replace(/^[0-9a-f]{8}/, (ours) => (ours === '00000000' ? '11111111' : '00000000'));
/** A name of a process that had the number of this one before. */
const before = () => temporaryToken().replace(/^(\w+-\d+)-\d+/, '$1-1');

function put(folder, token, days = 0) {
    const path = join(folder, `.acg2vec-${token}.part`);
    writeFileSync(path, 'part');
    const then = Date.now() / 1000 - days * DAYS;
    utimesSync(path, then, then);
    return path;
}

test('names are random, short, beside the file, and known again', () => {
    const long = `/some/where/${'x'.repeat(255)}`;
    const [one, two] = [temporaryBeside(long), temporaryBeside(long)];
    assert.notEqual(one, two);
    for (const path of [one, two]) {
        assert.match(path, /^\/some\/where\/\.acg2vec-[0-9a-f]{8}-\d+-\d+-[0-9a-f]{16}\.part$/);
        assert.ok(basename(path).length < 100 && isTemporary(basename(path)));
    }
    for (const name of ['x.part', '.acg2vec-1.part', '.acg2vec-notes', `${basename(one)}.png`]) assert.ok(!isTemporary(name), name);
});

test('of a process that is gone: at once', { skip: onlyLinux }, (context) => {
    const folder = temporaryFolder(context);
    assert.ok(isAbandoned(put(folder, tokenOfKilled())));
    assert.ok(isAbandoned(put(folder, before())));
});

test('of a process that waits to be buried by its parent: at once', { skip: onlyLinux }, async (context) => {
    // a shell that does not wait for its child, which has told its name
    const script = `import('${new URL('../../js/platform/node/temporary.js', import.meta.url)}').then((module) => console.log(module.temporaryToken()))`;
    const shell = spawn('sh', ['-c', '"$0" -e "$1" & exec sleep 100', process.execPath, script]);
    context.after(() => shell.kill('SIGKILL'));
    const token = await new Promise((resolve) => shell.stdout.on('data', (data) => resolve(String(data).trim())));
    const path = put(temporaryFolder(context), token);
    const state = () => readFileSync(`/proc/${token.split('-')[1]}/stat`, 'latin1').split(') ')[1][0];
    while (state() !== 'Z') await sleep(5);
    assert.ok(isAbandoned(path));
});

test('of a running process, of one elsewhere, or of nobody: only if it was not touched for a day', (context) => {
    const folder = temporaryFolder(context);
    for (const token of [temporaryToken(), elsewhere()]) {
        assert.ok(!isAbandoned(put(folder, token, 0.9)));
        assert.ok(isAbandoned(put(folder, token, 1.1)));
        assert.ok(!isAbandoned(put(folder, token, -3)), 'a clock that is ahead');
    }
    writeFileSync(join(folder, 'npm-XyZ012'), '');
    assert.ok(!isAbandoned(join(folder, 'npm-XyZ012')));
    assert.ok(!isAbandoned(join(folder, 'gone')));
});

test('only what has such a name is removed, and no error comes of what cannot be', (context) => {
    const folder = temporaryFolder(context);
    for (const token of [temporaryToken(), elsewhere()]) put(folder, token);
    put(folder, elsewhere(), 2);
    for (const name of ['x.png.4711.part', 'notes.txt', '.acg2vec-1-2.part']) {
        writeFileSync(join(folder, name), '');
        utimesSync(join(folder, name), 1, 1);
    }
    const all = readdirSync(folder).length;
    removeAbandoned(folder);
    assert.equal(readdirSync(folder).length, all - 1);
    removeAbandoned(join(folder, 'no such folder'));
});

test('an output that is written to once a week is touched in between, so that nobody takes it for an abandoned one', async (context) => {
    const folder = temporaryFolder(context);
    context.mock.timers.enable({ apis: ['setInterval'] });
    const file = new OutputFile(join(folder, 'out.png'), 'out.png');
    context.after(() => file.discard());
    file.write(Buffer.from('half'));
    const part = join(folder, readdirSync(folder)[0]);
    utimesSync(part, 1, 1);
    assert.ok(isAbandoned(part));
    context.mock.timers.tick((DAYS * 1000) / 2);
    assert.ok(!isAbandoned(part));
    await file.finish();
    assert.deepEqual(readdirSync(folder), ['out.png']);
});

test('a file is written whole or not at all', async (context) => {
    const folder = temporaryFolder(context);
    await writeWhole(join(folder, 'new/x'), 'text');
    assert.deepEqual([readdirSync(join(folder, 'new')), readFileSync(join(folder, 'new/x'), 'utf8')], [['x'], 'text']);
    mkdirSync(join(folder, 'new/y'));
    await assert.rejects(writeWhole(join(folder, 'new/y'), 'text'), {
        message: /Expected a file but .*y is a folder|There is something already/,
    });
    assert.deepEqual(readdirSync(join(folder, 'new')), ['x', 'y']);
});

test('what a killed fetch left of a package is removed by the next one, what a running one has is not', async (context) => {
    const saved = { ...process.env };
    context.after(() => (process.env = saved));
    process.env.XDG_CACHE_HOME = temporaryFolder(context);
    const bin = temporaryFolder(context);
    writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho "no network here" >&2; exit 1\n');
    chmodSync(join(bin, 'npm'), 0o755);
    process.env.PATH = `${bin}:/bin:/usr/bin`;
    const make = (name, days = 0) => {
        mkdirSync(join(cacheFolder(), name), { recursive: true });
        writeFileSync(join(cacheFolder(), name, 'weights-1.2.3.tgz'), 'half');
        const then = Date.now() / 1000 - days * DAYS;
        utimesSync(join(cacheFolder(), name), then, then);
        return name;
    };
    const kept = [make(`npm-${temporaryToken()}`), make(`npm-${elsewhere()}`), make('npm-AbCdEf')];
    make(`npm-${elsewhere()}`, 2);
    make('npm-FeDcBa', 2); // as earlier versions called them
    if (knowsProcesses) make(`npm-${tokenOfKilled()}`);
    await assert.rejects(readPackage(['npm:weights@1.2.3/a.bin'], cacheFolder()), {
        code: 'NOT_FOUND',
        message: /npm:weights@1\.2\.3 could not be fetched: .*no network here/,
    });
    assert.deepEqual(readdirSync(cacheFolder()).sort(), kept.sort());
});

test('a run that is killed leaves a hidden part, which the next run removes; that of another computer stays', {
    skip: skip || onlyLinux,
}, async (context) => {
    const folder = temporaryFolder(context);
    const args = ['upscale', golden('anime256.png'), '-o', join(folder, 'out.png'), '--tile', '16'];
    const killed = await acg2vec(args, {
        async started(child) {
            while (child.exitCode === null && readdirSync(folder).length === 0) await sleep(2);
            child.kill('SIGKILL');
        },
    });
    assert.equal(killed.signal, 'SIGKILL');
    assert.equal(readdirSync(folder).filter(isTemporary).length, 1);
    const other = basename(put(folder, elsewhere()));
    writeFileSync(
        join(folder, 'in.png'),
        makePng(5, 4, () => [1, 2, 3]),
    );
    assert.equal((await acg2vec(['upscale', join(folder, 'in.png'), '-o', join(folder, 'small.png')])).status, 0);
    assert.deepEqual(readdirSync(folder).sort(), [other, 'in.png', 'small.png'].sort());
});

test('two runs that write the same output at once do not disturb each other', { skip }, async (context) => {
    const folder = temporaryFolder(context);
    copyFileSync(golden('anime256.png'), join(folder, 'in.png'));
    const run = () => acg2vec(['upscale', join(folder, 'in.png'), '-o', join(folder, 'out.png')]);
    for (const { status, stderr } of await Promise.all([run(), run()])) assert.deepEqual([status, stderr], [0, '']);
    assert.equal(decodePng(readFileSync(join(folder, 'out.png'))).width, 512);
    assert.deepEqual(readdirSync(folder).sort(), ['in.png', 'out.png']);
});
