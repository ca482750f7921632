// npm run bench: ours and its peers in turn, in one kind of browser, on the same picture with as many threads.
// Measures and prints; judges nothing except that all made the same picture.
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../../web/serve.mjs';
import { findBrowser } from '../browser/drivers/index.mjs';
import { formatReport } from './report.mjs';
import { assembleSite } from './site.mjs';

const USAGE = `npm run bench -- [options]
    --browser NAME      chromium, firefox, webkitgtk (one thread), webkitgtk-threads (chromium)
    --side 128,256      sides of the square picture (256)
    --scale 2,3,4       (2)
    --threads 1,2       (2, where the browser allows it)
    --rounds 5          measured rounds, after two to warm up (5)
    --peers ort,tfjs    files of tests/bench/peers to measure beside ours (ort)
    --json FILE         writes every single time as well
    --markdown          prints the table as Markdown
    --models DIR        the weights, if not where the command line finds them`;

const OURS = 'acg2vec';
const WARM_UPS = 2;
const SETTLE_MS = 200; // thread pools spin for a while after their work: not at the next one's cost
const MAX_LEVELS = 2;

const OPTIONS = {
    browser: { type: 'string', default: 'chromium' },
    side: { type: 'string', default: '256' },
    scale: { type: 'string', default: '2' },
    threads: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    peers: { type: 'string', default: 'ort' },
    json: { type: 'string' },
    markdown: { type: 'boolean', default: false },
    models: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
};

class UsageError extends Error {}

function readNumbers(name, text, min, max) {
    const numbers = text.split(',').map(Number);
    if (numbers.every((n) => Number.isInteger(n) && n >= min && n <= max)) return numbers;
    throw new UsageError(`Expected whole numbers from ${min} to ${max} for --${name} but received ${text}`);
}

function readOptions() {
    let values;
    try {
        ({ values } = parseArgs({ options: OPTIONS }));
    } catch (error) {
        throw new UsageError(`${error.message}\n${USAGE}`);
    }
    const peers = values.peers.split(',').filter(Boolean);
    for (const peer of peers) {
        if (!/^\w+$/.test(peer) || !existsSync(new URL(`peers/${peer}.js`, import.meta.url))) {
            throw new UsageError(`Expected names of files in tests/bench/peers for --peers but received ${peer}`);
        }
    }
    const browser = findBrowser(values.browser, UsageError);
    return {
        ...values,
        browser,
        sides: readNumbers('side', values.side, 32, 2048),
        scales: readNumbers('scale', values.scale, 2, 4),
        threads: readNumbers('threads', values.threads ?? (browser.hasThreads ? '2' : '1'), 1, 64),
        rounds: readNumbers('rounds', values.rounds, 1, 1000)[0],
        systems: [OURS, ...peers.filter((peer) => peer !== OURS)],
    };
}

/** In a browser of its own: pages of one could share a process, and so memory and a main thread. */
async function openSystem({ launch }, url, name, task) {
    const browser = await launch();
    try {
        const page = await browser.openPage();
        await page.goto(url);
        await page.waitFor(() => window.bench !== undefined);
        const about = await page.evaluate((options) => window.bench.prepare(options), { module: `peers/${name}.js`, ...task });
        const run = async () => {
            await sleep(SETTLE_MS);
            return page.evaluate(() => window.bench.run());
        };
        const pixels = async () => Buffer.from(await page.evaluate(() => window.bench.pixels()), 'base64');
        return { name, version: browser.version, about, run, pixels, close: () => browser.close() };
    } catch (error) {
        await browser.close();
        throw new Error(`${name}: ${error.message}`);
    }
}

/** By how many of 255 two pictures differ at most. */
function mostApart(a, b) {
    if (a.length !== b.length) throw new Error(`Expected ${a.length} bytes of picture but received ${b.length}`);
    return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

/** All systems on one task, in turn; the first is ours. */
async function measure(browser, url, names, task, rounds) {
    const systems = [];
    try {
        for (const name of names) systems.push(await openSystem(browser, url, name, task));
        const runs = systems.map(() => []);
        for (let round = -WARM_UPS; round < rounds; round++) {
            for (const [k, system] of systems.entries()) {
                const result = await system.run();
                if (round >= 0) runs[k].push(result);
            }
        }
        const pictures = [];
        for (const system of systems) pictures.push(await system.pixels());
        return systems.map(({ name, version, about }, k) => ({
            name,
            version,
            ...about,
            runs: runs[k],
            ratios: runs[k].map(({ ms }, i) => ms / runs[0][i].ms),
            levelsApart: mostApart(pictures[0], pictures[k]),
        }));
    } finally {
        for (const system of systems) await system.close();
    }
}

function listTasks({ sides, scales, threads }) {
    const withThreads = (side, scale) => threads.map((n) => ({ side, scale, threads: n }));
    return sides.flatMap((side) => scales.flatMap((scale) => withThreads(side, scale)));
}

async function measureAll({ systems, rounds, browser, ...options }) {
    const root = await assembleSite(options.scales, options.models);
    const { url, close } = await serve({ port: 0, root });
    try {
        const cases = [];
        for (const task of listTasks(options)) {
            console.error(`${task.side}x${task.side}, ${task.scale}x, threads: ${task.threads} …`);
            cases.push({ ...task, systems: await measure(browser, url, systems, task, rounds) });
        }
        const { model: cpu } = cpus()[0];
        const machine = {
            cores: cpus().length,
            cpu,
            platform: process.platform,
            browser: cases[0].systems[0].version,
        };
        return { date: new Date().toISOString(), machine, rounds, cases };
    } finally {
        await close();
    }
}

async function main() {
    const options = readOptions();
    if (options.help) {
        console.log(USAGE);
        return;
    }
    const report = await measureAll(options);
    if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
    console.log(formatReport(report, options.markdown));
    for (const { name, levelsApart } of report.cases.flatMap(({ systems }) => systems)) {
        if (levelsApart <= MAX_LEVELS) continue;
        console.error(`${name} made another picture, up to ${levelsApart} of 255 from ours: the times do not compare`);
        process.exitCode = 1;
    }
}

main().catch((error) => {
    console.error(error.message);
    process.exitCode = error instanceof UsageError ? 2 : 1;
});
