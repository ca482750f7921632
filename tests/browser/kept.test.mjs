// What the page keeps for its user: the choices of the last visit, and a result in the clipboard.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makePng, weightsMissing } from '../js/support.mjs';
import { assembleSite, browserMissing, open, openPage, reach, shareBrowser } from './support.mjs';

const small = { name: 'small.png', bytes: makePng(40, 24, (x, y) => [6 * x, 10 * y, (x * y) % 256]) };
const skip = browserMissing || (await weightsMissing([2]));

describe('kept', () => {
    const options = shareBrowser(skip, () => assembleSite());
    const inBrowser = (name, run) => test(name, { skip }, run);

    inBrowser('what was chosen is there at the next visit', async (context) => {
        const page = await openPage(context, options);
        const choices = () =>
            page.evaluate(() => {
                const form = /** @type {HTMLFormElement} */ (document.querySelector('#enlarge-form'));
                const { scale, denoise, format, quality, guard, tta, tile } = Object.fromEntries(new FormData(form));
                return { scale, denoise, format, quality, guard, tta, tile };
            });
        await open(page, small);
        await page.check('[name=scale][value="3"]');
        await page.check('[name=denoise][value="none"]');
        await page.check('[name=format][value=webp]');
        await page.fill('[name=quality]', '71');
        await page.uncheck('[name=guard]');
        await page.click('summary');
        await page.check('[name=tta]');
        await page.selectOption('[name=tile]', '128');
        const before = await choices();
        const expected = { scale: '3', denoise: 'none', format: 'webp', quality: '71', guard: undefined, tta: 'on', tile: '128' };
        assert.deepEqual(before, expected);
        await page.reload();
        await open(page, small);
        assert.deepEqual(await choices(), expected);
        assert.equal(await page.textContent('#enlarge-sizes'), '40 × 24 → 120 × 72');
    });

    inBrowser('results have the names that the user wants', async (context) => {
        const page = await openPage(context, options);
        await open(page, small);
        await page.click('summary');
        await page.fill('[name=pattern]', '{scale}x {name}: {other} {denoise}');
        await page.click('#enlarge-run');
        await reach(page, 'done');
        assert.equal(await page.getAttribute('#enlarge-download', 'download'), '2x small_ {other} conservative.png');
    });

    inBrowser('a result can be copied, if the clipboard takes its format', async (context) => {
        const page = await openPage(context, options);
        await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
        await open(page, small);
        await page.click('#enlarge-run');
        await reach(page, 'done');
        await page.click('#enlarge-copy');
        await page.waitForFunction(() => document.querySelector('#toast').textContent === 'Copied');
        const size = await page.evaluate(async () => {
            const [item] = await navigator.clipboard.read();
            const { width, height } = await createImageBitmap(await item.getType('image/png'));
            return [width, height];
        });
        assert.deepEqual(size, [80, 48]);
        await page.check('[name=format][value=jpg]');
        await page.click('#enlarge-run');
        await page.waitForFunction(() => /JPEG/.test(document.querySelector('#enlarge-download').textContent));
        await reach(page, 'done');
        assert.equal(await page.isVisible('#enlarge-copy'), false);
    });
});
