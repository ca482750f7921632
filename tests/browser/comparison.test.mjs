// "Compare networks": parts of the user's picture through several networks, in Chromium, against what the engine makes of the same parts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readGolden, weightsMissing } from '../js/support.mjs';
import { assembleSite, browserMissing, open, openPage, shareBrowser } from './support.mjs';

const picture = { name: 'anime256.png', bytes: readGolden('anime256.png') };
const skip = browserMissing || (await weightsMissing([2]));
const inBrowser = (name, run) => test(name, { skip }, run);

describe('page, comparison of networks', () => {
    const options = shareBrowser(skip, () => assembleSite('ui/detail.js'));

    async function openComparison(context, more = {}) {
        const page = await openPage(context, { ...options, ...more });
        assert.equal(await page.isDisabled('#comparison-open'), true);
        await open(page, picture);
        await page.click('#comparison-open');
        await page.waitForSelector('.comparison-part');
        return page;
    }

    /** Ticks these only. @param {string[]} names */
    async function tick(page, names) {
        for (const each of await page.$$('#comparison-networks input')) await each.setChecked(false);
        for (const name of names) await page.check(`#comparison-networks [aria-label="${name}"]`);
    }

    const rows = (page) => page.$$eval('.comparison-row', (all) => all.map((row) => row.querySelector('span').textContent));
    const said = (page, pattern) =>
        page.waitForFunction((text) => new RegExp(text).test(document.querySelector('#comparison-said').textContent), pattern.source);

    inBrowser('parts with detail through what is ticked; a click chooses a network', async (context) => {
        const requests = [];
        const page = await openComparison(context);
        page.on('request', (request) => requests.push(request.url()));
        assert.equal(await page.locator('.comparison-part').count(), 3);
        assert.ok((await page.locator('#comparison-networks input:checked').count()) >= 1);
        await page.click('.comparison-part >> nth=2');
        const { width, height } = await page.locator('#comparison-picture').boundingBox();
        await page.click('.comparison-part >> nth=1');
        await page.click('#comparison-picture', { position: { x: width - 3, y: height - 3 } });
        assert.equal(await page.locator('.comparison-part').count(), 2);
        await tick(page, ['Standard, denoise none', 'Standard, denoise 3']);
        assert.equal(await page.textContent('#comparison-run'), 'Compare 2');
        assert.deepEqual(await rows(page), [], 'nothing runs before it is pressed');
        assert.deepEqual(
            requests.filter((url) => /(no-denoise|denoise3x)\.bin$/.test(url)), // the other one is for the estimate
            [],
        );
        await page.click('#comparison-run');
        await said(page, /^Done/);
        assert.deepEqual(await rows(page), ['Before', 'Standard, denoise none', 'Standard, denoise 3']);
        // the part in the corner, enlarged by the engine alone
        const difference = await page.evaluate(async () => {
            const [before, none, strong] = [...document.querySelectorAll('.comparison-row')].map(
                (row) => row.querySelectorAll('canvas')[1],
            );
            const pixelsOf = (canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            const own = document.createElement('canvas');
            own.width = own.height = 96;
            own.getContext('2d').drawImage(document.querySelector('#comparison-picture'), 160, 160, 96, 96, 0, 0, 96, 96);
            const mean = (a, b) => a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]), 0) / a.data.length;
            return {
                size: [none.width, none.height, strong.width],
                cut: mean(pixelsOf(before), pixelsOf(own)),
                levels: mean(pixelsOf(none), pixelsOf(strong)),
            };
        });
        assert.deepEqual([difference.size, difference.cut], [[192, 192, 192], 0]);
        assert.ok(difference.levels > 0.1, `The levels differ by ${difference.levels}`);
        assert.match(await page.textContent('#comparison-networks'), /to fetch/);
        await page.click('.comparison-row:has-text("Standard, denoise 3") button');
        assert.equal(await page.isVisible('#comparison'), false);
        assert.equal(await page.isChecked('#enlarge-form [name=denoise][value="3"]'), true);
        await page.click('#comparison-open');
        assert.equal((await rows(page)).length, 3, 'what was made stays');
    });

    inBrowser('is cancelled, by its button and by closing, and fits 360 pixels', async (context) => {
        const page = await openComparison(context, { viewport: { width: 360, height: 740 } });
        const overflow = () =>
            page.evaluate(() => {
                const { scrollWidth, clientWidth } = document.querySelector('#comparison');
                return scrollWidth - clientWidth;
            });
        assert.equal(await overflow(), 0);
        await tick(page, ['Standard, denoise conservative', 'Standard, denoise none', 'Standard, denoise 1', 'Standard, denoise 2']);
        await page.click('#comparison-run');
        await page.click('#comparison-cancel');
        await said(page, /^Cancelled\.$/);
        assert.equal(await page.isVisible('#comparison-run'), true);
        await page.click('#comparison-run');
        await page.waitForFunction(() => document.querySelectorAll('.comparison-row').length === 2);
        await page.keyboard.press('Escape');
        await page.waitForFunction(() => !document.querySelector('#comparison').open);
        await page.click('#comparison-open');
        await said(page, /^Cancelled\.$/);
        assert.equal(await overflow(), 0);
        assert.ok((await rows(page)).length < 5);
    });

    inBrowser('parts are chosen where there is detail, and do not overlap', async (context) => {
        const page = await openPage(context, options);
        const places = await page.evaluate(async () => {
            const { detailedPlaces } = await import('./ui/detail.js');
            const canvas = Object.assign(document.createElement('canvas'), { width: 900, height: 600 });
            const pen = canvas.getContext('2d');
            for (const [x, y] of [
                [96, 96],
                [700, 400],
            ])
                for (let i = 0; i < 90; i += 24) pen.fillRect(x + i, y, 12, 90);
            const image = new Image();
            image.src = canvas.toDataURL();
            await image.decode();
            return detailedPlaces(image, 96, 2);
        });
        const near = ([x, y]) => places.some((place) => Math.abs(place.x - x) <= 48 && Math.abs(place.y - y) <= 48);
        assert.ok(near([96, 96]) && near([700, 400]), JSON.stringify(places));
    });
});
