// The page for everyone: what axe finds, narrow screens, little motion, a strict policy, and a thread that stays free while work goes on.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { makePng, weightsMissing } from '../js/support.mjs';
import { assembleSite, browserMissing, download, open, openPage, reach, shareBrowser } from './support.mjs';

const small = { name: 'small.png', bytes: makePng(40, 24, (x, y) => [6 * x, 10 * y, (x * y) % 256]) };
const slow = { name: 'slow.png', bytes: makePng(320, 320, (x, y) => [x % 256, y % 256, (x + y) % 256]) };
const skip = browserMissing || (await weightsMissing([2]));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TABS = ['enlarge', 'label', 'describe']; // those of one picture at a time
const ALL = [...TABS, 'search', 'words'];

describe('access', () => {
    const options = shareBrowser(skip, () => assembleSite());
    const inBrowser = (name, run) => test(name, { skip }, run);

    async function enter(page, tab) {
        await page.click(`#to-${tab}`);
        await page.waitForSelector(`#${tab}-part:not([hidden])`);
    }

    /** What axe says against the page as it shows. */
    async function assertNothingFound(page, when) {
        await page.evaluate(axe);
        const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
        assert.ok(passes.length > 10, `Expected more rules to look at but found ${passes.length}`);
        const words = violations.map(({ id, nodes }) => `${when}: ${id}: ${nodes.map(({ html }) => html.slice(0, 90)).join(' | ')}`);
        assert.deepEqual(words, []);
    }

    for (const colorScheme of ['light', 'dark']) {
        inBrowser(`axe finds nothing in any tab, ${colorScheme}`, async (context) => {
            const page = await openPage(context, options);
            await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
            for (const tab of ALL) {
                await enter(page, tab);
                await assertNothingFound(page, `${tab}, empty`);
            }
            await enter(page, 'enlarge');
            await open(page, small);
            await page.click('summary');
            await assertNothingFound(page, 'enlarge, chosen');
            await page.click('#enlarge-run');
            await reach(page, 'done');
            await assertNothingFound(page, 'enlarge, done');
            for (const tab of TABS.slice(1)) {
                await enter(page, tab);
                await page.waitForFunction((id) => document.querySelector(`#${id}-name`).textContent, tab);
                await assertNothingFound(page, `${tab}, chosen`);
            }
        });
    }

    for (const locale of ['en', 'zh-CN', 'ja']) {
        inBrowser(`fits a screen 320 px wide in ${locale}`, async (context) => {
            const page = await openPage(context, { ...options, locale, viewport: { width: 320, height: 600 } });
            const widths = async () => page.evaluate(() => document.documentElement.scrollWidth);
            const found = [];
            for (const tab of ALL) {
                await enter(page, tab);
                found.push(await widths());
            }
            await enter(page, 'enlarge');
            await open(page, small);
            await page.click('summary');
            found.push(await widths());
            for (const tab of TABS.slice(1)) {
                await enter(page, tab);
                await page.waitForFunction((id) => document.querySelector(`#${id}-name`).textContent, tab);
                found.push(await widths());
            }
            assert.deepEqual(new Set(found), new Set([320]));
        });
    }

    inBrowser('the tabs can be reached in a low window, which a laptop of 1366 x 768 has', async (context) => {
        const page = await openPage(context, { ...options, viewport: { width: 1366, height: 620 } });
        for (const from of ALL) {
            await enter(page, from);
            const covered = await page.evaluate(
                (tabs) =>
                    tabs.filter((tab) => {
                        const { x, y, width, height } = document.getElementById(`to-${tab}`).getBoundingClientRect();
                        return document.elementFromPoint(x + width / 2, y + height / 2)?.closest('a')?.id !== `to-${tab}`;
                    }),
                ALL,
            );
            assert.deepEqual(covered, [], `Expected that nothing in ${from} covers the tabs`);
        }
    });

    inBrowser('nothing moves for who wants little motion', async (context) => {
        const page = await openPage(context, options);
        await page.emulateMedia({ reducedMotion: 'reduce' });
        const moving = () => page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
        assert.equal(await moving(), 0);
        await open(page, slow);
        await page.click('#enlarge-run');
        await page.waitForFunction(() => Number(document.querySelector('#enlarge-meter')?.getAttribute('aria-valuenow')) > 0);
        assert.equal(await moving(), 0);
    });

    inBrowser('no text becomes markup or a script', async (context) => {
        const page = await openPage(context, { ...options, expected: /TrustedHTML|TrustedScriptURL/ });
        const refused = await page.evaluate(() => {
            const isRefused = (task) => {
                try {
                    task();
                    return false;
                } catch (error) {
                    return error instanceof TypeError;
                }
            };
            return [
                isRefused(() => (document.body.innerHTML = '<b>bold</b>')),
                isRefused(() => new Worker('https://example.org/worker.js')),
                isRefused(() => (document.createElement('script').src = 'https://example.org/script.js')),
            ];
        });
        assert.deepEqual(refused, [true, true, true]);
    });

    inBrowser('the page asks before work, or a result that was not downloaded, is lost', async (context) => {
        const page = await openPage(context, options);
        let asked = 0;
        page.on('dialog', (dialog) => (asked++, dialog.dismiss()));
        const leave = async () => {
            const before = asked;
            await page.evaluate(() => void setTimeout(() => location.reload()));
            await page.waitForTimeout(600);
            return asked > before;
        };
        await open(page, slow);
        await page.click('#enlarge-run');
        await page.waitForFunction(() => Number(document.querySelector('#enlarge-meter')?.getAttribute('aria-valuenow')) > 0);
        assert.equal(await leave(), true, 'Expected a question in the middle of the work');
        await reach(page, 'done');
        assert.equal(await leave(), true, 'Expected a question before the download');
        await download(page);
        assert.equal(await leave(), false, 'Expected none after the download');
    });

    inBrowser("the words beside 'Enlarge all' tell the time of all", async (context) => {
        const page = await openPage(context, options);
        const files = [1, 2, 3].map((i) => ({ name: `${i}.png`, mimeType: 'image/png', buffer: Buffer.from(small.bytes) }));
        await page.setInputFiles('#file', files);
        await page.waitForFunction(() => /^About .* for all 3, with/.test(document.querySelector('#enlarge-estimate').textContent));
    });

    // In processor time, by Chromium's trace: the Long Tasks API counts what other programs take meanwhile, too.
    inBrowser('no task of the page takes longer than 50 ms while it works', async (context) => {
        const page = await openPage(context, options);
        await open(page, { name: 'wide.png', bytes: makePng(240, 160, (x, y) => [x % 256, y % 256, (x + y) % 256]) });
        await page.waitForFunction(() => document.querySelector('#enlarge-estimate').textContent);
        await options.browser.startTracing(page, { categories: ['toplevel'] });
        await page.click('#enlarge-run');
        await reach(page, 'done');
        const { traceEvents } = JSON.parse((await options.browser.stopTracing()).toString());
        const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
        const isOfPage = ({ pid, tid }) => threads.some((thread) => thread.pid === pid && thread.tid === tid);
        const tasks = traceEvents.filter((event) => /RunTask$/.test(event.name) && event.tdur !== undefined && isOfPage(event));
        assert.ok(tasks.length > 50, `Expected the tasks of the page but found ${tasks.length}`);
        const longest = Math.max(...tasks.map(({ tdur }) => tdur / 1000));
        assert.ok(longest <= 50, `Expected at most 50 ms but found ${longest} ms`);
    });
});
