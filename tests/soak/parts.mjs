// What `npm run soak` repeats: an engine's life from its creation to its end, on time or not. Each part returns its measurements, and throws when
// a state has changed. `tests/js/soak.test.mjs` runs the same in short.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../../js/client/engine.js';
import { findModel, modelParts } from '../../js/models/manifest.js';
import { createEngine } from '../../js/node.js';
import { readModelFile } from '../../js/platform/node/stream.js';
import { nodePlatform } from '../../js/platform/node/platform.js';
import { readManifest } from '../../js/platform/node/weights.js';
import { Runner } from '../../js/worker/runner.js';
import { nodeStorage } from '../../js/worker/spill/storage_node.js';
import { nodeLoader } from '../../js/worker/threads_node.js';
import { spread } from '../bench/report.mjs';
import { randomOf } from '../fuzz/js/mutate.mjs';
import { indexEngine, openIndex, picture as smallPicture } from '../js/index_support.mjs';

const MIB = 2 ** 20;
/** Rounds of which one measurement is told. */
export const BATCH = 20;
const WARM_UPS = 3; // of a fresh program, until V8 has compiled what it runs often

/** @returns {{ data: Uint8Array<ArrayBuffer>, width: number, height: number, channels: 3 }} with colours that never repeat in a row */
export function picture(width, height, seed = 0) {
    const data = new Uint8Array(width * height * 3).map((_, i) => (i * 7 + (i >> 5) * 13 + seed * 31) & 255);
    return { data, width, height, channels: 3 };
}

/** The memory of the process after a garbage collection, if node has --expose-gc. */
export function residentMiB() {
    globalThis.gc?.();
    return process.memoryUsage.rss() / MIB;
}

/**
 * What has run for long in turn with what has just begun, because other programs slow the machine for both.
 * @typedef {{ run: () => Promise<{ cpuMs: number }>, close: () => Promise<void> }} Soaked `run` is a round or a batch of them
 * @param {Soaked} old
 * @param {() => Promise<Soaked>} start
 * @param {number} times
 * @returns {Promise<{ oldMs: number, freshMs: number }>} the median of the processor's time
 */
export async function besideFresh(old, start, times) {
    const seen = { old: [], fresh: [] };
    const fresh = await start();
    try {
        for (let i = 0; i < WARM_UPS; i++) await fresh.run();
        for (let i = 0; i < times; i++) {
            seen.old.push((await old.run()).cpuMs);
            seen.fresh.push((await fresh.run()).cpuMs);
        }
    } finally {
        await fresh.close();
    }
    const [oldMs, freshMs] = [seen.old, seen.fresh].map((each) => Math.round(10 * spread(each).median) / 10);
    return { oldMs, freshMs };
}

/** Engines that are made, used in every tenth cycle, and closed. */
export async function cycles(n) {
    const seen = [];
    for (let i = 0; i < n; i++) {
        const engine = await createEngine({ threads: 1 + (i % 2) });
        if (i % 10 === 0) await engine.upscale(picture(12, 9), { format: 'pixels' });
        await engine.close();
        if ((i + 1) % Math.max(1, Math.floor(n / 10)) === 0) seen.push(Math.round(residentMiB()));
    }
    return { cycles: n, residentMiB: seen };
}

/** Two engines at once give the same results as each alone. */
export async function two(n) {
    const alone = await createEngine({ threads: 1 });
    const inputs = [picture(40, 30, 1), picture(33, 47, 2)];
    const wanted = [];
    for (const input of inputs) wanted.push((await alone.upscale(input, { format: 'pixels', tile: 32 })).data);
    await alone.close();
    const engines = await Promise.all([createEngine({ threads: 2 }), createEngine({ threads: 1 })]);
    try {
        for (let i = 0; i < n; i++) {
            const found = await Promise.all(
                engines.map((engine, k) => engine.upscale(inputs[(i + k) % 2], { format: 'pixels', tile: 32 })),
            );
            found.forEach(({ data }, k) => assert.deepEqual(data, wanted[(i + k) % 2]));
        }
    } finally {
        for (const engine of engines) await engine.close();
    }
    return { pairs: n };
}

