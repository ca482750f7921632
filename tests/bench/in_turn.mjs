// Ours and onnxruntime-web in turn in one headless Chromium, each in a page of its own (embed.html), as a table.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { serve } from '../../web/serve.mjs';
import { spread } from './report.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const WARM_UPS = 2;
const SETTLE_MS = 200; // as run.mjs

/** A folder to serve, with only the package and the page. */
export function newSite(name) {
    const site = join(ROOT, 'build', name);
    rmSync(site, { recursive: true, force: true });
    mkdirSync(join(site, 'onnx'), { recursive: true });
    const links = { 'index.html': 'tests/bench/embed.html', bench: 'tests/bench' };
    for (const folder of ['js', 'dist', 'models', 'node_modules']) links[folder] = folder;
    for (const [link, target] of Object.entries(links)) symlinkSync(join(ROOT, target), join(site, link));
    return site;
}

async function open(browser, url, options) {
    const page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => console.error(`${options.system}: ${error.message}`));
    await page.goto(url);
    await page.waitForFunction(() => window.bench !== undefined);
    const description = await page.evaluate((all) => window.bench.prepare(all), options);
    const run = async () => {
        await page.bringToFront();
        await page.waitForTimeout(SETTLE_MS);
        return page.evaluate(() => window.bench.run());
    };
    return { description, run, close: () => page.context().close() };
}

async function measure(browser, url, { name, ours, ort, times = 1 }, { threads, rounds }) {
    const pages = {
        ours: await open(browser, url, { system: 'ours', threads, ...ours }),
        ort: await open(browser, url, { system: 'ort', threads, ...ort }),
    };
    const found = { ours: [], ort: [] };
    for (let round = -WARM_UPS; round < rounds; round++) {
        const pair = { ours: await pages.ours.run(), ort: (await pages.ort.run()) * times };
        for (const system of round < 0 ? [] : ['ours', 'ort']) found[system].push(pair[system]);
    }
    const row = (system, title) => {
        const { min, median } = spread(found[system]);
        return `| ${name} | ${title} | ${min.toFixed(1)} | ${median.toFixed(1)} | ${(min / Math.min(...found.ours)).toFixed(2)} |`;
    };
    console.log(`${row('ours', `acg2vec, ${pages.ours.description}`)}\n${row('ort', pages.ort.description)}`);
    await pages.ours.close();
    await pages.ort.close();
}

/**
 * @param {string} site
 * @param {{ name: string, ours: object, ort: object, times?: number }[]} tasks the arguments of embed.html for both; times: what
 *   onnxruntime-web's time is multiplied by, where it runs a part of the layers
 * @param {{ threads: number, rounds: number }} options
 */
export async function inTurn(site, tasks, options) {
    const { url, close } = await serve({ port: 0, root: site });
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    try {
        console.log(`Chromium ${browser.version()}, ${options.threads} threads, in turn\n`);
        console.log('| what | system | min ms | median ms | × ours |\n|---|---|---|---|---|');
        for (const task of tasks) await measure(browser, url, task, options);
    } finally {
        await browser.close();
        await close();
    }
}
