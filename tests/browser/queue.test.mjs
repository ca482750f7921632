// A size in pixels, the queue's order, what a reload leaves, the lens, pinching, and a result dragged out.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodePng, makePng, weightsMissing } from '../js/support.mjs';
import { assembleSite, browserMissing, download, open, openPage, reach, shareBrowser } from './support.mjs';

const skip = browserMissing || (await weightsMissing([2]));
const inBrowser = (name, run) => test(name, { skip }, run);

const mimeType = 'image/png';
const tiny = (seed) => makePng(20 + seed, 12, (x, y) => [6 * x, 10 * y, seed]);
const slow = makePng(420, 420, (x, y) => [x % 256, y % 256, (x + y) % 256]);
const SHOTS = process.env.SHOTS; // a folder for pictures of the page, to be looked at

const names = (page) => page.$$eval('#enlarge-jobs li b', (items) => items.map(({ textContent }) => textContent));
const shot = (page, name) => SHOTS && page.screenshot({ path: `${SHOTS}/${name}.png` });
const working = (page) => page.waitForFunction(() => document.querySelector('#enlarge-part').dataset.state === 'working');

describe('page: size, queue, lens', () => {
    const options = shareBrowser(skip, () => assembleSite());

    inBrowser('a size in pixels', async (context) => {
        const page = await openPage(context, options);
        await open(page, { name: 'a.png', bytes: makePng(60, 40, (x, y) => [4 * x, 6 * y, 9]) });
        assert.equal(await page.isVisible('#fit-row'), false);
        await page.fill('[name=width]', '90');
        await page.waitForFunction(() => /→ 90 × 60/.test(document.querySelector('#enlarge-sizes').textContent));
        await page.fill('[name=height]', '90');
        await page.selectOption('[name=fit]', 'fill');
        await page.waitForFunction(() => /→ 90 × 90/.test(document.querySelector('#enlarge-sizes').textContent));
        await shot(page, 'size');
        await page.click('#enlarge-run');
        await reach(page, 'done');
        assert.equal(await page.getAttribute('#enlarge-viewer', 'data-mode'), 'compare');
        assert.match(await page.textContent('#caption-after'), /After, 1\.5×/);
        const { name, bytes } = await download(page);
        assert.equal(name, 'a_90x90_conservative.png');
        const { width, height } = decodePng(bytes);
        assert.deepEqual([width, height], [90, 90]);
        await page.fill('[name=width]', '-3'); // no size: as the network enlarges
        await page.fill('[name=height]', '');
        await page.waitForFunction(() => /→ 120 × 80/.test(document.querySelector('#enlarge-sizes').textContent));
    });

    inBrowser('the queue is reordered, one is cancelled, and what is not saved is offered after a reload', async (context) => {
        const page = await openPage(context, options);
        const files = [slow, tiny(1), tiny(2)].map((buffer, i) => ({ name: `${'abc'[i]}.png`, mimeType, buffer }));
        await page.setInputFiles('#file', files);
        await reach(page, 'chosen');
        await page.focus('#enlarge-jobs li:nth-child(3) .up');
        await page.keyboard.press('Enter');
        assert.deepEqual(await names(page), ['a.png', 'c.png', 'b.png']);
        assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Move c.png up');
        await shot(page, 'queue');
        await page.click('#enlarge-run');
        await working(page);
        await page.click('#enlarge-jobs li:nth-child(3) .up'); // b before c, while a is worked on
        await page.click('[aria-label="Cancel a.png only"]');
        await reach(page, 'done');
        assert.deepEqual(await names(page), ['a.png', 'b.png', 'c.png']);
        const states = await page.$$eval('#enlarge-jobs li', (rows) => rows.map((row) => row.dataset.state));
        assert.deepEqual(states, ['waiting', 'done', 'done']);
        assert.match(await page.textContent('#enlarge-outcome'), /^2 of 3 done/);

        await page.click('[aria-label="Take a.png off the list"]');
        assert.deepEqual(await names(page), ['b.png', 'c.png']);
        const [saved] = await Promise.all([page.waitForEvent('download'), page.click('#enlarge-jobs li:nth-child(1) .get')]);
        assert.equal(saved.suggestedFilename(), 'b_2x_conservative.png');
        await page.click('[name=denoise][value="none"]', { force: true });
        page.on('dialog', (dialog) => dialog.accept()); // it asks, because c is not saved
        await page.reload();
        await page.waitForSelector('#unfinished:not([hidden])');
        assert.match(await page.textContent('#unfinished-words'), /^A picture was not finished, or not saved/);
        await shot(page, 'unfinished');
        await page.click('#unfinished-later'); // nothing is lost by that
        await page.reload();
        await page.click('#unfinished-take');
        await reach(page, 'chosen');
        assert.equal(await page.textContent('#enlarge-name'), 'c.png');
        assert.equal(await page.isChecked('[name=denoise][value="conservative"]'), true); // as it was begun
        await page.click('#enlarge-run');
        await reach(page, 'done');
        await download(page);
        await page.reload();
        await page.waitForSelector('#enlarge-part[data-state="empty"]');
        await page.waitForTimeout(1500);
        assert.equal(await page.isVisible('#unfinished'), false);
    });

    inBrowser('the lens shows both at 100 and 400 %, two fingers zoom, the result can be dragged out', async (context) => {
        const page = await openPage(context, options);
        await open(page, { name: 'a.png', bytes: makePng(64, 48, (x) => (x < 32 ? [0, 0, 0] : [255, 255, 255])) });
        assert.equal(await page.isVisible('#lens-switch'), false);
        await page.click('#enlarge-run');
        await reach(page, 'done');
        await page.click('#lens-switch');
        assert.equal(await page.textContent('#lens-switch'), 'Lens 100 %');
        await page.click('#lens-switch');
        assert.equal(await page.textContent('#lens-switch'), 'Lens 400 %');
        await page.focus('#enlarge-viewer');
        await page.keyboard.press('Shift+ArrowDown');
        // in the middle of the picture: each half is black on the left and white on the right
        const greys = await page.$eval('#lens', (/** @type {HTMLCanvasElement} */ lens) => {
            const pen = lens.getContext('2d');
            return [0.1, 0.4, 0.6, 0.9].map((at) => pen.getImageData(Math.round(lens.width * at), lens.height / 2, 1, 1).data[0]);
        });
        assert.ok(greys[0] < 40 && greys[1] > 215 && greys[2] < 40 && greys[3] > 215, String(greys));
        await shot(page, 'lens');
        await page.click('#lens-switch');
        assert.equal(await page.isVisible('#lens'), false);

        const before = Number.parseFloat(await page.textContent('#zoom-level'));
        const touch = await page.context().newCDPSession(page);
        const { x, y, width, height } = await page.locator('#enlarge-viewer').boundingBox();
        const [cx, cy] = [x + width / 2 + 110, y + height / 2]; // beside the divider
        const fingers = (apart) => [
            { x: cx - apart, y: cy + 60, id: 0 },
            { x: cx + apart, y: cy + 60, id: 1 },
        ];
        await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(20) });
        for (const apart of [30, 45, 60]) await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: fingers(apart) });
        await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
        const after = Number.parseFloat(await page.textContent('#zoom-level'));
        assert.ok(after > 2 * before, `${before} % became ${after} %`);

        const dragged = await page.evaluate(() => {
            const link = document.querySelector('#enlarge-download');
            const event = new DragEvent('dragstart', { bubbles: true, dataTransfer: new DataTransfer() });
            link.dispatchEvent(event);
            return [event.dataTransfer.getData('DownloadURL'), link.href];
        });
        assert.equal(dragged[0], `image/png:a_2x_conservative.png:${dragged[1]}`);
    });
});
