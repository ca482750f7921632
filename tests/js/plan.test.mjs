// The predictions of engine.plan: sizes, tiles and memory against the work itself, the time from earlier work.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AcgError } from '../../js/errors.js';
import { findModel, modelParts } from '../../js/models/manifest.js';
import { loadNative } from '../../js/worker/native/native.js';
import { nodeLoader } from '../../js/worker/threads_node.js';
import { createEngine } from '../../js/node.js';
import { Speed } from '../../js/client/estimate.js';
import { readModelFile } from '../../js/platform/node/stream.js';
import { readManifest } from '../../js/platform/node/weights.js';
import { weightsMissing } from './support.mjs';

const skip = await weightsMissing([2]);
const INFO = /** @type {const} */ ({ variant: 'simd', threads: 1 });

function picture(width, height) {
    return { data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 31) % 255), width, height, channels: 3 };
}

/** Notes in memory, and how they began. */
function notes(text) {
    const kept = { text, read: async () => kept.text, write: async (next) => void (kept.text = next) };
    return kept;
}

test('without knowledge the time comes from a trial, the fastest of three runs, which is not kept', async () => {
    const kept = notes(undefined);
    const speed = new Speed(kept, INFO);
    const times = [900, 100, 200];
    const rate = await speed.rate(2, async () => ({ upscaleMs: times.shift() ?? assert.fail('a fourth run'), cost: 1000 }));
    assert.deepEqual(rate, { msPerPixel: 0.1, from: 'trial' });
    assert.deepEqual(await speed.rate(2, assert.fail), rate);
    assert.equal(kept.text, undefined);
});

test('work teaches the time for its scale, number of threads and build, and is remembered', async () => {
    const kept = notes('nonsense');
    await new Speed(kept, INFO).learn(3, 'work', 500_000, 1_000_000);
    const later = new Speed(kept, INFO);
    assert.deepEqual(await later.rate(3, assert.fail), { msPerPixel: 0.5, from: 'work' });
    await later.learn(3, 'work', 9000, 1000); // a small picture tells less than a large one did
    assert.equal((await later.rate(3, assert.fail)).msPerPixel, 0.5);
    const other = new Speed(kept, { ...INFO, threads: 2 });
    assert.equal((await other.rate(3, async () => ({ upscaleMs: 1, cost: 1 }))).from, 'trial');
});

test('notes that can be neither read nor kept do no harm', async () => {
    const fail = async () => {
        throw new AcgError('INTERNAL', 'no room');
    };
    const speed = new Speed({ read: fail, write: fail }, INFO);
    await speed.learn(2, 'work', 10, 10);
    assert.equal((await speed.rate(2, assert.fail)).msPerPixel, 1);
});

test('a plan has the sizes and tiles of the work that follows', { skip }, async () => {
    const engine = await createEngine({ threads: 2 });
    try {
        const options = /** @type {const} */ ({ tile: 32, format: 'pixels' });
        const { width, height, channels, tiles, ms, memory } = await engine.plan(picture(90, 50), options);
        const { columns, rows, ...same } = tiles;
        const result = await engine.upscale(picture(90, 50), options);
        assert.deepEqual([width, height, channels, same], [result.width, result.height, result.channels, result.tiles]);
        assert.deepEqual([columns, rows], [3, 2]);
        assert.ok(ms > 0 && memory > tiles.memory, `${ms} ms, ${memory} bytes`);
        await assert.rejects(engine.plan(new Uint8Array(9)), { code: 'BAD_FORMAT' });
        await assert.rejects(engine.plan(picture(9, 9), { scale: /** @type {any} */ (5) }), { code: 'BAD_ARGUMENT' });
    } finally {
        await engine.close();
    }
});

test('a limit on memory that nothing fits into is refused with the least that is needed, which then is enough', { skip }, async () => {
    const engine = await createEngine({ threads: 1 });
    try {
        const large = picture(300, 200);
        for (const call of ['plan', 'upscale']) {
            await assert.rejects(engine[call](large, { memory: 3 * 2 ** 20, temp: false }), ({ code, reason, values, message }) => {
                assert.deepEqual([code, reason, values.limit], ['NO_MEMORY', 'MEMORY_LIMIT_TOO_LOW', 3]);
                assert.match(message, /take at least \d+ MiB but memory is limited to 3 MiB\.$/);
                return true;
            });
        }
        const { values } = await engine.plan(large, { memory: 1 }).catch((error) => error);
        assert.equal((await engine.plan(large, { memory: values.mebibytes * 2 ** 20 })).width, 600);
    } finally {
        await engine.close();
    }
});

test('the predicted memory is that which the work takes', { skip }, async () => {
    const native = await loadNative({ variant: 'simd', threads: 1 }, nodeLoader);
    const model = findModel(await readManifest(), { model: 'se', scale: 2, denoise: 'conservative' });
    const { weights, companion } = modelParts(model);
    const network = native.openModel({ network: 'cugan', companion: await readModelFile(companion, { resolveUrl: String }) });
    network.write(await readModelFile(weights, { resolveUrl: String }));
    network.finish();
    const { data: pixels, ...size } = picture(130, 70);
    const settings = /** @type {const} */ ({ tile: 32, strength: 1, format: 'png', quality: 90, sync: 'exact', memory: 0, spill: 0 });
    const image = native.imageFromPixels({ pixels, ...size });
    const plan = native.planUpscale(network, image, settings);
    const predicted = native.memoryUsed + plan.tiles.memory;
    await plan.end();
    const task = native.beginUpscale(network, image, settings);
    let most = 0;
    while (task.done < task.total) {
        await task.step();
        most = Math.max(most, native.memoryUsed);
        while (task.takeOutput());
    }
    await task.end();
    assert.ok(most < 1.05 * predicted && most > 0.8 * predicted, `Predicted ${predicted} bytes, but ${most} were in use`);
});
