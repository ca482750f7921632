// Animations through the import: each frame is what the still picture of it becomes; times, loops, tiles, abort, refusals.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createEngine } from '../../js/node.js';
import { chunksOf, decodePng, makeApng, makePng, pngOf, weightsMissing } from './support.mjs';

const skip = await weightsMissing([2]);

const WIDTH = 24;
const HEIGHT = 20;
const picture = (moved) => (x, y) => [x * 10, y * 12, x >= moved && x < moved + 6 ? 250 : 20];
const FRAMES = [
    { pixel: picture(2), delay: [100, 1000] },
    { pixel: picture(2), delay: [3, 100] },
    { pixel: picture(9), delay: [0, 100] },
    { pixel: picture(15), delay: [1, 3] },
];
const SHOWN = [
    { moved: 2, seconds: 0.13 },
    { moved: 9, seconds: 0 },
    { moved: 15, seconds: 1 / 3 },
];

/** What an animated PNG says: loops, and of each frame its place, delay and a PNG of its own. */
function readApng(bytes) {
    const chunks = chunksOf(bytes);
    const header = chunks.find(({ type }) => type === 'IHDR').data;
    const control = chunks.find(({ type }) => type === 'acTL').data;
    const frames = [];
    for (const { type, data } of chunks) {
        if (type === 'fcTL') {
            const [width, height, x, y] = [4, 8, 12, 16].map((at) => data.readUInt32BE(at));
            frames.push({ width, height, x, y, seconds: data.readUInt16BE(20) / data.readUInt16BE(22), parts: [] });
        }
        if (type === 'IDAT') frames.at(-1).parts.push(data);
        if (type === 'fdAT') frames.at(-1).parts.push(data.subarray(4));
    }
    assert.equal(control.readUInt32BE(0), frames.length);
    for (const frame of frames) frame.png = pngOf(header, frame.width, frame.height, frame.parts);
    return { loops: control.readUInt32BE(4), frames };
}

/** Puts a frame's part onto `canvas`, RGBA. */
function place(canvas, stride, { x, y, width, height, png }) {
    const { data } = decodePng(png);
    for (let row = 0; row < height; row++) canvas.set(data.subarray(row * width * 4, (row + 1) * width * 4), ((y + row) * stride + x) * 4);
}

describe('animations', { skip }, () => {
    let engine;
    before(async () => (engine = await createEngine()));
    after(() => engine?.close());
    const bytesOf = async (result) => Buffer.from(await result.blob.arrayBuffer());
    const source = makeApng(WIDTH, HEIGHT, FRAMES, 3);

    test('an animated png of the same times, each frame as the still picture of it', async () => {
        const tiles = [];
        const progress = [];
        const result = await engine.upscale(source, {
            onTile: (tile) => tiles.push(tile.frame),
            onProgress: (report) => report.stage === 'upscale' && progress.push(report),
        });
        assert.deepEqual([result.width, result.height, result.channels, result.frames], [48, 40, 3, 3]);
        assert.deepEqual(tiles, [0, 1, 2]);
        assert.ok(progress.every(({ done, total }, i) => total === progress[0].total && done >= (progress[i - 1]?.done ?? 0)));
        assert.equal(progress.at(-1).done, progress.at(-1).total);
        const { loops, frames } = readApng(await bytesOf(result));
        assert.equal(loops, 3);
        const canvas = new Uint8Array(48 * 40 * 4);
        for (const [i, { moved, seconds }] of SHOWN.entries()) {
            assert.ok(Math.abs(frames[i].seconds - seconds) < 1e-9, `frame ${i} is shown for ${frames[i].seconds} s`);
            place(canvas, 48, frames[i]);
            const still = await engine.upscale(makePng(WIDTH, HEIGHT, picture(moved)));
            assert.equal(still.frames, 1);
            assert.deepEqual(Buffer.from(canvas), decodePng(await bytesOf(still)).data);
        }
    });

    test('an animated webp', async () => {
        const result = await engine.upscale(source, { format: 'webp' });
        assert.equal(result.blob.type, 'image/webp');
        const bytes = await bytesOf(result);
        const durations = [];
        for (let at = 12; at < bytes.length; ) {
            const size = bytes.readUInt32LE(at + 4);
            const name = bytes.toString('latin1', at, at + 4);
            if (name === 'ANIM') assert.equal(bytes.readUInt16LE(at + 12), 3);
            if (name === 'ANMF') durations.push(bytes.readUIntLE(at + 8 + 12, 3));
            at += 8 + size + (size % 2);
        }
        assert.deepEqual(durations, [130, 0, 333]);
    });

    test('formats without frames, and damage, are refused before the work', async () => {
        for (const format of ['jpg', 'pixels']) {
            await assert.rejects(engine.upscale(source, { format }), {
                code: 'UNSUPPORTED',
                message: /png or webp for an animation of 4 frames/,
            });
        }
        await assert.rejects(engine.upscale(source.subarray(0, source.length - 40)), { code: 'BAD_FORMAT', message: /ends too early/ });
        const damaged = makeApng(WIDTH, HEIGHT, FRAMES, 3, { spoil: 3 });
        let begun = false;
        await assert.rejects(engine.upscale(damaged, { onTile: () => (begun = true) }), { code: 'BAD_FORMAT', message: /is damaged/ });
        assert.equal(begun, false);
    });

    test('an abort stops between two frames; the engine stays usable', async () => {
        const aborter = new AbortController();
        let n = 0;
        const call = engine.upscale(source, { signal: aborter.signal, onTile: () => ++n === 2 && aborter.abort() });
        await assert.rejects(call, { code: 'CANCELLED' });
        assert.equal((await engine.upscale(source)).frames, 3);
    });
});
