// Mixed requests to the REST service for a long time: pictures to enlarge, tags, and an upload that is refused.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { formOf, picture, post, small } from '../server/support.mjs';
import { BATCH, besideFresh } from './parts.mjs';

const MOST_TRIES = 5;
const PROCESS = fileURLToPath(new URL('service_process.mjs', import.meta.url));

/**
 * The service has tiny networks and Real-CUGAN.
 * @param {number} seconds
 * @param {number} [compared] batches, of which each has one of a fresh service beside it
 * @returns {Promise<{ batches: Batch[], beside: { oldMs: number, freshMs: number } }>}
 *
 * @typedef {{ cpuMs: number, residentMiB: number, putOff: number }} Batch of a round in it, and of the service alone; putOff: how many requests
 *   of the batch were answered with "try again later"
 */
export async function service(seconds, compared = 10) {
    const old = await startProcess();
    try {
        const batches = [];
        const end = performance.now() + 1000 * seconds;
        while (performance.now() < end) batches.push(await old.run());
        return { batches, beside: await besideFresh(old, startProcess, compared) };
    } finally {
        await old.close();
    }
}

/** The service in a process of its own. */
async function startProcess() {
    const child = fork(PROCESS);
    const ended = once(child, 'exit');
    const died = ended.then(() => assert.fail('The service has ended'));
    const told = async () => (await Promise.race([once(child, 'message'), died]))[0];
    const usage = () => {
        child.send('usage');
        return told();
    };
    const running = await told();
    return {
        /** @returns {Promise<Batch>} */
        async run() {
            const before = await usage();
            let putOff = 0;
            for (let i = 0; i < BATCH; i++) putOff += await round(running, i);
            const { cpuMs, residentMiB } = await usage();
            return { cpuMs: (cpuMs - before.cpuMs) / BATCH, residentMiB, putOff };
        },
        async close() {
            died.catch(() => {}); // now it may
            if (child.connected) child.disconnect();
            await ended;
        },
    };
}

/** @returns {Promise<number>} how many of its requests were put off */
async function round(running, i) {
    const upscaled = await ask(running, `/images/upscale?format=${i % 2 ? 'png' : 'webp'}`, { image: small });
    assert.equal(upscaled.status, 200);
    assert.ok((await upscaled.arrayBuffer()).byteLength > 0);
    const tagged = await ask(running, '/images/tags', { image: picture });
    assert.equal(tagged.status, 200);
    assert.ok((await tagged.json()).data);
    const refused = await ask(running, '/images/tags', { image: Buffer.from('no picture') });
    assert.equal(refused.status, 415);
    await refused.arrayBuffer();
    return upscaled.putOff + tagged.putOff + refused.putOff;
}

/**
 * Asks again when the service is overloaded, as clients should: it is after a pause of the whole process (SIGSTOP), because its event loop stood
 * still. One client that waits for each answer never finds all places taken: that would be a place that was not given back.
 */
async function ask(running, path, parts) {
    for (let putOff = 0; ; putOff++) {
        const answer = await post(running, path, formOf(parts));
        if (answer.status !== 429 || putOff === MOST_TRIES) return Object.assign(answer, { putOff });
        assert.match((await answer.json()).message, /overloaded/);
        await sleep(1000 * Number(answer.headers.get('retry-after')));
    }
}
