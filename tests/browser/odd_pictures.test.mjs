// The page with files that are odd, damaged, grey, or of kinds that no browser shows: what it says of them, and what it offers.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { compare, decodePng, makePng, ROOT, temporaryFolder, weightsMissing } from '../js/support.mjs';
import { assembleSite, browserMissing, choose, download, open, openPage, reach, shareBrowser } from './support.mjs';

const skip = browserMissing || (await weightsMissing([2, 4]));
const inBrowser = (name, run) => test(name, { skip }, run);

const mimeType = 'image/png';
const pixel = (x, y) => [6 * x, 10 * y, (x * y) % 256];
const whole = makePng(40, 24, pixel);
const withoutEnd = whole.subarray(0, whole.length - 12); // IEND
const cut = whole.subarray(0, whole.length - 300);
const NO_END = /^The PNG file has no end/;
const TOO_EARLY = /^The PNG file ends too early/;
const COLOUR_TYPE = 25; // where it stands in a PNG: 0 grey, 2 RGB

/** An uncompressed TGA of 24 bits: blue, green, red, from the top left on. */
function makeTga(width, height) {
    const header = Buffer.from([0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, width, 0, height, 0, 24, 0x20]);
    const pixels = Array.from({ length: width * height }, (_, i) =>
        pixel(i % width, Math.floor(i / width))
            .map((value) => value % 256)
            .reverse(),
    );
    return Buffer.concat([header, Buffer.from(pixels.flat())]);
}
const tga = { name: 'sprite.tga', bytes: makeTga(40, 24), type: '' };

const ofLibrary = (name) => readFileSync(join(ROOT, 'tests/js/library', name));

const notes = (page, root) => page.$$eval(`${root} p`, (all) => all.map(({ textContent }) => textContent));
const noted = (page, root = '#enlarge-notes') => page.waitForFunction((at) => document.querySelector(`${at} p`), root);
const enlarge = async (page, button = '#enlarge-run') => {
    await page.click(button);
    await reach(page, 'done');
};
const refused = async (page) => {
    await page.click('#enlarge-run');
    await page.waitForSelector('#enlarge-message:not([hidden])');
};

