// Mixed requests to the REST service for a long time: pictures to enlarge, tags, and an upload that is refused.
import assert from 'node:assert/strict';
import { formOf, picture, post, small, startService } from '../server/support.mjs';
import { BATCH, residentMiB } from './parts.mjs';

/**
 * The service runs in this process, with tiny networks and Real-CUGAN.
 * @param {number} seconds
 * @returns {Promise<{ cpuMs: number, residentMiB: number }[]>} of a round in each batch
 */
export async function service(seconds) {
    const running = await startService();
    const batches = [];
    try {
        const end = performance.now() + 1000 * seconds;
        while (performance.now() < end) {
            const begin = process.cpuUsage();
            for (let i = 0; i < BATCH; i++) await round(running, i);
            const { user, system } = process.cpuUsage(begin);
            batches.push({ cpuMs: (user + system) / 1000 / BATCH, residentMiB: residentMiB() });
        }
    } finally {
        await running.close();
    }
    return batches;
}

async function round(running, i) {
    const upscaled = await post(running, `/images/upscale?format=${i % 2 ? 'png' : 'webp'}`, formOf({ image: small }));
    assert.equal(upscaled.status, 200);
    assert.ok((await upscaled.arrayBuffer()).byteLength > 0);
    const tagged = await post(running, '/images/tags', formOf({ image: picture }));
    assert.equal(tagged.status, 200);
    assert.ok((await tagged.json()).data);
    const refused = await post(running, '/images/tags', formOf({ image: Buffer.from('no picture') }));
    assert.equal(refused.status, 415);
    await refused.arrayBuffer();
}
