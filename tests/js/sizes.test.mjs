// Any size, any tile, any number of threads: the result is that of the picture as one tile.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createEngine } from '../../js/node.js';
import { compare, decodePng, readGolden, weightsMissing } from './support.mjs';

const skip = await weightsMissing();
const anime = decodePng(readGolden('anime256.png'));

/** anime256 side by side with itself, cut to size. */
function picture(width, height) {
    const data = new Uint8Array(width * height * 3);
    for (let i = 0; i < data.length; i++) {
        const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
        data[i] = anime.data[((y % anime.height) * anime.width + (x % anime.width)) * 4 + c];
    }
    return { data, width, height, channels: 3 };
}

/** Rounding alone: one level, and in few samples. */
function assertEqualButForRounding(actual, whole, what) {
    const { maxDiff } = compare(actual, whole);
    const share = actual.reduce((n, sample, i) => n + Number(sample !== whole[i]), 0) / whole.length;
    assert.ok(maxDiff <= 1 && share <= 0.001, `${what}: ${maxDiff} levels in ${(share * 100).toFixed(3)} % of the samples`);
}

async function upscaleWith(threads, source, options) {
    const engine = await createEngine({ threads });
    try {
        return await engine.upscale(source, { format: 'pixels', ...options });
    } finally {
        await engine.close();
    }
}

describe('exact tiles', { skip }, () => {
    test('equal the whole picture for any tile and any number of threads', async () => {
        const source = picture(259, 197);
        const whole = await upscaleWith(2, source, { tile: 4096 });
        assert.equal(whole.tiles.plan, 'whole');
        for (const [tile, threads] of [
            [64, 1],
            [64, 4],
            [128, 2],
            [128, 4],
            [211, 1],
            [211, 2],
        ]) {
            const tiled = await upscaleWith(threads, source, { tile });
            assert.notEqual(tiled.tiles.plan, 'whole');
            assertEqualButForRounding(tiled.pixels, whole.pixels, `tile ${tile}, ${threads} threads`);
        }
    });

    for (const scale of [2, 3, 4]) {
        test(`${scale}x: narrow, tiny and odd pictures`, async () => {
            const engine = await createEngine();
            try {
                for (const [width, height] of [
                    [1, 1],
                    [1, 500],
                    [500, 1],
                    [17, 17],
                    [18, 19],
                    [65, 64],
                ]) {
                    const source = picture(width, height);
                    const run = (tile) => engine.upscale(source, { scale, tile, format: 'pixels' });
                    const [whole, tiled] = [await run(4096), await run(16)];
                    assert.deepEqual([tiled.width, tiled.height], [width * scale, height * scale]);
                    assertEqualButForRounding(tiled.pixels, whole.pixels, `${width} x ${height}`);
                }
            } finally {
                await engine.close();
            }
        });
    }
});
