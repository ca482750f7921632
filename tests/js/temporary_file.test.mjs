// Exact tiles whose maps go through a file, since they may use next to no memory: the same picture, and no file left.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createEngine } from '../../js/node.js';
import { CLI, compare, makePng, temporaryFolder, weightsMissing } from './support.mjs';

const SMALL = makePng(61, 47, (x, y) => [4 * x, 5 * y, (x * y) % 256]);
const THROUGH_FILE = { format: 'pixels', tile: 16, memory: 1 };
const skip = await weightsMissing([2]);
const testWithWeights = (name, body) => test(name, { skip }, body);
const onWindows = process.platform === 'win32' && 'needs a POSIX system';

describe('temporary file in Node', () => {
    let engine;
    before(async () => {
        if (!skip) engine = await createEngine();
    });
    after(() => engine?.close());

    testWithWeights('the picture is that of one tile, and the file has no name even while it is used', async (context) => {
        const temp = temporaryFolder(context);
        const whole = await engine.upscale(SMALL, { format: 'pixels', tile: 64 });
        const seen = [];
        const tiled = await engine.upscale(SMALL, { ...THROUGH_FILE, temp, onTile: () => seen.push(readdirSync(temp)) });
        assert.deepEqual([whole.tiles.plan, tiled.tiles.plan], ['whole', 'exact-file']);
        const { psnr, maxDiff } = compare(tiled.pixels, whole.pixels);
        assert.ok(psnr >= 60 && maxDiff <= 1, `${psnr} dB, ${maxDiff}`);
        assert.equal(seen.length, 12);
        if (!onWindows) assert.deepEqual(seen.flat(), []);
        assert.deepEqual(readdirSync(temp), []);
    });

    testWithWeights('without one, or the room for one, maps are computed again', async () => {
        const { tiles } = await engine.upscale(SMALL, { ...THROUGH_FILE, temp: false });
        assert.equal(tiles.plan, 'again');
    });

    testWithWeights('an abort leaves no file, and the engine usable', async (context) => {
        const temp = temporaryFolder(context);
        const abort = new AbortController();
        // at the first word of it: where this thread has to wait for a core, the last tiles may be done before it is heard
        const onProgress = ({ stage }) => stage === 'upscale' && abort.abort();
        const call = engine.upscale(SMALL, { ...THROUGH_FILE, temp, signal: abort.signal, onProgress });
        await assert.rejects(call, { code: 'CANCELLED' });
        assert.deepEqual(readdirSync(temp), []);
        assert.equal((await engine.upscale(SMALL, { ...THROUGH_FILE, temp })).tiles.plan, 'exact-file');
    });

    testWithWeights('two engines in one folder do not meet', async (context) => {
        const temp = temporaryFolder(context);
        const other = await createEngine();
        context.after(() => other.close());
        const [one, two] = await Promise.all([engine, other].map((each) => each.upscale(SMALL, { ...THROUGH_FILE, temp })));
        assert.deepEqual([one.tiles.plan, two.tiles.plan], ['exact-file', 'exact-file']);
        assert.deepEqual(compare(one.pixels, two.pixels), { psnr: Infinity, maxDiff: 0 });
    });

    testWithWeights('a folder that is none is named', async (context) => {
        const temp = join(temporaryFolder(context), 'nowhere');
        await assert.rejects(engine.upscale(SMALL, { ...THROUGH_FILE, temp }), {
            code: 'NOT_FOUND',
            message: /folder for temporary files.*nowhere/,
        });
    });

    // A limit on the size of files stands for a full disk: to the program it looks the same.
    test('a full disk is told in a sentence', { skip: skip || onWindows }, (context) => {
        const folder = temporaryFolder(context);
        const [input, output] = ['in.png', 'out.png'].map((name) => join(folder, name));
        writeFileSync(input, SMALL);
        const args = ['upscale', input, '-o', output, '--tile', '16', '--memory', '1', '--temp', folder];
        const script = 'ulimit -f 1000; exec "$0" "$@"';
        const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, CLI, ...args], { encoding: 'utf8', timeout: 120e3 });
        assert.match(stderr, /temporary file in .* could not be written: the disk is full\. Name another folder/);
        assert.equal(status, 1);
        assert.deepEqual(readdirSync(folder), ['in.png']);
    });
});
