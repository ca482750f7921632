// One page of Chromium for a long time: each round starts a worker with an engine, looks at a picture with every kind of network, embeds texts,
// enlarges in five ways, and ends the worker. All rounds must give the same.
import assert from 'node:assert/strict';
import * as chromium from '../browser/drivers/chromium.mjs';
import { NUMBERS, resultsInPage } from '../browser/numbers.mjs';
import { assemblePackage } from '../browser/support.mjs';
import { serve } from '../../web/serve.mjs';
import { besideFresh } from './parts.mjs';

const BUILD = { variant: 'simd-threads', threads: 2 };
const MEASURE_EVERY = 50; // rounds: Chromium takes up to 20 seconds to measure the memory

/**
 * @param {number} seconds
 * @param {number} [compared] rounds, of which each has one of a fresh page beside it
 * @returns {Promise<{ rounds: { cpuMs: number, usedMiB?: number }[], beside: { oldMs: number, freshMs: number } }>} cpuMs: the processor's time
 *   of a round in the page and its workers; usedMiB: the memory of these, in some rounds
 */
export async function page(seconds, compared = 10) {
    const site = await assemblePackage(...NUMBERS);
    const server = await serve({ port: 0, root: site.root, isolation: true, headers: {} });
    const start = () => openSoaked(server.url);
    let old;
    try {
        old = await start();
        const rounds = [];
        const end = performance.now() + 1000 * seconds;
        while (performance.now() < end) {
            const { cpuMs } = await old.run();
            rounds.push({ cpuMs, usedMiB: rounds.length % MEASURE_EVERY === 1 ? await old.usedMiB() : undefined });
        }
        return { rounds, beside: await besideFresh(old, start, compared) };
    } finally {
        await old?.close();
        await server.close();
        site.remove();
    }
}

/** A page in a browser of its own. @param {string} url */
async function openSoaked(url) {
    const browser = await chromium.launch();
    const opened = await browser.openPage();
    await opened.goto(url);
    let wanted;
    return {
        async run() {
            const begin = await browser.pagesCpuMs();
            const found = await opened.evaluate(resultsInPage, BUILD);
            const cpuMs = (await browser.pagesCpuMs()) - begin;
            wanted ??= found;
            assert.deepEqual(found, wanted);
            assert.deepEqual(opened.complaints, []);
            return { cpuMs };
        },
        usedMiB: () => opened.evaluate(usedMiBInPage),
        close: () => browser.close(),
    };
}

/** Runs in the page. */
const usedMiBInPage = async () => (await performance.measureUserAgentSpecificMemory()).bytes / 2 ** 20;
