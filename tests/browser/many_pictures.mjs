// Very many pictures in the page's index: indexed over a reload and a killed renderer, nothing lost, nothing looked at twice; then how
// evenly the grid scrolls. Alone, with 10,000: npm run test:many -- --screenshot many.png
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { clipModel } from '../js/clip_files.mjs';
import { picture } from '../js/index_support.mjs';
import { assembleNetworkSites, crash, download, launch, openPage } from './support.mjs';

const FOLDER = 'Many';
const AT_ONCE = 500; // files that are sent to the page
const SIDE = 24; // of a picture
const INTERRUPTIONS = 2;
const ASK_EVERY = 250;
/** Like a fast wheel: in this time most rows appear and disappear. */
const SCROLL = { pixels: 120, frames: 300 };
/** The name in Chromium's trace of the moment at which a frame is shown. */
const PRESENTED = 'SwapEndToPresentationCompositorFrame';
/** Of all pictures, on a busy machine. */
const patience = (/** @type {number} */ pictures) => 60e3 + pictures * 1000;

/**
 * @param {{ after: (task: () => Promise<void>) => void }} context
 * @param {{ browser: import('playwright-core').Browser, root: string, pictures: number, tell?: (text: string) => void, screenshot?: string }}
 *   many root: of a site with a tiny CLIP; screenshot: a file
 */
export async function indexMany(context, { browser, root, pictures, tell = () => {}, screenshot }) {
    const begun = performance.now();
    let page = await openPage(context, { browser, root, hash: '#search' });
    page.setDefaultTimeout(patience(pictures));
    let looks = 0;
    await page.context().exposeBinding('countLook', () => void looks++);
    await page.context().addInitScript(tellLooks);
    await page.reload();
    await makeFolder(page, pictures);
    tell(`the folder is made, ${secondsSince(begun)} s`);

    const first = performance.now();
    await page.click('#search-first-folder');
    await waitForLooks(page, () => looks, pictures * 0.3);
    await page.reload();
    tell(`reloaded after ${looks} looks, ${secondsSince(first)} s`);
    await waitForLooks(page, () => looks, pictures * 0.6);
    page = await killRenderer(page, patience(pictures));
    tell(`killed after ${looks} looks, ${secondsSince(first)} s`);
    await page.waitForFunction(
        (words) => document.querySelector('#search-count').textContent === words && document.querySelector('#search-pause').hidden,
        `${pictures.toLocaleString('en-GB')} pictures in all`,
        { polling: 500 },
    );
    const seconds = secondsSince(first);
    tell(`all is in the index after ${looks} looks, ${seconds} s`);

    await page.click('#search-store summary');
    const { bytes } = await download(page, '#search-export-jsonl');
    const paths = bytes
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).path);
    assert.deepEqual(paths.toSorted(), Array.from({ length: pictures }, (_, i) => `${FOLDER}/${i}.png`).toSorted());
    // only the current picture may be computed again; a killed renderer may not report its last pictures
    assert.ok(Math.abs(looks - pictures) <= INTERRUPTIONS, `${looks} looks at ${pictures} pictures`);
    const search = await timeOfSearch(page);
    tell(`a search by words, ${search} ms`);
    const frames = await scroll(page);
    if (screenshot) await page.screenshot({ path: screenshot });
    return { looks, seconds, search, frames };
}

/** @param {number} begun */
const secondsSince = (begun) => Math.round((performance.now() - begun) / 100) / 10;

/** In the page: tells of each picture that a network looks at. A folder of the origin private file system stands for one of the disk. */
function tellLooks() {
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message, ...rest) {
        if (message?.name === 'look') globalThis.countLook();
        return postMessage.call(this, message, ...rest);
    };
    globalThis.showDirectoryPicker = async () => (await navigator.storage.getDirectory()).getDirectoryHandle('Many');
}

/** @param {import('playwright-core').Page} page @param {number} count */
async function makeFolder(page, count) {
    for (let from = 0; from < count; from += AT_ONCE) {
        const part = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => [
            `${from + i}.png`,
            picture(from + i, SIDE, SIDE).toString('base64'),
        ]);
        await page.evaluate(
            async ([name, files]) => {
                const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
                const write = async ([path, text]) => {
                    const writer = await (await folder.getFileHandle(path, { create: true })).createWritable();
                    await writer.write(Uint8Array.from(atob(text), (each) => each.charCodeAt(0)));
                    await writer.close();
                };
                await Promise.all(files.map(write));
            },
            [FOLDER, part],
        );
    }
}

