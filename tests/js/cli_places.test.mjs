// Pictures that come from, and go to, what is no file: devices, pipes, links, standard input and output.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
    existsSync,
    lstatSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    readlinkSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { acg2vec, CLI, decodePng, makePng, temporaryFolder, weightsMissing } from './support.mjs';

const skip = (process.platform === 'win32' && 'needs a POSIX system') || (await weightsMissing([2]));
const PICTURE = makePng(5, 4, (x, y) => [50 * x, 60 * y, 7]);
const onlyLinux = !existsSync('/proc/self/fd') && 'looks into /proc';

/** A folder with in.png, and a way to run the command line in it. */
function place(context) {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, 'in.png'), PICTURE);
    const at = (name) => join(folder, name);
    const upscale = (...args) => acg2vec(['upscale', ...args], { cwd: folder });
    /** Bytes on both ends; `redirect` is the shell's, such as "> file". */
    const shell = (args, redirect = '', input = undefined) =>
        spawnSync('sh', ['-c', `exec "$0" "$@" ${redirect}`, process.execPath, CLI, 'upscale', ...args], { cwd: folder, input });
    return { folder, at, upscale, shell };
}

/** Waits until a process has a file open, which the kernel tells; or has ended. */
async function untilOpen(child, path) {
    const isOpen = (name) => {
        try {
            return readlinkSync(join(`/proc/${child.pid}/fd`, name)) === path;
        } catch {
            return false; // closed in between
        }
    };
    while (child.exitCode === null && !readdirSync(`/proc/${child.pid}/fd`).some(isOpen)) await sleep(5);
}

