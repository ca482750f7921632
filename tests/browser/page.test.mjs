// The page as a user meets it, with the real engine and real weights, in Chromium.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compare, decodePng, makePng, readGolden, weightsMissing } from '../js/support.mjs';
import { assembleSite, browserMissing, choose, download, open, openPage, reach, shareBrowser } from './support.mjs';

const picture = { name: 'anime256.png', bytes: readGolden('anime256.png') };
const expected = decodePng(readGolden('up2x-conservative.png'));

/** Small enough to be done in a moment, and unlike itself in every direction. */
const small = { name: 'small.png', bytes: makePng(40, 24, (x, y) => [6 * x, 10 * y, (x * y) % 256]) };
/** Takes seconds, so that one can step in. */
const slow = { name: 'slow.png', bytes: makePng(560, 560, (x, y) => [x % 256, y % 256, (x + y) % 256]) };

const tooShort = { name: 'truncated.png', bytes: picture.bytes.subarray(0, 2000) };

const skip = browserMissing || (await weightsMissing([2]));

const state = (page) => page.evaluate(() => document.querySelector('#enlarge-part').dataset.state);
const shown = (page, id) => page.textContent(`#${id}:not([hidden])`);
const percentOf = (page, id) => page.getAttribute(`#${id}`, 'aria-valuenow').then(Number);

/** @param {string} name @param {(context: import('node:test').TestContext) => Promise<void>} run */
const inBrowser = (name, run) => test(name, { skip }, run);