/** Fails with the page's own sentence. @param {import('playwright-core').Page} page @param {() => number} looks @param {number} least */
async function waitForLooks(page, looks, least) {
    for (let i = 0; looks() < least; i++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (i % ASK_EVERY > 0) continue; // do not disturb the page
        const problem = await page.$$eval('#search-message:not([hidden]), #toast:not([hidden])', (all) =>
            all.map((each) => each.textContent),
        );
        assert.deepEqual(problem, []);
    }
}

/** Another page of the same browser, in which the work goes on by itself. @param {import('playwright-core').Page} page @param {number} timeout */
async function killRenderer(page, timeout) {
    const other = await page.context().newPage();
    other.setDefaultTimeout(timeout);
    await crash(page);
    await other.goto(page.url());
    return other;
}

/** Until the answer shows, the least of five. @param {import('playwright-core').Page} page */
async function timeOfSearch(page) {
    const times = [];
    for (let i = 0; i < 5; i++) {
        await page.fill('#search-form [name=text]', `cat ${i}`);
        times.push(
            await page.evaluate(async () => {
                const count = document.querySelector('#search-count');
                const begun = performance.now();
                const shown = new Promise((resolve) => new MutationObserver(resolve).observe(count, { childList: true }));
                document.querySelector('#search-run').click();
                await shown;
                return performance.now() - begun;
            }),
        );
    }
    await page.click('#search-all');
    await page.waitForFunction(() => / in all$/.test(document.querySelector('#search-count').textContent));
    return Math.round(Math.min(...times));
}

/**
 * Scrolls as a wheel does. Frames by Chromium's trace: when each was drawn; and the main thread's processor time.
 * @param {import('playwright-core').Page} page
 */
async function scroll(page) {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const busy = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value;
    const drawn = [];
    session.on('Tracing.dataCollected', ({ value }) => {
        for (const { name, ph, ts } of value) if (name === PRESENTED && ph === 'e') drawn.push(ts / 1000);
    });
    await session.send('Tracing.start', {
        transferMode: 'ReportEvents',
        traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline.frame'] },
    });
    const before = await busy();
    const callbacks = await page.evaluate(async ({ pixels, frames }) => {
        const scroller = document.querySelector('#search-found');
        scroller.scrollTop = 0;
        const times = [];
        for (let i = 0; i < frames; i++) {
            times.push(await new Promise((resolve) => requestAnimationFrame(resolve)));
            scroller.scrollTop += pixels;
        }
        return times;
    }, SCROLL);
    const after = await busy();
    const ended = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await ended;
    const gaps = (times) =>
        times
            .slice(1)
            .map((time, i) => time - times[i])
            .sort((a, b) => a - b); // prettier-ignore
    return {
        drawn: summary(gaps(drawn)),
        callbacks: summary(gaps(callbacks)),
        processorMs: Number((((after - before) * 1000) / SCROLL.frames).toFixed(2)),
    };
}

/** @param {number[]} sorted milliseconds between two frames */
function summary(sorted) {
    const at = (share) => Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.toFixed(1));
    const mean = sorted.reduce((sum, gap) => sum + gap, 0) / sorted.length;
    return { frames: sorted.length + 1, perSecond: Number((1000 / mean).toFixed(1)), median: at(0.5), p95: at(0.95), worst: at(1) };
}

async function main() {
    const { values } = parseArgs({ options: { pictures: { type: 'string', default: '10000' }, screenshot: { type: 'string' } } });
    const tasks = [];
    const sites = await assembleNetworkSites(clipModel().files);
    const browser = await launch();
    try {
        const many = {
            browser,
            root: sites.full.root,
            pictures: Number(values.pictures),
            tell: console.log,
            screenshot: values.screenshot,
        };
        console.log(JSON.stringify(await indexMany({ after: (task) => tasks.push(task) }, many), null, 4));
        for (const task of tasks) await task();
    } finally {
        await browser.close();
        sites.remove();
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
