// Engines that start in Firefox while something watches its workers, as developer tools do: without the page's watch some of them wait
// for ever (js/platform/browser/worker_watch.js).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, missing } from '../drivers/firefox.mjs';
import { openSite } from '../main_way.mjs';
import { assemblePackage } from '../support.mjs';

describe('firefox, watched', { skip: missing }, () => {
    let bare;
    let browser;
    before(async () => {
        [bare, browser] = await Promise.all([assemblePackage(), launch({ watchesWorkers: true })]);
    });
    after(async () => {
        await browser?.close();
        bare?.remove();
    });

    it('thirty engines start, one after the other', async (context) => {
        const page = await openSite(context, { browser, root: bare.root, headers: {} });
        for (let i = 0; i < 30; i++) {
            const threads = await page.evaluate(async () => {
                const { createEngine } = await import('acg2vec');
                const engine = await createEngine({ threads: 4 });
                await engine.close();
                return engine.info.threads;
            });
            assert.ok(threads === 4 || threads === 1, `${threads} threads`);
        }
    });
});
