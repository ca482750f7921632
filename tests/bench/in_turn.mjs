// Ours and onnxruntime-web in turn in one headless Chromium, each in a page of its own (page.html).
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { serve } from '../../web/serve.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const WARM_UPS = 2;
const SETTLE_MS = 200; // as run.mjs

/** A folder to serve, with only the package and the page. */
export function newSite(name) {
    const site = join(ROOT, 'build', name);
    rmSync(site, { recursive: true, force: true });
    mkdirSync(site, { recursive: true });
    const links = { 'index.html': 'tests/bench/page.html', bench: 'tests/bench' };
    for (const folder of ['js', 'dist', 'models', 'node_modules']) links[folder] = folder;
    for (const [link, target] of Object.entries(links)) symlinkSync(join(ROOT, target), join(site, link));
    return site;
}

async function open(browser, url, module, options) {
    const page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => console.error(`${module}: ${error.message}`));
    await page.goto(url);
    await page.waitForFunction(() => window.bench !== undefined);
    const { description } = await page.evaluate((all) => window.bench.prepare(all), { module, ...options });
    const run = async () => {
        await page.bringToFront();
        await page.waitForTimeout(SETTLE_MS);
        return (await page.evaluate(() => window.bench.run())).ms;
    };
    return { description, run, times: [] };
}

/**
 * The times of both in milliseconds, and which programs they are.
 * @param {string} site
 * @param {{ ours: object, ort: object }} tasks of network/ours.js and network/ort.js
 * @param {{ threads: number, rounds: number }} options
 * @returns {Promise<Record<'ours' | 'ort', { description: string, times: number[] }>>}
 */
export async function measureInTurn(site, tasks, { threads, rounds }) {
    const { url, close } = await serve({ port: 0, root: site });
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    try {
        const ours = await open(browser, url, 'network/ours.js', { threads, ...tasks.ours });
        const ort = await open(browser, url, 'network/ort.js', { threads, ...tasks.ort });
        for (let round = -WARM_UPS; round < rounds; round++) {
            for (const { run, times } of [ours, ort]) {
                const ms = await run();
                if (round >= 0) times.push(ms);
            }
        }
        return { ours, ort };
    } finally {
        await browser.close();
        await close();
    }
}
