// A tab shows before its code has come, and a page whose code does not come says so; and what the page offers above the tabs covers nothing of them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assembleSite, browserMissing, openPage, shareBrowser } from './support.mjs';

describe('page, code that comes late or never', () => {
    const site = shareBrowser(browserMissing, () => assembleSite());
    const inBrowser = (name, run) => test(name, { skip: browserMissing }, run);

    inBrowser('does what was clicked before, once', async (context) => {
        let release = () => {};
        const released = new Promise((resolve) => (release = resolve));
        const before = (page) => page.route(/search_tab-.*\.js$/, (route) => released.then(() => route.continue()));
        const page = await openPage(context, { ...site, hash: '#search', before });
        await page.waitForSelector('#search-part[aria-busy=true]');
        let choosers = 0;
        page.on('filechooser', () => choosers++);
        await page.click('#search-first-files');
        const chooser = page.waitForEvent('filechooser');
        release();
        assert.equal((await chooser).isMultiple(), true);
        await Promise.all([page.waitForEvent('filechooser'), page.click('#search-first-import')]);
        assert.equal(choosers, 2);
    });

    inBrowser('takes pictures before; its buttons for them work at once', async (context) => {
        let release = () => {};
        const released = new Promise((resolve) => (release = resolve));
        const before = (page) => page.route(/label_tab-.*\.js$/, (route) => released.then(() => route.continue()));
        const page = await openPage(context, { ...site, hash: '#labels', before });
        const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click('#label-choose')]);
        assert.equal(await page.getAttribute('#label-part', 'aria-busy'), 'true');
        await page.click('#label-sample');
        release();
        await page.waitForSelector('#label-part[data-state=chosen]');
        assert.equal(await page.textContent('#label-name'), 'sample.png');
        assert.ok(chooser);
    });

    inBrowser('says so when its script does not start', async (context) => {
        const before = (page) => page.route(/\/assets\/index-.*\.js$/, (route) => route.abort());
        const page = await openPage(context, { ...site, before, expected: /Failed to load resource/ });
        const isSeen = () => page.evaluate(() => getComputedStyle(document.querySelector('#unstarted')).visibility === 'visible');
        assert.equal(await isSeen(), false);
        await page.evaluate(() => document.getAnimations().forEach((each) => each.finish()));
        assert.equal(await isSeen(), true);
        assert.match(await page.textContent('#unstarted'), /请刷新.*Load it again.*再読み込み/);
        const started = await openPage(context, site);
        assert.equal(await started.$('#unstarted'), null);
    });

    inBrowser('a failure that nobody has thought of is told, and what was cancelled is not', async (context) => {
        const page = await openPage(context, site);
        const fail = (properties) =>
            page.evaluate((more) => {
                const reason = Object.assign(new Error('The disk is made of cheese.'), more);
                const event = { promise: Promise.resolve(), reason };
                window.dispatchEvent(new PromiseRejectionEvent('unhandledrejection', event));
                return document.querySelector('#toast').textContent;
            }, properties);
        for (const cancelled of [{ code: 'CANCELLED' }, { name: 'AbortError' }]) assert.equal(await fail(cancelled), '');
        assert.equal(await fail({}), 'The disk is made of cheese.');
        assert.equal(await fail({ name: 'TypeError' }), 'The disk is made of cheese.');
    });

    for (const width of [320, 1280]) {
        inBrowser(`bars cover nothing at ${width} pixels`, async (context) => {
            const page = await openPage(context, { ...site, viewport: { width, height: 740 } });
            const found = await page.evaluate(() => {
                const bars = ['update', 'unfinished'].map((id) => document.getElementById(id));
                for (const bar of bars) bar.hidden = false;
                document.querySelector('#unfinished-words').textContent = '20 pictures were not finished when the page was left.';
                const boxes = [...bars, document.querySelector('header'), document.querySelector('main:not([hidden])')].map((each) =>
                    each.getBoundingClientRect(),
                );
                const overlaps = boxes.flatMap((a, i) =>
                    boxes.slice(i + 1).filter((b) => a.top < b.bottom && b.top < a.bottom && a.left < b.right && b.left < a.right),
                );
                return { overlaps: overlaps.length, isWide: document.documentElement.scrollWidth > innerWidth };
            });
            assert.deepEqual(found, { overlaps: 0, isWide: false });
        });
    }
});