describe('page, odd pictures', () => {
    const options = shareBrowser(skip, assembleSite);

    inBrowser('tells what is odd about a picture, before the work and after it, without alarm', async (context) => {
        const page = await openPage(context, options);
        await open(page, { name: 'endless.png', bytes: withoutEnd });
        await noted(page);
        assert.equal(await page.textContent('#enlarge-run'), 'Enlarge');
        for (const when of ['before', 'after']) {
            const said = await notes(page, '#enlarge-notes');
            assert.equal(said.length, 1, when);
            assert.match(said[0], NO_END, when);
            if (when === 'before') await enlarge(page);
        }
        assert.equal(await page.getAttribute('#enlarge-notes', 'role'), 'note');
        assert.match(await page.textContent('#announcer'), /^Done in .* The PNG file has no end/);
        await open(page, { name: 'whole.png', bytes: whole });
        assert.deepEqual(await notes(page, '#enlarge-notes'), []);
    });

    inBrowser('refuses a damaged picture, and shows what is there at a button', async (context) => {
        const page = await openPage(context, options);
        await open(page, { name: 'cut.png', bytes: cut });
        await refused(page);
        assert.match(await page.textContent('#enlarge-message'), TOO_EARLY);
        assert.equal(await page.textContent('#enlarge-remedy'), 'Show what is there');
        await enlarge(page, '#enlarge-remedy');
        assert.equal(await page.isVisible('#enlarge-remedy'), false);
        assert.match((await notes(page, '#enlarge-notes')).join(), /of 24 rows only \d+ could be read/);
        assert.equal(decodePng((await download(page)).bytes).width, 80);
    });

    inBrowser('says what is wrong or odd in the language of the page', async (context) => {
        const page = await openPage(context, { ...options, locale: 'zh-CN' });
        await open(page, { name: 'cut.png', bytes: cut });
        await refused(page);
        const bytes = new Intl.NumberFormat('zh-CN').format(cut.length);
        assert.equal(await page.textContent('#enlarge-message'), `PNG 文件不完整，读到第 ${bytes} 字节就断了。`);
        await enlarge(page, '#enlarge-remedy');
        assert.match(
            (await notes(page, '#enlarge-notes')).join(),
            /^提示：PNG 文件已损坏：24 行里只读出 \d+ 行，其余已补上。,提示：PNG 文件没有结尾，可能被截断过。$/,
        );
        await choose(page, { name: 'phone.png', bytes: Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1') });
        await page.waitForSelector('#toast:not([hidden])');
        assert.match(await page.textContent('#toast'), /暂不支持HEIC 文件。/);
    });

    inBrowser('offers no remedy where there is none', async (context) => {
        const page = await openPage(context, options);
        await choose(page, { name: 'phone.png', bytes: Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1') });
        await page.waitForSelector('#toast:not([hidden])');
        assert.match(await page.textContent('#toast'), /^“phone\.png” cannot be read as a picture\. .*HEI/);
        assert.equal(await page.isVisible('#enlarge-remedy'), false);
        assert.equal(await page.evaluate(() => document.querySelector('#enlarge-part').dataset.state), 'empty');
    });

    inBrowser('opens AVIF and JPEG XL, whose decoders come with the first of them', async (context) => {
        const page = await openPage(context, options);
        const asked = new Set();
        page.context().on('request', (request) => asked.add(/(avif_dec|jxl_oxide_wasm).*\.wasm$/.exec(request.url())?.[1]));
        const enlarged = async (name, type) => {
            await open(page, { name, bytes: ofLibrary(name), type });
            await enlarge(page);
            return decodePng((await download(page)).bytes);
        };
        await open(page, { name: 'whole.png', bytes: whole });
        await enlarge(page);
        assert.deepEqual([...asked].filter(Boolean), []);
        for (const [name, type, decoder] of [
            ['lossless_alpha.avif', 'image/avif', 'avif_dec'],
            ['lossless_alpha.jxl', '', 'jxl_oxide_wasm'],
        ]) {
            const found = await enlarged(name, type);
            assert.deepEqual(found, await enlarged(`${name}.png`, 'image/png'), name);
            assert.ok(asked.has(decoder), name);
        }
        await open(page, { name: 'cut.avif', bytes: ofLibrary('lossless_alpha.avif').subarray(0, 900), type: 'image/avif' });
        await refused(page);
        assert.match(await page.textContent('#enlarge-message'), /^The AVIF file ends too early/);
    });

    inBrowser('converts colours to sRGB as Pillow does, with a module that comes with the first such picture', async (context) => {
        const page = await openPage(context, options);
        const ofColour = (name) => readFileSync(join(ROOT, 'tests/js/colour', name));
        const asked = [];
        page.context().on('request', (request) => asked.push(...(request.url().match(/lcms2-[^/]*\.wasm$/) ?? [])));
        const enlarged = async (name, bytes) => {
            await open(page, { name, bytes });
            await enlarge(page);
            return (await download(page)).bytes;
        };
        const name = 'profile_alpha.png';
        assert.ok((await enlarged(name, ofColour(name))).includes('iCCP'));
        const wanted = await enlarged('of Pillow.png', ofColour(`${name}.srgb.png`));
        assert.deepEqual(asked, []);
        await page.click('#advanced summary');
        await page.selectOption('[name=colour]', 'srgb');
        const found = await enlarged('again.png', ofColour(name));
        assert.equal(asked.length, 1);
        assert.ok(found.includes('sRGB') && !found.includes('iCCP'));
        const { psnr, maxDiff } = compare(decodePng(found).data, decodePng(wanted).data);
        assert.ok(psnr > 45 && maxDiff <= 6, `${psnr} dB, ${maxDiff}`);
        await open(page, { name: 'hdr.png', bytes: ofColour('hdr.png') });
        await enlarge(page);
        assert.match((await notes(page, '#enlarge-notes')).join(), /HDR .* not converted to sRGB/);
    });

    inBrowser('in a batch, each line has its notes and its button', async (context) => {
        const page = await openPage(context, options);
        const files = { 'a.png': whole, 'b.png': withoutEnd, 'c.png': cut, 'd.png': Buffer.from('ffd8ffc0000800000800080000', 'hex') };
        await page.setInputFiles(
            '#file',
            Object.entries(files).map(([name, buffer]) => ({ name, mimeType, buffer })),
        );
        await reach(page, 'chosen');
        await enlarge(page);
        const row = (n) => `#enlarge-jobs > li:nth-child(${n})`;
        assert.deepEqual(await notes(page, `${row(1)} .notes`), []);
        assert.match((await notes(page, `${row(2)} .notes`)).join(), NO_END);
        assert.match(await page.textContent(`${row(3)} small`), TOO_EARLY);
        for (const [n, offers] of [
            [1, false],
            [2, false],
            [3, true],
            [4, false],
        ])
            assert.equal(await page.isVisible(`${row(n)} .remedy`), offers, `line ${n}`);
        assert.equal(await page.getAttribute(`${row(3)} .remedy`, 'aria-label'), 'Show what is there: c.png');
        assert.equal(await page.isVisible('#enlarge-notes'), false); // the lines have them
        await page.click(`${row(3)} .remedy`);
        await page.waitForFunction((at) => document.querySelector(at).dataset.state === 'done', row(3));
        await reach(page, 'done');
        assert.match((await notes(page, `${row(3)} .notes`)).join(), /of 24 rows only \d+ could be read/);
        assert.equal(await page.isVisible(`${row(3)} .remedy`), false);
    });

    inBrowser('enlarges what the browser cannot show, and shows the result alone', async (context) => {
        const page = await openPage(context, options);
        await open(page, tga);
        assert.equal(await page.textContent('#enlarge-sizes'), '40 × 24 → 80 × 48');
        assert.match(await page.textContent('#enlarge-unshown:not([hidden])'), /cannot show the original/);
        await enlarge(page);
        assert.equal(await page.isVisible('#divider'), false);
        assert.equal(await page.isVisible('#original'), false);
        await page.waitForFunction(() => /** @type {HTMLImageElement} */ (document.querySelector('#file-shown')).naturalWidth === 80);
        const { name, bytes } = await download(page);
        assert.equal(name, 'sprite_2x_conservative.png');
        await open(page, { name: 'same.png', bytes: makePng(40, 24, (x, y) => pixel(x, y).map((value) => value % 256)) });
        assert.equal(await page.isVisible('#enlarge-unshown'), false);
        await enlarge(page);
        assert.equal(await page.isVisible('#divider'), true);
        assert.deepEqual(decodePng(bytes).data, decodePng((await download(page)).bytes).data);
    });

    inBrowser('a damaged one that the browser cannot show either is opened, too', async (context) => {
        const page = await openPage(context, options);
        await open(page, { ...tga, name: 'half.tga', bytes: tga.bytes.subarray(0, 18 + 40 * 3 * 12 + 5) });
        assert.equal(await page.textContent('#enlarge-sizes'), '40 × 24 → 80 × 48');
        await refused(page);
        await enlarge(page, '#enlarge-remedy');
        assert.match((await notes(page, '#enlarge-notes')).join(), /12 of its 24 rows are missing/);
    });

    inBrowser('hands on which pictures stay grey', async (context) => {
        const page = await openPage(context, options);
        const ink = (x, y) => (y > 12 ? ((x % 3) + (y % 3) === 0 ? 0 : 255) : Math.round(127 + 127 * Math.sin((x * x) / 24)));
        const noisy = makePng(40, 24, (x, y) => [ink(x, y), Math.max(0, ink(x, y) - ((x + y) % 5)), ink(x, y)]);
        await open(page, { name: 'scan.png', bytes: noisy });
        const colourType = async () => (await download(page)).bytes[COLOUR_TYPE];
        await enlarge(page);
        assert.equal(await colourType(), 2);
        await page.selectOption('[name=grey]', 'near');
        await page.waitForSelector('#enlarge-run:not([hidden])');
        await page.click('#enlarge-run');
        await page.waitForSelector('#enlarge-run[hidden]', { state: 'attached' });
        await reach(page, 'done');
        assert.equal(await colourType(), 0);
    });

    inBrowser('guards areas of pure colour, unless it is told not to', async (context) => {
        const page = await openPage(context, options);
        const green = makePng(120, 120, (x, y) =>
            x > 40 && x < 80 && y > 40 && y < 80 ? [(x * 6) % 256, (y * 6) % 256, 99] : [0, 255, 0],
        );
        const corner = async () => [...decodePng((await download(page)).bytes).data.subarray(0, 3)];
        await open(page, { name: 'green.png', bytes: green });
        await page.check('[name=scale][value="4"]');
        await enlarge(page);
        assert.match((await notes(page, '#enlarge-notes')).join(), /enlarged plainly/);
        assert.deepEqual(await corner(), [0, 255, 0]);
        await open(page, { name: 'green again.png', bytes: green });
        await page.uncheck('[name=guard]');
        await enlarge(page);
        assert.match((await notes(page, '#enlarge-notes')).join(), /far off/);
        assert.notDeepEqual(await corner(), [0, 255, 0]);
    });

    inBrowser('of a folder, takes pictures by their first bytes, and says what it passed over', async (context) => {
        const page = await openPage(context, options);
        const folder = join(temporaryFolder(context), 'set');
        const files = {
            'no extension': whole,
            'chrome.jfif': whole,
            'a.tga': tga.bytes,
            '._a.png': whole,
            '.thumbs/b.png': whole,
            'list.txt': 'no picture',
        };
        for (const [name, bytes] of Object.entries(files)) {
            mkdirSync(join(folder, '.thumbs'), { recursive: true });
            writeFileSync(join(folder, name), bytes);
        }
        await page.setInputFiles('#folder', folder);
        await reach(page, 'chosen');
        assert.deepEqual(await page.$$eval('#enlarge-jobs b', (all) => all.map(({ textContent }) => textContent)), [
            'a.tga',
            'chrome.jfif',
            'no extension',
        ]);
        await page.waitForSelector('#toast:not([hidden])');
        assert.equal(
            await page.textContent('#toast'),
            'Passed over what is no picture that can be read: 1 .txt (list.txt), 2 hidden (._a.png, b.png).',
        );
        assert.equal(await page.getAttribute('#toast', 'role'), 'status');
    });

    inBrowser('says that weights which were kept were damaged, and were fetched again', async (context) => {
        const page = await openPage(context, options);
        await open(page, { name: 'whole.png', bytes: whole });
        await enlarge(page);
        const spoilt = await page.evaluate(async () => {
            const cache = await caches.open('acg2vec-models');
            const keys = await cache.keys();
            for (const key of keys) await cache.put(key, new Response('damaged'));
            return keys.length;
        });
        assert.ok(spoilt > 0, 'Expected weights in the cache');
        await page.reload();
        await open(page, { name: 'whole.png', bytes: whole });
        await page.waitForSelector('#toast:not([hidden])');
        assert.match(await page.textContent('#toast'), /damaged or a different file: .* is fetched again\.$/);
        assert.equal(await page.getAttribute('#toast', 'role'), 'status');
        await enlarge(page);
    });
});
