// The page with several pictures, other formats, files written straight to the disk, and an engine that is lost on the way.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
    chunksOf,
    compare,
    decodePng,
    makeApng,
    makePng,
    readGolden,
    temporaryFolder,
    weightsMissing,
    withChunks,
} from '../js/support.mjs';
import { readManifest } from '../../js/platform/node/weights.js';
import { assembleSite, browserMissing, choose, download, open, openPage, reach, shareBrowser, unzip, waitUntil } from './support.mjs';

const skip = browserMissing || (await weightsMissing([2]));
const inBrowser = (name, run) => test(name, { skip }, run);

const tiny = (seed) => makePng(20 + seed, 12, (x, y) => [6 * x, 10 * y, seed]);
const slow = { name: 'slow.png', bytes: makePng(420, 420, (x, y) => [x % 256, y % 256, (x + y) % 256]) };
const mimeType = 'image/png';

/** @returns {Promise<[string, string][]>} name and words of each row of the list */
const rows = (page) =>
    page.$$eval('#enlarge-jobs li', (items) =>
        items.map((item) => [item.querySelector('b').textContent, item.querySelector('small').textContent]),
    );
const working = (page) => page.waitForFunction(() => Number(document.querySelector('#enlarge-meter')?.getAttribute('aria-valuenow')) > 0);

/** Puts a file of the browser's private file system in the place of the one that a user would pick. */
const pickPrivateFile = (page) =>
    page.evaluate(() => {
        globalThis.showSaveFilePicker = async ({ suggestedName }) => {
            globalThis.folder = await navigator.storage.getDirectory();
            return globalThis.folder.getFileHandle(suggestedName, { create: true });
        };
    });

