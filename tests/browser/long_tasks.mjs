// npm run long-tasks: the longest tasks of the page's main thread, step by step, in processor time by Chromium's trace: the Long Tasks API counts
// what other programs take meanwhile, too. Fails if one of them is over 50 ms.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../../web/serve.mjs';
import { convnetModels } from '../js/convnet_files.mjs';
import { makePng } from '../js/support.mjs';
import { assembleNetworkSites, launch } from './support.mjs';

const MOST_MS = 50;
const MARK = 'acg2vec-measured';
const PICTURES = 1000;
const WAIT = { timeout: 120e3 };

const { files } = convnetModels();
delete files['illust2vec/model.safetensors'];
const sites = await assembleNetworkSites(files);
const server = await serve({ port: 0, root: sites.full.root });
const browser = await launch();
const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en', serviceWorkers: 'block' })).newPage();
page.setDefaultTimeout(WAIT.timeout);

/**
 * @param {string} name
 * @param {() => Promise<unknown>} step
 * @param {string} [from] the kind of the event with which the page's own work begins: of its task, only that counts
 */
async function measure(name, step, from) {
    await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing', 'devtools.timeline'] });
    await step();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100))));
    await page.evaluate((mark) => void performance.mark(mark), MARK); // by which the page's thread is known: Chromium has pages of its own
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
    const { pid, tid } = traceEvents.find((event) => event.name === MARK);
    const isOfPage = (event) => event.pid === pid && event.tid === tid;
    const tasks = traceEvents.filter((event) => /RunTask$/.test(event.name) && event.tdur !== undefined && isOfPage(event));
    const begins = traceEvents
        .filter(({ name: kind, args }) => from && kind === 'EventDispatch' && args.data?.type === from)
        .filter(isOfPage);
    const counted = (task) => begins.find(({ ts }) => ts >= task.ts && ts < task.ts + task.dur) ?? task;
    const longest = tasks.map((task) => counted(task).tdur / 1000).toSorted((a, b) => b - a);
    const isLong = longest[0] > MOST_MS;
    console.log(
        `${isLong ? 'LONG ' : ''}${name}: ${longest
            .slice(0, 3)
            .map((ms) => ms.toFixed(1))
            .join(', ')} ms of ${tasks.length} tasks`,
    );
    if (isLong) process.exitCode = 1;
}

const state = (tab, wanted) =>
    page.waitForFunction(([id, value]) => document.querySelector(`#${id}-part`)?.dataset.state === value, [tab, wanted], WAIT);
const folder = mkdtempSync(join(tmpdir(), 'acg2vec-long-'));
try {
    await measure('the page opens', async () => {
        await page.goto(server.url);
        await page.waitForSelector('main[aria-busy=false]');
    });
    const buffer = makePng(800, 600, (x, y) => [x % 256, y % 256, (x * y) % 256]);
    await page.setInputFiles('#file', { name: 'large.png', mimeType: 'image/png', buffer });
    await page.waitForFunction(() => document.querySelector('#enlarge-estimate').textContent, null, WAIT);
    await measure('a picture of 800 x 600 is enlarged', async () => {
        await page.click('#enlarge-run');
        await state('enlarge', 'done');
    });
    await page.click('#enlarge-another'); // so that the page has nothing to offer again
    await page.goto('about:blank');
    await page.goto(`${server.url}#scores`);
    mkdirSync(join(folder, 'set'));
    for (let i = 0; i < PICTURES; i++) {
        writeFileSync(
            join(folder, 'set', `${i}.png`),
            makePng(24, 16, (x, y) => [(40 * i + 9 * x) % 256, (70 * i + 9 * y) % 256, (9 * i) % 256]),
        );
    }
    await page.waitForSelector('#describe-part[aria-busy=false]:not([hidden])', WAIT);
    const opens = async () => {
        await page.setInputFiles('#folder', join(folder, 'set'));
        await state('describe', 'chosen');
    };
    await measure(`a folder of ${PICTURES} pictures opens`, opens, 'change'); // before, Chromium makes an object of each file
    await page.waitForFunction(() => !document.querySelector('#describe-run').disabled, null, WAIT);
    await measure('they are scored and tagged, the first 200', async () => {
        await page.click('#describe-run');
        await page.waitForFunction(() => /^2\d\d of/.test(document.querySelector('#describe-percent').textContent), null, WAIT);
        await page.click('#describe-cancel');
        await state('describe', 'chosen');
    });
    await measure('the table is sorted', () => page.click('#describe-table [data-key=bookmark] button'));
    await measure('a threshold moves', () => page.fill('#describe-threshold', '0.2'));
    await measure('the table is filtered', () => page.fill('#describe-filter [name=text]', 'hair'));
    await page.fill('#describe-filter [name=text]', '');
    await measure('the table scrolls', () =>
        page.evaluate(async () => {
            const table = document.querySelector('#describe-table');
            for (let i = 0; i < 60; i++) {
                table.scrollTop += 300;
                await new Promise(requestAnimationFrame);
            }
        }),
    );
    await measure('it is downloaded as CSV', async () => {
        await Promise.all([page.waitForEvent('download'), page.click('#describe-csv')]);
    });
} finally {
    await browser.close();
    await server.close();
    sites.remove();
    rmSync(folder, { recursive: true, force: true });
}
