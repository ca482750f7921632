// The page's main way in Firefox. More of it, and other browsers: npm run test:browsers.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { weightsMissing } from '../js/support.mjs';
import { launch, missing } from './drivers/firefox.mjs';
import { enlargeInPage, expectedThreads, openSite, visitTabs } from './main_way.mjs';
import { assembleSite } from './support.mjs';

const skip = missing || (await weightsMissing([2]));

describe('firefox', { skip }, () => {
    let site;
    let browser;
    before(async () => {
        [site, browser] = await Promise.all([assembleSite(), launch()]);
    });
    after(async () => {
        await browser?.close();
        site?.remove();
    });

    it('the page enlarges a picture as the reference does, and shows its tabs', async (context) => {
        const page = await openSite(context, { browser, root: site.root });
        assert.equal(await enlargeInPage(page), await expectedThreads(page, true));
        await visitTabs(page);
    });
});
