// What goes out: the formats, 16 bits, soft alpha without a fringe, and tiles that equal the whole picture, through the import.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PNG } from 'pngjs';
import { createEngine } from '../../js/node.js';
import { compare, decodePng, makePng, readGolden, weightsMissing } from './support.mjs';

const skip = await weightsMissing([2]);

describe('output', { skip }, () => {
    let engine;
    before(async () => (engine = await createEngine()));
    after(() => engine?.close());
    const bytesOf = async (options, source) => Buffer.from(await (await engine.upscale(source, options)).blob.arrayBuffer());

    const picture = makePng(24, 20, (x, y) => [x * 10, y * 12, 128]);

    test('webp and jpg are files of their kind', async () => {
        const webp = await bytesOf({ format: 'webp' }, picture);
        assert.equal(webp.toString('latin1', 0, 4), 'RIFF');
        assert.equal(webp.toString('latin1', 8, 12), 'WEBP');
        const jpg = await bytesOf({ format: 'jpg', quality: 80 }, picture);
        assert.deepEqual([...jpg.subarray(0, 3), ...jpg.subarray(-2)], [0xff, 0xd8, 0xff, 0xff, 0xd9]);
        const { blob } = await engine.upscale(picture, { format: 'jpg' });
        assert.equal(blob.type, 'image/jpeg');
    });

    test('a lossless webp holds the samples of the png, a lossy one nearly, a jpg nearly', async () => {
        const { pixels } = await engine.upscale(picture, { format: 'pixels' });
        // enlarged again, through our own decoder: what differs is what the file lost
        const again = async (options) => (await engine.upscale(await bytesOf(options, picture), { format: 'pixels' })).pixels;
        const reference = await again({});
        assert.deepEqual(await again({ format: 'webp', quality: 100 }), reference);
        for (const format of ['webp', 'jpg']) {
            const { psnr } = compare(await again({ format, quality: 95 }), reference);
            assert.ok(psnr > 30 && psnr < 100, `${format}: ${psnr} dB`);
        }
        assert.equal(pixels.length, 48 * 40 * 3);
    });

    test('16 bits stay 16 bits', async () => {
        const deep = new PNG({ width: 24, height: 16 });
        const samples = new Uint16Array(24 * 16 * 3).map((_, i) => 20000 + 61 * i);
        const file = PNG.sync.write(Object.assign(deep, { data: Buffer.from(samples.buffer) }), {
            width: 24,
            height: 16,
            bitDepth: 16,
            colorType: 2,
            inputColorType: 2,
            inputHasAlpha: false,
        });
        const out = await bytesOf({}, file);
        assert.equal(out[24], 16, 'bits a sample in the header');
        const shallow = await bytesOf(
            { format: 'png' },
            makePng(24, 16, (x, y) => [0, 1, 2].map((c) => (samples[(y * 24 + x) * 3 + c] / 257 + 0.5) | 0)),
        );
        assert.equal(shallow[24], 8);
        // the same picture but for the rounding to 8 bits on the way in and out
        const { psnr, maxDiff } = compare(decodePng(out).data, decodePng(shallow).data);
        assert.ok(psnr > 48 && maxDiff <= 2, `${psnr} dB, ${maxDiff}`);
        const { data } = PNG.sync.read(out, { skipRescale: true });
        assert.ok(new Set(new Uint16Array(data.buffer, data.byteOffset, data.length / 2)).size > 256, 'more than 256 levels');
    });

    test('colours under transparency do not show: no dark fringe', async () => {
        const disc = (inside) => makePng(32, 32, (x, y) => (Math.hypot(x - 16, y - 16) < 10 ? [250, 200, 60, 255] : [...inside, 0]));
        const onBlack = decodePng(await bytesOf({}, disc([0, 0, 0]))).data;
        const onWhite = decodePng(await bytesOf({}, disc([255, 255, 255]))).data;
        let seen = 0;
        for (let i = 0; i < onBlack.length; i += 4) {
            assert.equal(onBlack[i + 3], onWhite[i + 3]);
            if (!onBlack[i + 3]) continue;
            seen++;
            for (const [c, level] of [250, 200, 60].entries()) {
                assert.equal(onBlack[i + c], onWhite[i + c]);
                assert.ok(Math.abs(onBlack[i + c] - level) <= 4, `sample ${i + c} is ${onBlack[i + c]}`);
            }
        }
        assert.ok(seen > 1000);
    });

    test('tiles equal the whole picture, kept in memory or a file, or computed again; without exact they do not', async () => {
        const source = readGolden('anime256.png');
        const whole = decodePng(readGolden('up2x-conservative.png')).data;
        const run = async (options) => {
            const { blob, tiles } = await engine.upscale(source, options);
            return { ...compare(decodePng(await blob.arrayBuffer()).data, whole), plan: tiles.plan };
        };
        const exact = await run({ tile: 100 });
        assert.equal(exact.plan, 'exact');
        assert.ok(exact.psnr >= 60 && exact.maxDiff <= 1, `${exact.psnr} dB`);
        for (const [temp, plan] of [
            [true, 'exact-file'],
            [false, 'again'],
        ]) {
            const tiled = await run({ tile: 200, memory: 1, temp });
            assert.equal(tiled.plan, plan);
            assert.ok(tiled.psnr >= 60 && tiled.maxDiff <= 1, `${plan}: ${tiled.psnr} dB`);
        }
        const off = await run({ tile: 100, sync: 'off' });
        assert.equal(off.plan, 'off');
        assert.ok(off.psnr < 50);
    });
});
