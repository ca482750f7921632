// A size in pixels: what the network makes becomes that size, in each format, whatever the tiles, also of animations.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createEngine } from '../../js/node.js';
import { acg2vec, chunksOf, decodePng, makeApng, makePng, temporaryFolder, weightsMissing } from './support.mjs';

const skip = await weightsMissing([2]);
const WIDTH = 61;
const HEIGHT = 47;
const PICTURE = makePng(WIDTH, HEIGHT, (x, y) => [4 * x, 5 * y, (x * y) % 256]);
const GREY = makePng(20, 16, (x, y) => [(x * 37 + y * 11) % 256, (x * 37 + y * 11) % 256, (x * 37 + y * 11) % 256]);

// The formula, sample by sample: Lanczos' filter of three lobes in the light of sRGB.
const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const toLight = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const toLevel = (v) => (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);

/** For each sample of one side: the samples that it is made of, with their weights. */
function taps(from, to) {
    const stretch = Math.max(1, from / to);
    return Array.from({ length: to }, (_, i) => {
        const all = Array.from({ length: from }, (__, k) => {
            const d = (k + 0.5 - ((i + 0.5) * from) / to) / stretch;
            return { k, weight: Math.abs(d) < 3 ? sinc(d) * sinc(d / 3) : 0 };
        }).filter(({ weight }) => weight !== 0);
        const sum = all.reduce((total, { weight }) => total + weight, 0);
        return all.map(({ k, weight }) => ({ k, weight: weight / sum }));
    });
}

/** @param {Uint8Array} pixels RGB */
function resized(pixels, width, height, toWidth, toHeight) {
    const light = Float64Array.from(pixels, (v) => toLight(v / 255));
    const [columns, rows] = [taps(width, toWidth), taps(height, toHeight)];
    const out = new Uint8Array(toWidth * toHeight * 3);
    for (let i = 0; i < out.length; i++) {
        const [c, x, y] = [i % 3, Math.floor(i / 3) % toWidth, Math.floor(i / 3 / toWidth)];
        let sum = 0;
        for (const down of rows[y])
            for (const across of columns[x]) sum += down.weight * across.weight * light[(down.k * width + across.k) * 3 + c];
        out[i] = Math.round(255 * toLevel(Math.min(1, Math.max(0, sum))));
    }
    return out;
}

const bytesOf = async ({ blob }) => Buffer.from(await blob.arrayBuffer());

describe('a size in pixels', { skip }, () => {
    let engine;
    before(async () => (engine = skip ? undefined : await createEngine()));
    after(() => engine?.close());

    test('is the network’s picture through Lanczos’ filter in linear light, for small tiles too', async () => {
        const whole = await engine.upscale(PICTURE, { format: 'pixels', tile: 32 });
        const tiles = [];
        const less = await engine.upscale(PICTURE, { format: 'pixels', width: 50, tile: 32, onTile: (tile) => tiles.push(tile) });
        assert.deepEqual([less.width, less.height, less.pixels.length], [50, 39, 50 * 39 * 3]);
        assert.ok(Math.max(...tiles.map(({ x, width }) => x + width)) === 2 * WIDTH, 'tiles are of what the network makes');
        const expected = resized(whole.pixels, 2 * WIDTH, 2 * HEIGHT, 50, 39);
        const differences = expected.map((v, i) => Math.abs(v - less.pixels[i]));
        assert.ok(Math.max(...differences) <= 1); // values in the middle between two levels
        assert.ok(differences.filter(Boolean).length < expected.length / 100);
    });

    test('fits inside, outside or exactly', async () => {
        const sizeOf = async (options) => {
            const { width, height, warnings } = await engine.plan(PICTURE, options);
            return [width, height, warnings.length];
        };
        assert.deepEqual(await sizeOf({ width: 60, height: 60 }), [60, 46, 0]);
        assert.deepEqual(await sizeOf({ width: 60, height: 60, fit: 'outside' }), [78, 60, 0]);
        assert.deepEqual(await sizeOf({ width: 60, height: 60, fit: 'fill' }), [60, 60, 0]);
        assert.deepEqual(await sizeOf({ height: 94 }), [122, 94, 0]);
        const larger = await engine.upscale(PICTURE, { width: 200 });
        assert.match(larger.warnings.join(), /network makes 122 x 94 pixels; the rest up to 200 x 154 is plain/);
        await assert.rejects(engine.upscale(PICTURE, { width: 600 }), { code: 'UNSUPPORTED', message: /at most 4 times/ });
        await assert.rejects(engine.upscale(PICTURE, { width: 0 }), { code: 'BAD_ARGUMENT', message: /from 1 to 65535 for width/ });
        await assert.rejects(engine.upscale(PICTURE, { width: 9, fit: 'cover' }), {
            code: 'BAD_ARGUMENT',
            message: /inside, outside, fill/,
        });
    });

    test('reaches every format; grey stays grey', async () => {
        const png = decodePng(await bytesOf(await engine.upscale(PICTURE, { width: 33 })));
        assert.deepEqual([png.width, png.height], [33, 25]);
        const webp = await bytesOf(await engine.upscale(PICTURE, { width: 33, format: 'webp', quality: 100 }));
        assert.equal(webp.subarray(8, 12).toString('latin1'), 'WEBP');
        const jpg = await bytesOf(await engine.upscale(PICTURE, { width: 33, format: 'jpg' }));
        const frame = jpg.indexOf(Buffer.from([0xff, 0xc0]));
        assert.deepEqual([jpg.readUInt16BE(frame + 7), jpg.readUInt16BE(frame + 5)], [33, 25]);
        const header = chunksOf(await bytesOf(await engine.upscale(GREY, { width: 31 })))[0].data;
        assert.deepEqual([header.readUInt32BE(0), header[9]], [31, 0]); // colour type 0: one channel
    });

    test('animations get it, frame by frame', async () => {
        const frames = [2, 9].map((moved) => ({ pixel: (x, y) => [x * 10, y * 12, x === moved ? 250 : 20], delay: [1, 10] }));
        const animation = makeApng(24, 20, frames, 0);
        const result = await engine.upscale(animation, { width: 36 });
        assert.deepEqual([result.width, result.height, result.frames], [36, 30, 2]);
        const first = decodePng(await bytesOf(await engine.upscale(makePng(24, 20, frames[0].pixel), { width: 36 })));
        const shown = decodePng(await bytesOf(result)); // its first frame
        assert.deepEqual(shown.data, first.data);
    });

    test('the command line takes it', async (context) => {
        const folder = temporaryFolder(context);
        const [input, output] = ['in.png', 'out.png'].map((name) => join(folder, name));
        writeFileSync(input, PICTURE);
        const { status, stderr } = await acg2vec(['upscale', input, '-o', output, '--width', '40', '--height', '40', '--fit', 'outside']);
        assert.equal(status, 0, stderr);
        const png = decodePng(readFileSync(output));
        assert.deepEqual([png.width, png.height], [52, 40]);
        const wrong = await acg2vec(['upscale', input, '-o', output, '--width', 'wide']);
        assert.equal(wrong.status, 2);
        assert.match(wrong.stderr, /for width but received 'wide'/);
    });
});