describe('outputs and inputs that are no files', { skip }, () => {
    let expected;
    before((_context) => {
        const { shell, at } = place({ after: () => {} });
        shell(['in.png', '-o', 'out.png']);
        expected = readFileSync(at('out.png'));
        assert.equal(decodePng(expected).width, 10);
        rmSync(dirname(at('out.png')), { recursive: true });
    });

    test('-o - is standard output, and so are its other names: a pipe or a file', (context) => {
        const { folder, at, shell } = place(context);
        for (const name of ['-', '/dev/stdout', '/dev/fd/1']) {
            const { status, stdout, stderr } = shell(['in.png', '-o', name]);
            assert.deepEqual([status, String(stderr)], [0, '']);
            assert.ok(stdout.equals(expected), name);
            assert.equal(shell(['in.png', '-o', name], '> file').status, 0);
            assert.ok(readFileSync(at('file')).equals(expected), name);
        }
        symlinkSync('/dev/stdout', at('link'));
        assert.ok(shell(['in.png', '-o', 'link']).stdout.equals(expected));
        assert.deepEqual(readdirSync(folder).sort(), ['file', 'in.png', 'link']);
    });

    test('with -o - lines of JSON go to standard error, and --dry-run writes no picture', (context) => {
        const { shell } = place(context);
        const { stdout, stderr } = shell(['in.png', '-o', '-', '--json']);
        assert.ok(stdout.equals(expected));
        const { input, output, width } = JSON.parse(stderr);
        assert.deepEqual([input, output, width], ['in.png', '-', 10]);
        assert.match(String(shell(['in.png', '-o', '-', '--dry-run']).stdout), /^-: 10 x 8, one tile/);
        const failed = shell(['gone.png', '-o', '-', '--json']);
        assert.deepEqual([failed.status, failed.stdout.length], [1, 0]);
        assert.equal(JSON.parse(String(failed.stderr).split('\n')[1]).error.code, 'ENOENT');
    });

    test('--format decides what goes to standard output', (context) => {
        const { shell } = place(context);
        assert.equal(shell(['in.png', '-o', '-', '--format', 'webp']).stdout.toString('latin1', 8, 12), 'WEBP');
        assert.deepEqual([...shell(['in.png', '-o', '/dev/stdout', '--format', 'jpg']).stdout.subarray(0, 3)], [0xff, 0xd8, 0xff]);
    });

    test('no picture is written to a terminal', {
        skip: spawnSync('script', ['--version']).error && 'there is no program script',
    }, (context) => {
        const { at } = place(context);
        for (const name of ['-', '/dev/stdout', '/dev/tty']) {
            const command = `'${process.execPath}' '${CLI}' upscale '${at('in.png')}' -o ${name}`;
            const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8' });
            assert.match(stdout, /Expected a file or a pipe for -o .* a terminal/, name);
            assert.doesNotMatch(stdout, /IHDR/);
        }
    });

    test('a device is written into and stays; one that is full is said', (context) => {
        const { folder, at, upscale } = place(context);
        // root could lose the real ones: it gets its own
        const [nothing, full] = process.getuid() === 0 ? [at('null'), at('full')] : ['/dev/null', '/dev/full'];
        if (
            process.getuid() === 0 &&
            [
                [nothing, 3],
                [full, 7],
            ].some(([path, minor]) => spawnSync('mknod', [path, 'c', '1', String(minor)]).status !== 0)
        ) {
            return context.skip('no device can be made here');
        }
        return (async () => {
            const { status, stderr } = await upscale('in.png', '-o', nothing);
            if (status !== 0 && /no permission/.test(stderr)) return context.skip('devices cannot be used here');
            assert.deepEqual([status, stderr], [0, '']);
            assert.ok(lstatSync(nothing).isCharacterDevice());
            const failed = await upscale('in.png', '-o', full);
            assert.equal(failed.status, 1);
            assert.match(failed.stderr, /in\.png: There is no room left on the disk that holds .*full\.\n$/);
            assert.ok(lstatSync(full).isCharacterDevice());
            assert.ok(readdirSync(folder).every((name) => ['in.png', 'null', 'full'].includes(name)));
            const several = await upscale('in.png', 'in2.png', '-o', nothing);
            assert.equal(several.status, 2);
            assert.match(several.stderr, /Expected a folder for -o with several pictures but .*null is a device/);
        })();
    });

    test('a pipe is written into, when somebody reads it, and stays', async (context) => {
        const { folder, at, upscale } = place(context);
        spawnSync('mkfifo', [at('f')]);
        const run = upscale('in.png', '-o', 'f');
        const reader = spawn('cat', [at('f')]);
        const chunks = [];
        for await (const chunk of reader.stdout) chunks.push(chunk);
        assert.deepEqual(await run, { status: 0, signal: null, stdout: 'f\n', stderr: '' });
        assert.ok(Buffer.concat(chunks).equals(expected));
        assert.ok(lstatSync(at('f')).isFIFO());
        assert.deepEqual(readdirSync(folder).sort(), ['f', 'in.png']);
    });

    test('a symbolic link stays, and what it leads to is replaced or made, also over several links and folders', async (context) => {
        const { at, upscale } = place(context);
        for (const name of ['far/away', 'deep']) mkdirSync(at(name), { recursive: true });
        writeFileSync(at('far/old.png'), 'old');
        symlinkSync('far/away', at('folder.d'));
        symlinkSync('../old.png', at('far/away/up.png')); // from the real folder, not from the link to it
        symlinkSync('folder.d/up.png', at('there.png'));
        symlinkSync('far/new.png', at('new.png'));
        for (const [link, target] of [
            ['there.png', 'far/old.png'],
            ['new.png', 'far/new.png'],
            ['folder.d/up.png', 'far/old.png'],
        ]) {
            writeFileSync(at('far/old.png'), 'old');
            assert.deepEqual([(await upscale('in.png', '-o', link)).status, lstatSync(at(link)).isSymbolicLink()], [0, true]);
            assert.ok(readFileSync(at(target)).equals(expected), link);
        }
        assert.deepEqual(readdirSync(at('far')).sort(), ['away', 'new.png', 'old.png']);
        assert.deepEqual(readdirSync(at('far/away')), ['up.png']);
        // a link to the input is the input
        symlinkSync('in.png', at('same.png'));
        const refused = await upscale('in.png', '-o', 'same.png');
        assert.equal(refused.status, 2);
        assert.match(refused.stderr, /would overwrite the input/);
        symlinkSync('b.png', at('a.png'));
        symlinkSync('a.png', at('b.png'));
        const circle = await upscale('in.png', '-o', 'a.png');
        assert.equal(circle.status, 1);
        assert.match(circle.stderr, /in\.png: The symbolic links on the way to .*a\.png lead in a circle\.\n$/);
    });

    test('what is neither a file nor a way to write is refused in a sentence, as an output and as an input', async (context) => {
        const { folder, at, upscale } = place(context);
        const server = createServer().listen(at('s.png'));
        context.after(() => server.close());
        await new Promise((resolve) => server.on('listening', resolve));
        const output = await upscale('in.png', '-o', 's.png');
        assert.equal(output.status, 2);
        assert.match(output.stderr, /^acg2vec: Expected a file for the output but .*s\.png is a socket\.\n$/);
        const input = await upscale('s.png', '-o', 'out.png');
        assert.deepEqual([input.status, input.stderr], [1, 'acg2vec: s.png: Expected a picture but found a socket.\n']);
        const device = await upscale('/dev/zero', '-o', 'out.png');
        assert.deepEqual([device.status, device.stderr], [1, 'acg2vec: /dev/zero: Expected a picture but found a device.\n']);
        // a folder of that name, below the output folder
        mkdirSync(at('out.d/in.png'), { recursive: true });
        const blocked = await upscale('in.png', '-o', 'out.d');
        assert.equal(blocked.status, 1);
        assert.match(blocked.stderr, /in\.png: Expected a file for the output but .*in\.png is a folder\.\n$/);
        assert.deepEqual(readdirSync(folder).sort(), ['in.png', 'out.d', 's.png']);
    });

    test('an output that would be too large for the system is said, and nothing of it is left', (context) => {
        const { folder } = place(context);
        const command = ['-c', 'ulimit -f 0; exec "$0" "$@"', process.execPath, CLI, 'upscale', 'in.png', '-o', 'out.png'];
        const { status, stderr } = spawnSync('sh', command, { cwd: folder, encoding: 'utf8' });
        assert.deepEqual([status, stderr], [1, 'acg2vec: in.png: out.png would become larger than the system allows a file to be.\n']);
        assert.deepEqual(readdirSync(folder), ['in.png']);
    });

    test('a picture may come from standard input: a pipe or a file', (context) => {
        const { folder, at, shell } = place(context);
        for (const name of ['-', '/dev/stdin']) {
            assert.ok(shell([name, '-o', '-'], '', PICTURE).stdout.equals(expected), name);
            assert.ok(shell([name, '-o', '-'], '< in.png').stdout.equals(expected), name);
            assert.equal(shell([name, '-o', 'out/'], '', PICTURE).status, 0);
            assert.ok(readFileSync(at('out/stdin.png')).equals(expected));
            rmSync(join(folder, 'out'), { recursive: true });
        }
        const empty = shell(['-', '-o', 'out.png'], '< /dev/null');
        assert.equal(empty.status, 1);
        assert.match(String(empty.stderr), /^acg2vec: -: [A-Z].*empty/);
    });

    test('a pipe is read when somebody writes into it', async (context) => {
        const { at, upscale } = place(context);
        spawnSync('mkfifo', [at('f')]);
        const run = upscale('f', '-o', 'out.png');
        spawn('sh', ['-c', 'cat "$0" > "$1"', at('in.png'), at('f')]);
        assert.deepEqual(await run, { status: 0, signal: null, stdout: 'out.png\n', stderr: '' });
        assert.ok(readFileSync(at('out.png')).equals(expected));
    });

    for (const [command, name] of [
        ['upscale', 'SIGTERM'],
        ['upscale', 'SIGINT'],
        ['tag', 'SIGTERM'],
    ]) {
        test(`${name} ends ${command} at once while it waits for whoever writes into a pipe`, {
            skip: onlyLinux,
            timeout: 60e3,
        }, async (context) => {
            const { folder, at } = place(context);
            spawnSync('mkfifo', [at('f')]);
            const args = [command, at('f'), ...(command === 'upscale' ? ['-o', at('out.png')] : [])];
            const { status, stderr } = await acg2vec(args, {
                async started(child) {
                    context.after(() => child.kill('SIGKILL'));
                    await untilOpen(child, at('f'));
                    child.kill(name);
                },
            });
            assert.deepEqual([status, stderr], [130, '']);
            assert.deepEqual(readdirSync(folder).sort(), ['f', 'in.png']);
        });
    }

    test('SIGTERM ends it at once while the output waits for a reader that does not go on', {
        skip: onlyLinux,
        timeout: 60e3,
    }, async (context) => {
        const { folder, at } = place(context);
        // noise, so that the output is larger than what a pipe holds
        writeFileSync(
            at('noise.png'),
            makePng(160, 160, (x, y) => [(x * 7919 + y * 104729) % 251, (x * y * 31) % 256, (x * x + y) % 256]),
        );
        const child = spawn(process.execPath, [CLI, 'upscale', 'noise.png', '-o', '-'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
        context.after(() => child.kill('SIGKILL'));
        await new Promise((resolve) => child.stdout.once('readable', resolve)); // it has begun, and nobody reads on
        child.kill('SIGTERM');
        const status = await new Promise((resolve) => child.on('exit', resolve));
        assert.equal(status, 130);
    });

    test('raw words of the system are nowhere', async (context) => {
        const { at, upscale } = place(context);
        writeFileSync(at('file.png'), '');
        const runs = [
            ['file.png/x.png', '-o', 'out.png'],
            ['in.png', '-o', 'file.png/x.png'],
            ['in.png', '-o', `${'x'.repeat(300)}.png`],
            ['in.png', '-o', '/proc/acg2vec.png'],
        ];
        for (const args of runs) {
            const { status, stderr } = await upscale(...args);
            assert.notEqual(status, 0);
            assert.match(stderr, /^acg2vec: [^\n]*[A-Z][a-z ][^\n]*\.\n$/);
            assert.doesNotMatch(stderr, /\bE[A-Z]{3,}\b|, (stat|open|mkdir|rename)|\.part/, stderr);
        }
        assert.ok(statSync(at('file.png')).isFile());
    });
});
