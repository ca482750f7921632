// Chromium gives the bits that Node gives. Other browsers: npm run test:browsers.
import { describe, it } from 'node:test';
import { weightsMissing } from '../js/support.mjs';
import * as chromium from './drivers/chromium.mjs';
import { openSite } from './main_way.mjs';
import { assertNumbers, NUMBERS } from './numbers.mjs';
import { assemblePackage } from './support.mjs';

describe('numbers', { skip: chromium.missing || (await weightsMissing([2])) }, () => {
    it('the builds without relaxed SIMD give the same bits as in Node', async (context) => {
        const site = await assemblePackage(...NUMBERS);
        context.after(() => site.remove());
        const browser = await chromium.launch();
        context.after(() => browser.close());
        await assertNumbers(await openSite(context, { browser, root: site.root, headers: {} }), true);
    });
});
