// The page without a network, in a new version, and on hosts that send no headers for threads: what its service worker is for.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { decodePng, makePng, weightsMissing } from '../js/support.mjs';
import { serve } from '../../web/serve.mjs';
import { assembleSite, browserMissing, download, open, reach, shareBrowser, waitUntil } from './support.mjs';

const small = { name: 'small.png', bytes: makePng(40, 24, (x, y) => [6 * x, 10 * y, (x * y) % 256]) };
const skip = browserMissing || (await weightsMissing([2]));

describe('offline', () => {
    const shared = shareBrowser(skip, () => assembleSite());
    const inBrowser = (name, run) => test(name, { skip }, run);

    /** A page of a server that can be closed while the page stays, and that counts what it is asked for. */
    async function visit(context, { isolation = true } = {}) {
        let server = await serve({ port: 0, root: shared.root, isolation });
        const { port } = new URL(server.url);
        const browserContext = await shared.browser.newContext({ locale: 'en', acceptDownloads: true });
        context.after(async () => {
            await browserContext.close();
            await server.close();
        });
        const page = await browserContext.newPage();
        page.setDefaultTimeout(60e3);
        await page.goto(server.url);
        const leave = () => server.close();
        const comeBack = async () => (server = await serve({ port: Number(port), root: shared.root, isolation }));
        return { page, leave, comeBack };
    }

    const engineKept = (page) =>
        waitUntil(page, async () => {
            for (const name of await caches.keys()) {
                for (const { url } of await (await caches.open(name)).keys())
                    if (/acg2vec-page/.test(name) && /\.wasm$/.test(url)) return true;
            }
            return false;
        });

    async function enlarge(page) {
        await open(page, small);
        await page.click('#enlarge-run');
        await reach(page, 'done');
        const { width, height } = decodePng((await download(page)).bytes);
        assert.deepEqual([width, height], [80, 48]);
    }

    inBrowser('after the first visit the page opens and enlarges without its server', async (context) => {
        const { page, leave } = await visit(context);
        await enlarge(page);
        await engineKept(page);
        await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
        await leave();
        await page.reload();
        assert.equal(await page.evaluate(() => crossOriginIsolated), true);
        await enlarge(page);
        for (const tab of ['label', 'describe']) await page.click(`#to-${tab}`);
        await page.waitForSelector('#describe-part:not([hidden])');
    });

    inBrowser('a new version is offered, and comes when it is wanted', async (context) => {
        const { page } = await visit(context);
        await engineKept(page);
        await open(page, small);
        const path = join(shared.root, 'service_worker.js');
        const before = readFileSync(path, 'utf8');
        context.after(() => writeFileSync(path, before));
        writeFileSync(path, before.replace(/"version":"\w+"/, '"version":"of-the-next-day"'));
        // More than once: a check that the browser has begun itself, before the file changed, answers for one that is asked for meanwhile.
        const isOffered = async () => {
            await (await navigator.serviceWorker.ready).update();
            return !document.querySelector('#update').hidden;
        };
        await waitUntil(page, isOffered);
        assert.ok(await page.isVisible('#update'));
        assert.equal(await page.textContent('#enlarge-name'), 'small.png', 'Expected that nothing was forced');
        await Promise.all([page.waitForEvent('load'), page.click('#update-take')]);
        await waitUntil(page, async () => (await caches.keys()).includes('acg2vec-page-of-the-next-day'));
        await page.waitForSelector('#update', { state: 'hidden' });
        await engineKept(page);
    });

    inBrowser('threads work on a host without headers, after the page has loaded itself once more', async (context) => {
        const { page } = await visit(context, { isolation: false });
        let loads = 1;
        page.on('load', () => loads++);
        await page.waitForFunction(() => crossOriginIsolated);
        await enlarge(page);
        assert.match(await page.textContent('#machine'), /\d threads|one thread/);
        assert.equal(await page.isVisible('#isolation-note'), false);
        await page.reload();
        await page.waitForFunction(() => navigator.serviceWorker.controller);
        await page.waitForTimeout(1500);
        assert.equal(loads, 3, 'Expected one load, one more by the page, one by the test');
    });

    inBrowser('pictures that are shared with the installed page are open in it', async (context) => {
        const { page } = await visit(context);
        await page.waitForFunction(() => navigator.serviceWorker.controller);
        await page.evaluate(
            async (bytes) => {
                const form = new FormData();
                form.append('pictures', new File([new Uint8Array(bytes)], 'shared ü.png', { type: 'image/png' }));
                const { url } = await fetch('share', { method: 'POST', body: form });
                location.href = url;
            },
            [...small.bytes],
        );
        await page.waitForFunction(() => document.querySelector('#enlarge-name')?.textContent === 'shared ü.png');
        assert.equal(new URL(page.url()).search, '');
    });

    inBrowser('picture files that the system opens with the installed page are open in it', async (context) => {
        const { page } = await visit(context);
        await page.addInitScript(() => {
            const launchQueue = { setConsumer: (consume) => (globalThis.launch = consume) }; // the system's part
            Object.defineProperty(globalThis, 'launchQueue', { value: launchQueue });
        });
        await page.reload();
        await page.waitForFunction(() => globalThis.launch);
        await page.evaluate(
            (bytes) => globalThis.launch({ files: [{ getFile: async () => new File([new Uint8Array(bytes)], 'opened.png') }] }),
            [...small.bytes],
        );
        await page.waitForFunction(() => document.querySelector('#enlarge-name')?.textContent === 'opened.png');
    });

    inBrowser('it can be installed, in each language', async (context) => {
        const { page } = await visit(context);
        await page.waitForSelector('link[rel=manifest]', { state: 'attached' });
        for (const language of ['en', 'zh', 'ja']) {
            await page.selectOption('#language', language);
            const { lang, icons, share_target, file_handlers } = await page.evaluate(async (wanted) => {
                const link = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel=manifest]'));
                while (!link.href.includes(`-${wanted}.`)) await new Promise((resolve) => setTimeout(resolve, 20));
                return (await fetch(link.href)).json();
            }, language);
            assert.equal(lang, language);
            assert.deepEqual(share_target.params.files[0].accept, ['image/*']);
            assert.ok(file_handlers[0].accept['image/png']);
            for (const { src, sizes } of icons) {
                const { width, height, data } = decodePng(readFileSync(join(shared.root, src)));
                assert.equal(`${width}x${height}`, sizes);
                assert.ok(new Set(data).size > 3, 'Expected more than one colour');
            }
        }
        const session = await page.context().newCDPSession(page);
        const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
        assert.deepEqual(
            installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito'),
            [],
        );
    });
});
