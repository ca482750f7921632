// From a cold page, bundled as the real one is, its files and the model in the browser's caches, to the first finished tile. Each round
// is a page of its own; times count from the navigation's start.
//     node tests/bench/cold.mjs [--side 128] [--threads 2] [--rounds 7]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { serve } from '../../web/serve.mjs';
import { spread } from './report.mjs';
import { assembleColdSite } from './site.mjs';

const WARM_UPS = 3; // the first fills the caches, and V8 keeps optimised code only of what it has seen before
const { values } = parseArgs({
    options: {
        side: { type: 'string', default: '128' },
        threads: { type: 'string', default: '2' },
        rounds: { type: 'string', default: '7' },
    },
});

async function visit(context, url) {
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(error.message));
    const told = page.waitForEvent('console'); // whatever asks the page runs a script in it, on one of the two cores
    await page.goto(url, { waitUntil: 'commit' });
    const cold = JSON.parse((await told).text());
    await page.close();
    return cold;
}

const profile = mkdtempSync(join(tmpdir(), 'acg2vec-cold-'));
// Files that never change are kept, as on a static host: it is the page that is cold.
const { url, close } = await serve({ port: 0, root: await assembleColdSite(2), headers: { 'Cache-Control': 'max-age=3600' } });
const context = await chromium.launchPersistentContext(profile, { executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
    const runs = [];
    for (let round = -WARM_UPS; round < Number(values.rounds); round++) {
        const cold = await visit(context, `${url}?side=${values.side}&threads=${values.threads}`);
        if (round >= 0) runs.push(cold);
    }
    console.log(`| ${values.side}², ${values.threads} threads | min ms | median ms |\n|---|---|---|`);
    const names = {
        scriptMs: 'script runs',
        engineMs: 'engine is ready',
        modelsMs: 'model: read, checked, opened',
        upscaleMs: 'the upscale',
        tileMs: 'first finished tile',
    };
    for (const [name, words] of Object.entries(names)) {
        const { min, median } = spread(runs.map((run) => run[name]));
        console.log(`| ${words} | ${min.toFixed(0)} | ${median.toFixed(0)} |`);
    }
} finally {
    await context.close();
    await close();
    rmSync(profile, { recursive: true, force: true });
}
