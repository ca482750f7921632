// The package as Node imports it, with the real engine and the real weights.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { AcgError, createEngine } from '../../js/node.js';
import {
    compare,
    decodePng,
    golden,
    makePng,
    readGolden,
    readGoldenCrop,
    rgbCrop,
    ROOT,
    temporaryFolder,
    weightsMissing,
} from './support.mjs';

const PICTURE = golden('anime256.png');
const MIN_PSNR = 60;
const META = JSON.parse(readFileSync(golden('meta.json'), 'utf8'));
const SMALL = makePng(61, 47, (x, y) => [4 * x, 5 * y, (x * y) % 256]);
const EQUAL = { psnr: Infinity, maxDiff: 0 };
const skip = await weightsMissing();
const testWithWeights = (name, body) => test(name, { skip }, body);

async function blobBytes({ blob }) {
    return new Uint8Array(await blob.arrayBuffer());
}

function assertClose(actual, expected, name) {
    const { psnr, maxDiff } = compare(actual, expected);
    assert.ok(psnr >= MIN_PSNR && maxDiff <= 1, `${name}: PSNR ${psnr.toFixed(2)} dB, largest difference ${maxDiff}`);
}

describe('upscale in Node', () => {
    let engine;
    before(async () => (engine = skip ? undefined : await createEngine()));
    after(() => engine?.close());

    testWithWeights('2x is the golden picture', async () => {
        const result = await engine.upscale(PICTURE);
        assert.deepEqual([result.width, result.height, result.channels], [512, 512, 3]);
        const actual = decodePng(await blobBytes(result));
        const expected = decodePng(readGolden('up2x-conservative.png'));
        assert.deepEqual([actual.width, actual.height, actual.hasAlpha], [512, 512, false]);
        assertClose(rgbCrop(actual, 0, 0, 512, 512), rgbCrop(expected, 0, 0, 512, 512), 'whole picture');
    });

    for (const scale of [3, 4]) {
        testWithWeights(`${scale}x is the golden picture, in the middle and in two corners`, async () => {
            const actual = decodePng(await blobBytes(await engine.upscale(PICTURE, { scale })));
            const side = 256 * scale;
            assert.deepEqual([actual.width, actual.height], [side, side]);
            const { crop_x, crop_y } = META[`up${scale}x-conservative`];
            const places = { '': [crop_x, crop_y], '-topleft': [0, 0], '-bottomright': [side - 64, side - 64] };
            for (const [name, [x, y]] of Object.entries(places)) {
                const expected = readGoldenCrop(`up${scale}x-conservative-crop64${name}.f32.bin`);
                assertClose(rgbCrop(actual, x, y, 64, 64), expected, name || '-middle');
            }
        });
    }

    testWithWeights('pixels, tiles and chunks carry the same picture as the PNG', async () => {
        const tiles = [];
        const chunks = [];
        const bare = await engine.upscale(SMALL, { format: 'pixels', tile: 32, onTile: (tile) => tiles.push(tile) });
        const png = decodePng(await blobBytes(await engine.upscale(SMALL, { tile: 32 })));
        await engine.upscale(SMALL, { format: 'pixels', tile: 32, onChunk: (chunk) => chunks.push(chunk) });

        const width = bare.width;
        assert.deepEqual(compare(bare.pixels, rgbCrop(png, 0, 0, width, bare.height)), EQUAL);
        assert.ok(chunks.length > 1);
        assert.deepEqual(compare(Buffer.concat(chunks), bare.pixels), EQUAL);
        assert.ok(tiles.length > 1);
        const fromTiles = new Uint8Array(bare.pixels.length);
        for (const tile of tiles) {
            assert.equal(tile.data.length, tile.width * tile.height * tile.channels);
            for (let row = 0; row < tile.height; row++) {
                const samples = tile.data.subarray(row * tile.width * 3, (row + 1) * tile.width * 3);
                fromTiles.set(samples, ((tile.y + row) * width + tile.x) * 3);
            }
        }
        assert.deepEqual(compare(fromTiles, bare.pixels), EQUAL);
    });

    // A picture of even sides and its mirror image have the same eight views, so their averages mirror each other.
    testWithWeights('tta averages the views, fast samples, and progress counts it all', async () => {
        const draw = (x, y) => [4 * x, 5 * y, (x * y) % 256];
        const picture = makePng(60, 48, draw);
        const mirrored = makePng(60, 48, (x, y) => draw(59 - x, y));
        const seen = [];
        const options = { tta: true, tile: 32, format: 'pixels' };
        const one = await engine.upscale(picture, { ...options, onProgress: (progress) => seen.push(progress) });
        const other = await engine.upscale(mirrored, { ...options, memory: 1, temp: false });
        const fast = await engine.upscale(picture, { ...options, tta: false, sync: 'fast', memory: 1 });
        const plain = await engine.upscale(picture, { format: 'pixels' });
        assert.deepEqual(
            [one, other, fast].map(({ tiles }) => tiles.plan),
            ['twice', 'again', 'fast'],
        );
        const back = new Uint8Array(other.pixels.length);
        for (let i = 0; i < back.length; i += 3) {
            const x = (i / 3) % 120;
            back.set(other.pixels.subarray(i + 3 * (119 - 2 * x), i + 3 * (119 - 2 * x) + 3), i);
        }
        assertClose(back, one.pixels, 'mirrored');
        assert.ok(compare(plain.pixels, one.pixels).maxDiff > 1, 'an average is another picture');
        assert.ok(compare(plain.pixels, fast.pixels).psnr > 30);
        assert.equal(seen.at(-1).done, seen.at(-1).total);
    });

    testWithWeights('one thread makes the same picture', async () => {
        const single = await createEngine({ threads: 1 });
        try {
            assert.equal(single.info.threads, 1);
            const [one, many] = await Promise.all([single, engine].map((each) => each.upscale(SMALL, { format: 'pixels' })));
            assert.deepEqual(compare(one.pixels, many.pixels), EQUAL);
        } finally {
            await single.close();
        }
    });

    testWithWeights('progress starts at nothing, never goes back, and ends at all', async () => {
        const seen = [];
        await engine.upscale(SMALL, { tile: 16, onProgress: (progress) => seen.push(progress) });
        const steps = seen.filter(({ stage }) => stage === 'upscale');
        assert.equal(steps[0].done, 0);
        assert.equal(steps.at(-1).done, steps.at(-1).total);
        for (let i = 1; i < steps.length; i++) assert.ok(steps[i].done >= steps[i - 1].done);
        assert.equal(steps.at(-1).etaMs, 0);
    });

    for (const [width, height] of [
        [1, 1],
        [17, 19],
        [300, 2],
    ]) {
        testWithWeights(`a picture of ${width} x ${height} with alpha keeps its size, its colours and its alpha`, async () => {
            const source = makePng(width, height, () => [200, 120, 40, 255]);
            for (const scale of [2, 3, 4]) {
                const result = await engine.upscale(source, { scale });
                const picture = decodePng(await blobBytes(result));
                assert.deepEqual([result.width, result.height, result.channels], [width * scale, height * scale, 4]);
                assert.deepEqual([picture.width, picture.height, picture.hasAlpha], [width * scale, height * scale, true]);
                for (let i = 0; i < picture.data.length; i += 4) {
                    const pixel = picture.data.subarray(i, i + 4);
                    // the network is not exact on flat colours: two or three levels are usual
                    [200, 120, 40].forEach((value, c) => assert.ok(Math.abs(pixel[c] - value) <= 4, `${scale}x: ${pixel}`));
                    assert.equal(pixel[3], 255);
                }
            }
        });
    }

    testWithWeights("every kind of source gives the same picture, and stays the caller's", async (context) => {
        const file = makePng(20, 10, (x, y) => [10 * x, 20 * y, 99]);
        const path = join(temporaryFolder(context), 'a.png');
        writeFileSync(path, file);
        const rgb = rgbCrop(decodePng(file), 0, 0, 20, 10);
        const pixels = { data: Uint8Array.from(rgb), width: 20, height: 10, channels: 3 };
        const buffer = new Uint8Array(file).buffer;
        const dataUrl = `data:image/png;base64,${file.toString('base64')}`;
        const expected = await engine.upscale(pixels, { format: 'pixels' });
        for (const source of [file, buffer, new Blob([file]), dataUrl, new URL(dataUrl), path, pathToFileURL(path)]) {
            const result = await engine.upscale(source, { format: 'pixels' });
            assert.deepEqual(compare(result.pixels, expected.pixels), EQUAL);
        }
        assert.equal(buffer.byteLength, file.length);
        assert.deepEqual([...pixels.data], rgb);
        await assert.rejects(engine.upscale(`${path}.gone`), { code: 'UNREADABLE', message: /a\.png\.gone/ });
    });

    testWithWeights('an abort half-way stops, and the engine goes on', async () => {
        const abort = new AbortController();
        const seen = [];
        const call = engine.upscale(PICTURE, {
            tile: 32,
            signal: abort.signal,
            onTile: (tile) => {
                seen.push(tile);
                abort.abort(new Error('enough'));
            },
        });
        await assert.rejects(call, (error) => error instanceof AcgError && error.code === 'CANCELLED');
        assert.ok(seen.length < 64, `${seen.length} of 64 tiles were done`);
        const { width } = await engine.upscale(makePng(8, 8, () => [1, 2, 3]));
        assert.equal(width, 16);
    });

    testWithWeights('calls at once all come out right', async () => {
        const source = makePng(30, 20, (x, y) => [8 * x, 12 * y, 128]);
        const run = (scale) => engine.upscale(source, { scale, format: 'pixels' });
        const scales = [2, 3, 4, 2];
        const together = await Promise.all(scales.map(run));
        for (const [i, scale] of scales.entries()) {
            const alone = await run(scale);
            assert.deepEqual([together[i].width, together[i].height], [30 * scale, 20 * scale]);
            assert.deepEqual(compare(together[i].pixels, alone.pixels), EQUAL);
        }
    });

    testWithWeights('bad pictures are refused in a sentence, and the engine goes on', async () => {
        const file = readGolden('anime256.png');
        const bad = [new Uint8Array(0), file.subarray(0, 1000), makePng(1, 1, () => [0, 0, 0]).fill(0, 16, 24), Buffer.from('hello')];
        for (const source of bad) {
            await assert.rejects(engine.upscale(source), {
                name: 'AcgError',
                code: 'BAD_FORMAT',
                message: /^[A-Z][^\n]+$/,
            });
        }
        assert.equal((await engine.upscale(makePng(3, 3, () => [9, 9, 9]))).width, 6);
    });

    testWithWeights('close ends a call that runs, and refuses the next', async () => {
        const other = await createEngine({ threads: 1 });
        const call = other.upscale(PICTURE, { tile: 32, onTile: () => other.close() });
        await assert.rejects(call, { code: 'CANCELLED' });
        await assert.rejects(other.upscale(PICTURE), { code: 'CANCELLED' });
    });

    testWithWeights('a ready WebAssembly.Module, a map and a prefix all give an engine', async () => {
        const name = `acg2vec-${(await createEngine({ threads: 1 })).info.variant}.wasm`;
        const url = pathToFileURL(`${ROOT}dist/wasm/${name}`);
        const module = await WebAssembly.compile(readFileSync(url));
        for (const wasm of [module, { [name]: url }, `${ROOT}dist/wasm`, new URL('./', url)]) {
            const each = await createEngine({ threads: 1, wasm });
            assert.equal((await each.upscale(makePng(4, 4, () => [9, 9, 9]))).width, 8);
            await each.close();
        }
        const empty = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
        for (const wasm of [`${ROOT}nowhere/`, empty]) {
            await assert.rejects(createEngine({ threads: 1, wasm }), {
                code: 'INTERNAL',
                message: /could not be loaded/,
            });
        }
    });

    testWithWeights('an idle engine does not keep the process alive', () => {
        const script = `import { createEngine } from ${JSON.stringify(pathToFileURL(`${ROOT}js/node.js`))};
            const engine = await createEngine();
            const data = new Uint8Array(3);
            console.log((await engine.upscale({ data, width: 1, height: 1, channels: 3 })).width);`;
        const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
            timeout: 60000,
        });
        assert.deepEqual([String(stdout), status], ['2\n', 0]);
    });
});
