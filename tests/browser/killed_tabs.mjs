// Kills a tab of Chromium again and again while it indexes, and checks the index each time. Alone: node tests/browser/killed_tabs.mjs --kills 50
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { query, randomOf } from '../js/index_support.mjs';
import { add, assembleIndexSite, begin, COUNT } from './index_page.mjs';
import { crash, launch, openPage } from './support.mjs';

/** The maximum number of pictures after which a tab is killed, and of milliseconds after the last of these. */
const PICTURES = 4;
const DELAY_MS = 60;

/**
 * @param {{ after: (task: () => Promise<void>) => void }} context
 * @param {{ browser: import('playwright-core').Browser, root: string, kills: number, seed: number, folder: string, tell?: (text: string) => void }}
 *   options root: of a site by assembleIndexSite; folder: for the files that are checked
 */
export async function killTabAgainAndAgain(context, { browser, root, kills, seed, folder, tell = () => {} }) {
    const random = randomOf(seed);
    let page = await openPage(context, { browser, root });
    let killed = 0;
    for (let known = 0; killed < kills; killed++) {
        const { pictures } = await page.evaluate(begin, COUNT);
        assert.ok(pictures >= known, `${pictures} pictures, and ${known} before`);
        await check(page, join(folder, 'tab.db'), pictures);
        tell(`${killed}: ${pictures} pictures`);
        const isFull = pictures > COUNT - 2 * PICTURES;
        if (isFull) await page.evaluate(() => window.index.clear());
        page.evaluate(add).catch(() => {}); // it will not answer
        known = (isFull ? 0 : pictures) + 1 + Math.floor(random() * PICTURES);
        await page.waitForFunction((least) => window.done >= least, known, { polling: 5 });
        await sleep(random() * DELAY_MS);
        page = await replace(page);
    }
    const { pictures } = await page.evaluate(begin, COUNT);
    await check(page, join(folder, 'tab.db'), pictures);
    assert.deepEqual(await page.evaluate(add), { added: COUNT - pictures, unchanged: pictures, failed: [] });
    return { killed };
}

/** Kills the tab, and opens another in its place. @param {import('playwright-core').Page} page */
async function replace(page) {
    const other = await page.context().newPage();
    await crash(page);
    await page.close();
    await other.goto(page.url());
    return other;
}

/** Checks that each picture in the index has all its data. @param {import('playwright-core').Page} page @param {string} path */
async function check(page, path, pictures) {
    const bytes = await page.evaluate(async () => [...new Uint8Array(await (await window.index.export('sqlite')).arrayBuffer())]);
    writeFileSync(path, Uint8Array.from(bytes));
    assert.deepEqual(query(path, 'PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
    assert.deepEqual(query(path, 'PRAGMA foreign_key_check'), []);
    const [found] = query(
        path,
        `SELECT (SELECT count(*) FROM pictures) AS pictures, (SELECT count(*) FROM vectors) AS vectors, (SELECT count(*) FROM looks) AS looks,
            (SELECT count(*) FROM thumbnails) AS thumbnails`,
    );
    assert.deepEqual(found, { pictures, vectors: pictures, looks: pictures, thumbnails: pictures });
}

async function main() {
    const { values } = parseArgs({ options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } } });
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-kill-'));
    const site = await assembleIndexSite();
    const browser = await launch();
    const tasks = [];
    try {
        const context = { after: (task) => void tasks.push(task) };
        const { killed } = await killTabAgainAndAgain(context, {
            browser,
            root: site.root,
            kills: Number(values.kills),
            seed: Number(values.seed),
            folder,
            tell: console.log,
        });
        console.log(`${killed} times killed: the index was whole each time`);
        for (const task of tasks) await task();
    } finally {
        await browser.close();
        site.remove();
        rmSync(folder, { recursive: true, force: true });
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
