// One page of Chromium for a long time: each round starts a worker with an engine, looks at a picture with every kind of network, embeds texts,
// enlarges in five ways, and ends the worker. All rounds must give the same.
import assert from 'node:assert/strict';
import * as chromium from '../browser/drivers/chromium.mjs';
import { NUMBERS, resultsInPage } from '../browser/numbers.mjs';
import { assemblePackage } from '../browser/support.mjs';
import { serve } from '../../web/serve.mjs';
import { yardstickMs } from './parts.mjs';

const BUILD = { variant: 'simd-threads', threads: 2 };
const MEASURE_EVERY = 50; // rounds: Chromium takes up to 20 seconds to measure the memory

/**
 * @param {number} seconds
 * @returns {Promise<{ cpuMs: number, yardstickMs: number, usedMiB?: number }[]>} of each round: the processor's time in the page and its workers;
 *   of some: the memory of these
 */
export async function page(seconds) {
    const site = await assemblePackage(...NUMBERS);
    const browser = await chromium.launch();
    const server = await serve({ port: 0, root: site.root, isolation: true, headers: {} });
    try {
        const opened = await browser.openPage();
        await opened.goto(server.url);
        const rounds = [];
        let wanted;
        const end = performance.now() + 1000 * seconds;
        while (performance.now() < end) {
            const begin = await browser.pagesCpuMs();
            const found = await opened.evaluate(resultsInPage, BUILD);
            const cpuMs = (await browser.pagesCpuMs()) - begin;
            wanted ??= found;
            assert.deepEqual(found, wanted);
            rounds.push({
                cpuMs,
                yardstickMs: yardstickMs(),
                usedMiB: rounds.length % MEASURE_EVERY === 1 ? await opened.evaluate(usedMiBInPage) : undefined,
            });
        }
        assert.deepEqual(opened.complaints, []);
        return rounds;
    } finally {
        await browser.close();
        await server.close();
        site.remove();
    }
}

/** Runs in the page. */
const usedMiBInPage = async () => (await performance.measureUserAgentSpecificMemory()).bytes / 2 ** 20;