describe('page', () => {
    const options = shareBrowser(skip, () => assembleSite('ui/tile_canvas.js'));

    async function assertGolden(page) {
        const { name, bytes } = await download(page);
        assert.equal(name, 'anime256_2x_conservative.png');
        const found = decodePng(bytes);
        assert.deepEqual([found.width, found.height], [512, 512]);
        const { psnr, maxDiff } = compare(found.data, expected.data);
        assert.ok(psnr >= 60 && maxDiff <= 1, `Expected at least 60 dB and at most 1 but found ${psnr} dB and ${maxDiff}`);
    }

    inBrowser('enlarges a chosen picture as the reference does, and says how', async (context) => {
        const page = await openPage(context, options);
        await open(page, picture);
        assert.match(await shown(page, 'enlarge-sizes'), /256 × 256 → 512 × 512/);
        await page.click('#enlarge-run');
        await reach(page, 'done');
        assert.match(await shown(page, 'enlarge-outcome-fine'), /512 × 512/);
        assert.match(await shown(page, 'machine'), /SIMD, \d+ threads|SIMD, one thread/);
        await assertGolden(page);
    });

    inBrowser('gets ready while nothing is asked of it', async (context) => {
        const page = await openPage(context, options);
        await page.waitForFunction(() => /^WebAssembly/.test(document.querySelector('#machine').textContent));
        await page.waitForFunction(() => {
            const names = performance.getEntriesByType('resource').map(({ name }) => name);
            return ['label_tab', 'describe_tab'].every((tab) => names.some((name) => name.includes(tab)));
        });
        assert.equal(await state(page), 'empty');
    });

    inBrowser('shows on the canvas what the file holds', async (context) => {
        const page = await openPage(context, options);
        await open(page, small);
        await page.click('#enlarge-run');
        await reach(page, 'done');
        const canvas = await page.evaluate(() => {
            const { width, height } = /** @type {HTMLCanvasElement} */ (document.querySelector('#enlarged'));
            const context2d = /** @type {HTMLCanvasElement} */ (document.querySelector('#enlarged')).getContext('2d');
            return { width, height, data: [...context2d.getImageData(0, 0, width, height).data] };
        });
        const file = decodePng((await download(page)).bytes);
        assert.deepEqual([canvas.width, canvas.height], [80, 48]);
        assert.equal(compare(canvas.data, file.data).maxDiff, 0);
    });

    inBrowser('can be cancelled in the middle of the work, and then works again', async (context) => {
        const page = await openPage(context, options);
        await open(page, slow);
        await page.click('#enlarge-run');
        await page.waitForFunction(() => Number(document.querySelector('#enlarge-meter')?.getAttribute('aria-valuenow')) > 0);
        assert.equal(await state(page), 'working');
        await choose(page, small);
        await page.waitForSelector('#toast:not([hidden])');
        assert.match(await shown(page, 'toast'), /Cancel that first/);
        await page.click('#enlarge-cancel');
        await reach(page, 'chosen');
        assert.equal(await page.isVisible('#enlarge-message'), false);
        assert.equal(await page.isVisible('#enlarge-download'), false);
        await open(page, picture);
        await page.click('#enlarge-run');
        await reach(page, 'done');
        await assertGolden(page);
    });

    inBrowser('says what cannot be read, and goes on', async (context) => {
        const page = await openPage(context, options);
        await choose(page, { name: 'notes.png', bytes: Buffer.from('These are notes, not a picture.') });
        await page.waitForSelector('#toast:not([hidden])');
        assert.match(await shown(page, 'toast'), /“notes\.png” cannot be read as a picture/);
        assert.equal(await state(page), 'empty');
        await choose(page, { name: 'nothing.png', bytes: Buffer.alloc(0) });
        await page.waitForFunction(() => document.querySelector('#toast')?.textContent?.includes('“nothing.png” is empty'));
        await open(page, small);
        assert.equal(await page.isVisible('#toast'), false);
        await choose(page, { name: 'notes.png', bytes: Buffer.from('still notes') });
        await page.waitForSelector('#toast:not([hidden])');
        assert.equal(await shown(page, 'enlarge-name'), 'small.png');
        await page.click('#enlarge-run');
        await reach(page, 'done');
    });

    inBrowser("shows the engine's sentence about a picture that only seems whole", async (context) => {
        const page = await openPage(context, options);
        await open(page, tooShort);
        await page.click('#enlarge-run');
        await page.waitForSelector('#enlarge-message:not([hidden])');
        assert.match(await shown(page, 'enlarge-message'), /PNG/);
        assert.equal(await state(page), 'chosen');
        await open(page, small);
        assert.equal(await page.isVisible('#enlarge-message'), false);
        await page.click('#enlarge-run');
        await reach(page, 'done');
    });

    inBrowser('works on one thread without isolation, and says why', async (context) => {
        const page = await openPage(context, { ...options, isolation: false });
        assert.equal(await page.evaluate(() => crossOriginIsolated), false);
        await open(page, small);
        await page.click('#enlarge-run');
        await reach(page, 'done');
        assert.match(await shown(page, 'machine'), /one thread/);
        assert.match(await shown(page, 'isolation-note'), /one thread, because/);
        assert.equal(decodePng((await download(page)).bytes).width, 80);
    });

    inBrowser('takes a picture from the clipboard, by button and by key', async (context) => {
        const page = await openPage(context, options);
        await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
        await page.evaluate(
            async (bytes) => {
                await navigator.clipboard.write([
                    new ClipboardItem({ 'image/png': new Blob([new Uint8Array(bytes)], { type: 'image/png' }) }),
                ]);
            },
            [...small.bytes],
        );
        await page.click('#enlarge-paste');
        await reach(page, 'chosen');
        assert.match(await shown(page, 'enlarge-sizes'), /^40 × 24/);
        await page.click('#enlarge-another');
        await reach(page, 'empty');
        await page.keyboard.press('Control+v');
        await reach(page, 'chosen');
        assert.match(await shown(page, 'enlarge-sizes'), /^40 × 24/);
    });

    inBrowser('takes a picture that is dropped anywhere', async (context) => {
        const page = await openPage(context, options);
        const drop = (files) =>
            page.evaluate((list) => {
                const dataTransfer = new DataTransfer();
                for (const { name, bytes } of list) {
                    dataTransfer.items.add(
                        new File([new Uint8Array(bytes)], name, {
                            type: name.endsWith('.png') ? 'image/png' : 'text/plain',
                        }),
                    );
                }
                const event = { dataTransfer, bubbles: true, cancelable: true };
                const notTaken =
                    document.body.dispatchEvent(new DragEvent('dragover', event)) ||
                    document.body.dispatchEvent(new DragEvent('drop', event));
                return !notTaken;
            }, files);
        assert.equal(await drop([]), true);
        assert.match(await shown(page, 'toast'), /not a file/);
        assert.equal(
            await drop([
                { name: 'a.txt', bytes: [1] },
                { name: 'small.png', bytes: [...small.bytes] },
            ]),
            true,
        );
        await reach(page, 'chosen');
        assert.equal(await shown(page, 'enlarge-name'), 'small.png');
        assert.equal(await page.evaluate(() => document.body.classList.contains('dragging')), false);
    });

    inBrowser('takes a folder that is dropped, but for what the browser cannot open in it', async (context) => {
        const page = await openPage(context, options);
        await page.evaluate(
            (bytes) => {
                const refuse = (_, reject) => reject(new DOMException('It could not be read', 'NotReadableError'));
                const whole = (name) => ({ name, isFile: true, file: (take) => take(new File([new Uint8Array(bytes)], name)) });
                const folder = (name, listings) => ({
                    name,
                    isFile: false,
                    createReader: () => ({
                        readEntries: (take, reject) => (listings ? take(listings.shift() ?? []) : refuse(take, reject)),
                    }),
                });
                const entries = [whole('one.png'), { name: 'taken.png', isFile: true, file: refuse }, folder('locked')];
                const dataTransfer = {
                    files: [],
                    items: [{ kind: 'file', webkitGetAsEntry: () => folder('mine', [entries, [whole('two.png')]]) }],
                };
                document.body.dispatchEvent(Object.assign(new Event('drop', { bubbles: true, cancelable: true }), { dataTransfer }));
            },
            [...small.bytes],
        );
        await reach(page, 'chosen');
        assert.deepEqual(await page.locator('#enlarge-jobs b').allTextContents(), ['one.png', 'two.png']);
        assert.match(await shown(page, 'toast'), /2 unreadable \(taken\.png, locked\)/);
    });

    inBrowser('has a sample of its own', async (context) => {
        const page = await openPage(context, options);
        await page.click('#enlarge-sample');
        await reach(page, 'chosen');
        await page.click('#enlarge-run');
        await reach(page, 'done');
        assert.equal(await page.getAttribute('#enlarge-download', 'download'), 'sample_2x_conservative.png');
    });

    inBrowser('compares, zooms and pans by keyboard and pointer', async (context) => {
        const page = await openPage(context, options);
        await open(page, small);
        await page.click('#enlarge-run');
        await reach(page, 'done');
        assert.equal(await percentOf(page, 'divider'), 50);
        await page.focus('#divider');
        await page.keyboard.press('ArrowRight');
        assert.equal(await percentOf(page, 'divider'), 52);
        await page.keyboard.press('End');
        assert.equal(await percentOf(page, 'divider'), 100);
        const cut = (id) =>
            page.evaluate((name) => getComputedStyle(/** @type {Element} */ (document.querySelector(name))).clipPath, `#${id}`);
        const before100 = await cut('enlarged');
        await page.keyboard.press('Home');
        assert.notEqual(await cut('enlarged'), before100);

        const box = await page.locator('#layers').boundingBox();
        assert.ok(box);
        await page.mouse.move(box.x + box.width * 0.1, box.y + box.height * 0.3);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * 0.75, box.y + box.height * 0.3, { steps: 4 });
        await page.mouse.up();
        assert.equal(await percentOf(page, 'divider'), 75);

        await page.click('#zoom-actual');
        assert.equal(await shown(page, 'zoom-level'), '100 %');
        assert.equal((await page.locator('#layers').boundingBox())?.width, 80);
        await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
        await page.mouse.wheel(0, -2000);
        await page.waitForFunction(() => parseInt(document.querySelector('#zoom-level')?.textContent ?? '', 10) > 100);
        await page.focus('#enlarge-viewer');
        for (let i = 0; i < 20; i++) {
            await page.keyboard.press('+');
        }
        assert.equal(await shown(page, 'zoom-level'), '1600 %');
        const left = (await page.locator('#layers').boundingBox())?.x ?? 0;
        await page.keyboard.press('ArrowRight');
        assert.equal((await page.locator('#layers').boundingBox())?.x, left - 60);
        await page.keyboard.press('0');
        assert.deepEqual(await page.locator('#layers').boundingBox(), box);
    });

    inBrowser('offers denoise 1 and 2 for 2x only, and a second run with other options', async (context) => {
        const page = await openPage(context, options);
        await open(page, small);
        await page.check('[name=denoise][value="2"]');
        await page.click('#enlarge-run');
        await reach(page, 'done');
        assert.equal(await page.getAttribute('#enlarge-download', 'download'), 'small_2x_denoise2.png');
        assert.equal(await page.isVisible('#enlarge-run'), false);
        await page.check('[name=scale][value="3"]');
        assert.equal(await page.isDisabled('[name=denoise][value="2"]'), true);
        assert.equal(await page.isChecked('[name=denoise][value="3"]'), true);
        await page.click('#enlarge-run');
        await reach(page, 'working').catch(() => {}); // it may be done already
        await page.waitForFunction(() => document.querySelector('#enlarge-outcome-fine')?.textContent?.includes('120 × 72'));
        await reach(page, 'done');
        const { name, bytes } = await download(page);
        assert.equal(name, 'small_3x_denoise3.png');
        assert.equal(decodePng(bytes).width, 120);
    });

    inBrowser('enlarges a turned photograph as it is seen', async (context) => {
        const page = await openPage(context, options);
        const jpeg = await page.evaluate(async () => {
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [60, 40];
            const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
            pen.fillStyle = '#f00';
            pen.fillRect(0, 0, 30, 40); // the left half; the rest is black
            const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 1));
            return [...new Uint8Array(await /** @type {Blob} */ (blob).arrayBuffer())];
        });
        // APP1: "Exif", a little-endian TIFF, one entry: orientation 6, to be turned right by 90 degrees
        const exif = Buffer.from('ffe1002245786966000049492a0008000000010012010300010000000600000000000000', 'hex');
        await open(page, {
            name: 'turned.jpg',
            type: 'image/jpeg',
            bytes: [...jpeg.slice(0, 2), ...exif, ...jpeg.slice(2)],
        });
        assert.match(await shown(page, 'enlarge-sizes'), /40 × 60 → 80 × 120/);
        await page.click('#enlarge-run');
        await reach(page, 'done');
        const { width, height, data } = decodePng((await download(page)).bytes);
        assert.deepEqual([width, height], [80, 120]);
        assert.ok(data[4 * 80 * 10] > 200 && data[4 * 80 * 110] < 50, 'Expected red above and black below');
    });

    inBrowser('shows a very large picture reduced, each tile in its place', async (context) => {
        const page = await openPage(context, options);
        const found = await page.evaluate(async () => {
            const { TileCanvas } = await import('/ui/tile_canvas.js');
            const canvas = document.createElement('canvas');
            const tiles = new TileCanvas(canvas);
            tiles.begin(document.querySelector('#original'), 8000, 8000);
            const data = new Uint8Array(800 * 800 * 3).fill(200);
            tiles.draw({ x: 4000, y: 6000, width: 800, height: 800, channels: 3, data });
            const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
            const at = (x, y) => [...pen.getImageData((x * canvas.width) / 8000, (y * canvas.height) / 8000, 1, 1).data];
            return {
                pixels: canvas.width * canvas.height,
                reduced: tiles.reduced,
                inside: at(4400, 6400),
                outside: at(3900, 6400),
            };
        });
        const expectedPixels = {
            pixels: 4096 * 4096,
            reduced: true,
            inside: [200, 200, 200, 255],
            outside: [0, 0, 0, 0],
        };
        assert.deepEqual(found, expectedPixels);
    });

    inBrowser('fits a screen 360 px wide in every state', async (context) => {
        const page = await openPage(context, { ...options, viewport: { width: 360, height: 640 } });
        const assertFits = async () => {
            const wide = await page.evaluate(() =>
                [...document.querySelectorAll('body, body *')]
                    .filter((element) => !element.closest('.viewer, .unseen') && element.getBoundingClientRect().right > innerWidth + 0.5)
                    .map((element) => element.outerHTML.slice(0, 80)),
            );
            assert.deepEqual(wide, []);
            assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
        };
        await assertFits();
        await open(page, { ...slow, name: `${'a_very_long_name_without_any_gap_'.repeat(5)}.png` });
        await page.click('summary');
        await assertFits();
        await page.click('#enlarge-run');
        await reach(page, 'working');
        await assertFits();
        await page.click('#enlarge-cancel');
        await reach(page, 'chosen');
        await open(page, small);
        await page.click('#enlarge-run');
        await reach(page, 'done');
        await assertFits();
    });
});
