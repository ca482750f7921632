// The main ways in each browser that is there: npm run test:browsers.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { weightsMissing } from '../../js/support.mjs';
import { BROWSERS } from '../drivers/index.mjs';
import { changeLanguages, enlargeByPackage, enlargeInPage, expectedThreads, openSite, visitTabs } from '../main_way.mjs';
import { assertNumbers, NUMBERS } from '../numbers.mjs';
import { assemblePackage, assembleSite } from '../support.mjs';

const noWeights = await weightsMissing([2]);
const wanted = new RegExp(process.env.ACG2VEC_BROWSER ?? '.', 'i');

for (const [name, { missing, launch, hasThreads }] of Object.entries(BROWSERS).filter(([each]) => wanted.test(each))) {
    const skip = missing || noWeights;
    describe(name, { skip }, () => {
        const site = /** @type {Awaited<ReturnType<typeof assembleSite>>} */ ({});
        const bare = /** @type {Awaited<ReturnType<typeof assemblePackage>>} */ ({});
        let browser;
        before(async () => {
            Object.assign(site, await assembleSite());
            Object.assign(bare, await assemblePackage(...NUMBERS));
            browser = await launch();
        });
        after(async () => {
            await browser?.close();
            site.remove?.();
            bare.remove?.();
        });

        it('the page enlarges a picture as the reference does, with the threads that there are', async (context) => {
            const page = await openSite(context, { browser, root: site.root });
            assert.equal(await enlargeInPage(page), await expectedThreads(page, hasThreads));
            await visitTabs(page);
        });

        it('the page speaks all languages, and remembers which', async (context) => {
            await changeLanguages(await openSite(context, { browser, root: site.root }));
        });

        it('the page works on one thread without isolation', async (context) => {
            const page = await openSite(context, { browser, root: site.root, isolation: false });
            assert.equal(await enlargeInPage(page), 1);
        });

        it('the package works in a page with an import map, isolated and not', async (context) => {
            for (const isolation of [true, false]) {
                const page = await openSite(context, { browser, root: bare.root, isolation, headers: {} });
                assert.equal(await enlargeByPackage(page), await expectedThreads(page, isolation && hasThreads));
            }
        });

        it('the builds without relaxed SIMD give the same bits as in Node', async (context) => {
            await assertNumbers(await openSite(context, { browser, root: bare.root, headers: {} }), hasThreads);
        });
    });
}
