// A memory that the system does not let grow: smaller tiles are taken, unless the caller has chosen; a call that is refused harms no other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createClient } from '../../js/client/engine.js';
import { nodePlatform } from '../../js/platform/node/platform.js';
import { compare, decodePng, readGolden, weightsMissing } from './support.mjs';

const skip = await weightsMissing([2]);

/** @type {import('../../js/platform/platform.js').Platform['startWorker']} */
function startWorker({ onMessage, onDeath }) {
    const worker = new Worker(new URL('./limited_worker.mjs', import.meta.url), { execArgv: [] });
    worker.on('message', onMessage);
    worker.on('error', ({ message }) => onDeath(message));
    return {
        post: (message, transfer) => worker.postMessage(message, transfer),
        hold: () => {},
        stop: async () => void (await worker.terminate()),
    };
}

for (const threads of [1, 2]) {
    test(`memory that cannot grow, ${threads} threads`, { skip }, async (context) => {
        const engine = await createClient({ ...nodePlatform(), startWorker }, { threads });
        context.after(() => engine.close());
        const enlarge = () => engine.upscale(readGolden('anime256.png'));
        const { blob, tiles } = await enlarge();
        const { data } = decodePng(Buffer.from(await blob.arrayBuffer()));
        assert.notEqual(tiles.plan, 'whole'); // which needs 198 MiB
        const { psnr, maxDiff } = compare(data, decodePng(readGolden('up2x-conservative.png')).data);
        assert.ok(psnr >= 60 && maxDiff <= 1, `${psnr} dB, ${maxDiff}`);
        for (const options of [{ tile: 256 }, { memory: 2 ** 29 }]) {
            await assert.rejects(engine.upscale(readGolden('anime256.png'), options), { code: 'NO_MEMORY', reason: 'WORK_TOO_LARGE' });
        }
        assert.deepEqual(Buffer.from(await (await enlarge()).blob.arrayBuffer()), Buffer.from(await blob.arrayBuffer()));
    });
}