/** Workers that are ended at random moments: the call that runs is refused, the next one is right. */
export async function kills(n, seed = 1) {
    const random = randomOf(seed);
    /** @type {import('../../js/client/rpc.js').WorkerPort | undefined} */
    let worker;
    const platform = nodePlatform();
    const startWorker = (listener) => (worker = platform.startWorker(listener));
    const engine = await createClient({ ...platform, startWorker }, { threads: 2 });
    const input = picture(64, 48);
    const run = () => engine.upscale(input, { format: 'pixels', tile: 32 });
    const counts = { killed: 0, finished: 0 };
    try {
        const begin = performance.now();
        const wanted = (await run()).data;
        const ms = performance.now() - begin;
        for (let i = 0; i < n; i++) {
            const running = run().then(
                () => 'finished',
                (error) => (assert.equal(error.code, 'INTERNAL'), 'killed'),
            );
            await sleep((ms * random(1000)) / 1000);
            await worker?.stop();
            counts[await running]++;
            assert.deepEqual((await run()).data, wanted);
        }
    } finally {
        await engine.close();
    }
    return counts;
}

const PLANS = {
    'one tile': { tile: 0 },
    'exact, maps in memory': { tile: 16 },
    'exact, maps in a file': { tile: 16, memory: 1 },
    fast: { tile: 16, sync: 'fast', memory: 1 },
    'tiles apart': { tile: 16, sync: 'off' },
    'eight views': { tile: 16, sync: 'fast', tta: true },
};

/**
 * An abort before each step of a small upscale, for each plan, or before `most` steps of it: nothing stays in the engine's memory, and no
 * file.
 */
export async function aborts(most = 24, plans = Object.keys(PLANS)) {
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-soak-'));
    const runner = new Runner({ storage: nodeStorage, openModelStore: async () => undefined, loader: nodeLoader });
    try {
        await runner.init({ variant: 'simd', threads: 1 });
        const { weights, companion } = modelParts(findModel(await readManifest(), { model: 'se', scale: 2, denoise: 'conservative' }));
        const bytes = async (file) => new Uint8Array(await readModelFile(file, { resolveUrl: String }));
        await runner.openModel({ id: 'm', network: 'cugan', companion: await bytes(companion) });
        await runner.modelBytes({ id: 'm', bytes: await bytes(weights) });
        await runner.modelEnd({ id: 'm' });
        const seen = {};
        for (const name of plans) seen[name] = await abortEach(runner, { ...PLANS[name], temp: folder }, most);
        return seen;
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

async function abortEach(runner, { size: [columns, rows] = [30, 18], ...options }, most) {
    const { data: pixels, ...size } = picture(columns, rows);
    const settings = {
        strength: 1,
        format: 'png',
        quality: 90,
        sync: 'exact',
        metadata: 'none',
        grey: 'exact',
        damaged: 'refuse',
        memory: 0,
    };
    const body = () => ({ model: 'm', picture: { pixels, ...size }, ...settings, tta: false, guard: false, wantTiles: false, ...options });
    /** Runs until the engine has checked for the `last` time whether to stop. */
    const run = async (last = Infinity) => {
        let asked = 0;
        const parts = [];
        const signal = {
            get aborted() {
                return ++asked > last;
            },
        };
        const emit = (name, part) => name === 'chunk' && parts.push(part);
        const { heap, tiles } = await runner.upscale(body(), { signal, emit });
        return { asked, heap, plan: tiles.plan, bytes: Buffer.concat(parts) };
    };
    const before = await run();
    const n = Math.min(before.asked, most);
    for (let i = 0; i < n; i++) {
        const last = Math.floor((i * before.asked) / n);
        await assert.rejects(run(last), { code: 'CANCELLED' }, `stopped after ${last} steps`);
    }
    assert.deepEqual(await run(), before);
    assert.deepEqual(readdirSync(options.temp), []);
    return `${before.plan}, aborted before ${n} of ${before.asked} steps`;
}

/** Upscales, tags and searches one after the other for some seconds. */
export async function mixed(seconds) {
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-soak-'));
    const [enlarger, looker] = [await createEngine({ threads: 1 }), await indexEngine()];
    const rounds = [];
    try {
        const index = await openIndex(looker, join(folder, 'index.db'));
        const files = Array.from({ length: 12 }, (_, i) => new File([smallPicture(i)], `${i}.png`));
        await index.add(files, { models: ['dclip'], tags: true });
        const end = performance.now() + 1000 * seconds;
        for (let i = 0; performance.now() < end; i++) {
            const begin = process.cpuUsage();
            await enlarger.upscale(picture(48, 32, i), { tile: i % 3 ? 'auto' : 32, format: i % 2 ? 'png' : 'webp' });
            await looker.tag(smallPicture(i % 50));
            await index.search({ like: [1 + (i % 12)], limit: 5 });
            if (i % BATCH === 0) {
                const { user, system } = process.cpuUsage(begin);
                rounds.push({ cpuMs: (user + system) / 1000, residentMiB: residentMiB() });
            }
        }
        await index.close();
    } finally {
        for (const engine of [enlarger, looker]) await engine.close();
        rmSync(folder, { recursive: true, force: true });
    }
    return rounds;
}
