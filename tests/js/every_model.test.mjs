// Each published model, on pictures small enough to keep what PyTorch makes of them (tests/golden/make_models.py).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createEngine } from '../../js/node.js';
import { readManifest } from '../../js/platform/node/weights.js';
import { compare, decodePng, modelMissing, readGolden, rgbCrop } from './support.mjs';

const entries = JSON.parse(readGolden('models.json').toString());
const expected = readGolden('models.bin');
const anime = decodePng(readGolden('anime256.png'));
const { models } = await readManifest();
const TILE = 16;

function pixelsOf({ crop, flat }) {
    if (!crop) return { data: Uint8Array.from({ length: flat.width * flat.height * 3 }, (_, i) => flat.colour[i % 3]), ...flat };
    const [x, y, width, height] = crop;
    return { data: Uint8Array.from(rgbCrop(anime, x, y, width, height)), width, height };
}

test('every model of the manifest has its golden pictures', () => {
    assert.equal(models.filter(({ task }) => task === 'upscale').length, 41);
    assert.deepEqual(
        [...new Set(entries.map(({ id }) => id))].sort(),
        models
            .filter(({ task }) => task === 'upscale')
            .map(({ id }) => id)
            .sort(),
    );
});

describe('every model equals PyTorch', () => {
    let engine;
    before(async () => (engine = await createEngine()));
    after(() => engine?.close());

    for (const { id, model, scale, denoise, task, files } of models) {
        if (task !== 'upscale') continue;
        test(id, async (context) => {
            const missing = await modelMissing(files);
            if (missing) return context.skip(missing);
            for (const entry of entries.filter((each) => each.id === id)) {
                const { width, height, offset, crop } = entry;
                const picture = /** @type {const} */ ({ ...pixelsOf(entry), channels: 3 });
                for (const tile of crop && Math.max(crop[2], crop[3]) > TILE ? ['auto', TILE] : ['auto']) {
                    const out = await engine.upscale(picture, { model, scale, denoise, tile, format: 'pixels' });
                    assert.deepEqual([out.width, out.height], [width, height]);
                    const { psnr, maxDiff } = compare(out.pixels, expected.subarray(offset, offset + width * height * 3));
                    // a flat picture is one colour: a single step of rounding is a good part of its samples
                    assert.ok(maxDiff <= 1 && (psnr >= 60 || !crop), `${JSON.stringify(crop ?? 'flat')}: ${psnr} dB, ${maxDiff} levels`);
                }
            }
        });
    }
});