describe('page, beyond one picture', () => {
    const options = shareBrowser(skip, () => assembleSite('ui/tile_canvas.js'));

    inBrowser('enlarges several, one failing without the others, and gives them singly and as a ZIP', async (context) => {
        const page = await openPage(context, options);
        await page.setInputFiles('#file', [
            { name: 'b.png', mimeType, buffer: tiny(2) },
            { name: 'a.png', mimeType, buffer: tiny(1) },
            { name: 'cut.png', mimeType, buffer: readGolden('anime256.png').subarray(0, 2000) },
            { name: 'notes.png', mimeType, buffer: Buffer.from('These are notes.') },
            { name: 'read.me', mimeType: 'text/plain', buffer: Buffer.from('no picture') },
        ]);
        await reach(page, 'chosen');
        assert.deepEqual(
            (await rows(page)).map(([name]) => name),
            ['a.png', 'b.png', 'cut.png', 'notes.png'],
        );
        assert.equal(await page.textContent('#enlarge-run'), 'Enlarge all 4');
        await page.click('#enlarge-run');
        await reach(page, 'done');
        const words = await rows(page);
        assert.match(words[0][1], /^42 × 24, /);
        assert.match(words[1][1], /^44 × 24, /);
        assert.match(words[2][1], /PNG file ends too early/);
        assert.match(words[3][1], /“notes\.png” cannot be read/);
        assert.match(await page.textContent('#enlarge-outcome'), /^2 of 4 done in .*, 2 failed\.$/);

        const [single] = await Promise.all([page.waitForEvent('download'), page.click('#enlarge-jobs li:nth-child(2) .get')]);
        assert.equal(single.suggestedFilename(), 'b_2x_conservative.png');
        const { name, bytes } = await download(page, '#zip');
        assert.equal(name, 'enlarged.zip');
        const files = unzip(bytes);
        assert.deepEqual([...files.keys()], ['a_2x_conservative.png', 'b_2x_conservative.png']);
        assert.equal(decodePng(files.get('b_2x_conservative.png')).width, 44);

        await page.click('#enlarge-jobs li:nth-child(1) button');
        assert.equal(await page.textContent('#enlarge-name'), 'a.png');
        await page.waitForFunction(() => /** @type {HTMLImageElement} */ (document.querySelector('#file-shown')).naturalWidth === 42);
    });

    inBrowser('takes a folder with its folders; the ZIP has the same', async (context) => {
        const page = await openPage(context, options);
        const folder = temporaryFolder(context);
        mkdirSync(join(folder, 'set/deep'), { recursive: true });
        writeFileSync(join(folder, 'set/one.png'), tiny(1));
        writeFileSync(join(folder, 'set/deep/one.png'), tiny(2));
        writeFileSync(join(folder, 'set/list.txt'), 'no picture');
        await page.setInputFiles('#folder', join(folder, 'set'));
        await reach(page, 'chosen');
        await page.click('#enlarge-run');
        await reach(page, 'done');
        const files = unzip((await download(page, '#zip')).bytes);
        assert.deepEqual([...files.keys()], ['set/deep/one_2x_conservative.png', 'set/one_2x_conservative.png']);
    });

    inBrowser('cancelled among several, it keeps what is done', async (context) => {
        const page = await openPage(context, options);
        await page.setInputFiles('#file', [
            { name: 'first.png', mimeType, buffer: tiny(1) },
            { name: slow.name, mimeType, buffer: slow.bytes },
        ]);
        await reach(page, 'chosen');
        await page.click('#enlarge-run');
        await page.waitForFunction(() => /^2 of 2: [1-9]/.test(document.querySelector('#enlarge-percent')?.textContent ?? ''));
        await page.click('#enlarge-cancel');
        await reach(page, 'done');
        assert.deepEqual(
            (await rows(page)).map(([, words]) => words !== ''),
            [true, false],
        );
        assert.match(await page.textContent('#enlarge-outcome'), /^1 of 2 done/);
        assert.equal(await page.isVisible('#zip'), false);
    });

    inBrowser('starts the engine anew when its worker dies, says so, and does the picture after all', async (context) => {
        const page = await openPage(context, options);
        await open(page, slow);
        await page.click('#enlarge-run');
        await working(page);
        const worker = page.workers().find((each) => each.url().includes('entry_browser'));
        await worker.evaluate(() => globalThis.close()); // as dead as one that the browser ends: no message, no error
        await page.waitForFunction(() => document.querySelector('#toast:not([hidden])')?.textContent?.includes('started anew'));
        await reach(page, 'done');
        assert.equal(decodePng((await download(page)).bytes).width, 840);
    });

    inBrowser('writes WebP and JPEG, and says what it makes', async (context) => {
        const page = await openPage(context, options);
        await open(page, { name: 'one.png', bytes: tiny(1) });
        assert.equal(await page.isVisible('[name=quality]'), false);
        for (const [format, kind, magic] of [
            ['webp', 'WebP', 'RIFF'],
            ['jpg', 'JPEG', '\xff\xd8\xff'],
        ]) {
            await page.check(`[name=format][value=${format}]`);
            await page.fill('[name=quality]', '80');
            await page.click('#enlarge-run');
            await page.waitForFunction(
                (word) => document.querySelector('#enlarge-outcome-fine')?.textContent?.startsWith(`A ${word} of 42 × 24`),
                kind,
            );
            await reach(page, 'done');
            const { name, bytes } = await download(page);
            assert.equal(name, `one_2x_conservative.${format}`);
            assert.equal(bytes.subarray(0, magic.length).toString('latin1'), magic);
        }
    });

    inBrowser('enlarges an animation, shows it as one, and gives it as one', async (context) => {
        const page = await openPage(context, options);
        const frame = (shade) => ({ delay: [1, 10], pixel: () => [shade, 40, 90, 255] });
        await open(page, { name: 'moving.png', bytes: makeApng(24, 16, [frame(10), frame(200)], 0) });
        await page.click('#enlarge-run');
        await reach(page, 'done');
        await page.waitForFunction(() => /** @type {HTMLImageElement} */ (document.querySelector('#file-shown')).naturalWidth === 48);
        const { bytes } = await download(page);
        const chunks = chunksOf(bytes).map(({ type }) => type);
        assert.equal(chunks.filter((type) => type === 'fcTL').length, 2);
    });

    inBrowser('hands on what is under Advanced', async (context) => {
        const page = await openPage(context, options);
        const text = Buffer.from('tEXtAuthor\0me', 'latin1');
        const noted = withChunks(tiny(1), [[text.subarray(0, 4).toString(), text.subarray(4)]]);
        await open(page, { name: 'one.png', bytes: noted });
        await page.click('summary');
        await page.selectOption('[name=sync]', 'fast');
        await page.check('[name=tta]');
        await page.check('[name=metadata]');
        await page.click('#enlarge-run');
        await reach(page, 'done');
        const { bytes } = await download(page);
        assert.ok(bytes.includes('Author\0me'), 'Expected the note in the result');
    });

    inBrowser('offers the networks that exist and are here, and says why not others', async (context) => {
        const page = await openPage(context, options);
        const all = JSON.parse(await page.evaluate(() => fetch('/models.json').then((answer) => answer.text())));
        const { models } = await readManifest();
        assert.equal(all.length, models.filter(({ task }) => task === 'upscale').length);
        await page.route('**/models.json', (route) => route.fulfill({ json: all.map((one) => ({ ...one, here: one.model !== 'nose' })) }));
        await page.reload();
        await open(page, { name: 'one.png', bytes: tiny(1) });
        const reason = (name, value) =>
            page.$eval(`[name=${name}][value="${value}"]`, (input) => input.disabled && input.parentElement.title);
        assert.equal(await reason('model', 'nose'), 'The weights of this one are not on this site.');
        assert.equal(await reason('scale', '4'), false);
        await page.check('[name=scale][value="4"]');
        await page.check('[name=denoise][value="3"]');
        await page.check('[name=model][value=pro]');
        assert.equal(await reason('scale', '4'), 'Pro exists for 2× and 3× only.');
        assert.equal(await page.isChecked('[name=scale][value="2"]'), true);
        assert.equal(await page.isChecked('[name=denoise][value="3"]'), true);
        assert.equal(await reason('denoise', '1'), 'Pro at 2× has conservative, none and 3 only.');
        assert.match(await page.textContent('#model-hint'), /Pro exists for 2× and 3× only/);
    });

    inBrowser('tells time and memory before it begins', async (context) => {
        const page = await openPage(context, options);
        await open(page, { name: 'one.png', bytes: tiny(1) });
        await page.waitForFunction(() =>
            /^About \d.* s.* with \d+ MB of memory\.$/.test(document.querySelector('#enlarge-estimate')?.textContent ?? ''),
        );
        await page.click('#enlarge-run');
        await reach(page, 'done');
        assert.equal(await page.textContent('#enlarge-estimate'), '');
    });

    inBrowser('writes straight into a file, and leaves none when cancelled', async (context) => {
        const page = await openPage(context, options);
        await pickPrivateFile(page);
        const bytesOf = (name) =>
            page.evaluate(async (wanted) => {
                const handle = await globalThis.folder.getFileHandle(wanted).catch(() => null);
                return handle && [...new Uint8Array(await (await handle.getFile()).arrayBuffer())];
            }, name);
        await open(page, slow);
        await page.check('#straight');
        await page.click('#enlarge-run');
        await working(page);
        await page.click('#enlarge-cancel');
        await reach(page, 'chosen');
        // the folder of the engine's temporary files is there, too
        await waitUntil(page, async () => {
            for await (const name of globalThis.folder.keys()) if (name !== 'acg2vec-temporary') return false;
            return true;
        });
        assert.equal(await bytesOf('slow_2x_conservative.png'), null);

        await open(page, { name: 'anime256.png', bytes: readGolden('anime256.png') });
        await page.click('#enlarge-run');
        await reach(page, 'done');
        assert.equal(await page.isVisible('#enlarge-download'), false);
        assert.match(await page.textContent('#enlarge-outcome-fine'), /written as anime256_2x_conservative\.png/);
        const { data } = decodePng(Buffer.from(await bytesOf('anime256_2x_conservative.png')));
        assert.ok(compare(data, decodePng(readGolden('up2x-conservative.png')).data).psnr >= 60);
    });

    inBrowser('never asks for a canvas larger than browsers can', async (context) => {
        const page = await openPage(context, options);
        const sizes = [
            [18000, 6000],
            [65535, 10],
            [10, 65535],
            [4096, 4096],
            [65532, 65532],
        ];
        const found = await page.evaluate(async (list) => {
            const { reductionFor } = await import('/ui/tile_canvas.js');
            return list.map(([width, height]) =>
                [width, height].map((side) => Math.max(1, Math.floor(side * reductionFor(width, height)))),
            );
        }, sizes);
        for (const [i, [width, height]] of found.entries()) {
            assert.ok(width * height <= 2 ** 24 && Math.max(width, height) <= 8192, `${sizes[i]}: ${width} x ${height}`);
        }
        assert.deepEqual(found[3], [4096, 4096]);
    });

    inBrowser(
        'shows the stretched original, marked as such, and clears an overlay tile by tile while nothing is finished yet',
        async (context) => {
            const page = await openPage(context, options);
            await choose(page, slow);
            await reach(page, 'chosen');
            await page.click('summary');
            await page.selectOption('[name=tile]', '128');
            await page.click('#enlarge-run');
            await page.waitForFunction(() => {
                const overlay = /** @type {HTMLCanvasElement} */ (document.querySelector('#progress-overlay'));
                return !overlay.hidden && overlay.width === 4 && overlay.height === 4;
            });
            const shades = await page.evaluate(() => {
                const overlay = /** @type {HTMLCanvasElement} */ (document.querySelector('#progress-overlay'));
                return [...overlay.getContext('2d').getImageData(0, 0, 4, 4).data].filter((_, i) => i % 4 === 3);
            });
            assert.deepEqual(
                shades,
                shades.toSorted((a, b) => a - b),
            ); // the first tiles are ahead
            assert.ok(shades.at(-1) > 0);
            assert.equal(await page.isVisible('#caption-interim'), true); // what shows is marked as no result
            assert.match(await page.textContent('#caption-interim'), /^Preview: what is not done yet is only stretched$/);
            const alphas = await page.evaluate(() => {
                const enlarged = /** @type {HTMLCanvasElement} */ (document.querySelector('#enlarged'));
                const { data } = enlarged.getContext('2d').getImageData(0, 0, enlarged.width, enlarged.height);
                return new Set(data.filter((_, i) => i % 4 === 3)).size === 1 && data[3];
            });
            assert.equal(alphas, 255); // all of the picture is there already
            await page.click('#enlarge-cancel');
            await reach(page, 'chosen');
            assert.equal(await page.isVisible('#caption-interim'), false);
        },
    );
});
