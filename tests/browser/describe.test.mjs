// The page's scores and tags: tiny networks, served from this machine or chosen from the disk, in Chromium, against what Keras gives.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { convnetModels, expected, expectedTags } from '../js/convnet_files.mjs';
import { makePng, readGolden } from '../js/support.mjs';
import { assembleNetworkSites, browserMissing, download, openPage, shareBrowser } from './support.mjs';

const { files } = convnetModels();
delete files['illust2vec/model.safetensors']; // which the page has no use for
const picture = { name: 'anime256.png', mimeType: 'image/png', buffer: readGolden('anime256.png') };
const other = { name: 'other.png', mimeType: 'image/png', buffer: makePng(40, 24, (x, y) => [6 * x, 10 * y, 90]) };
const inBrowser = (name, run) => test(name, { skip: browserMissing }, run);
const fileOf = (path, name = path.replace(/.*\//, '')) => ({ name, mimeType: 'application/octet-stream', buffer: files[path] });

describe('page, scores and tags', () => {
    const sites = shareBrowser(browserMissing, () => assembleNetworkSites(files)); // one of them without the weights
    const open = (context, site, options = {}) =>
        openPage(context, { browser: sites.browser, root: site.root, hash: '#scores', ...options });

    async function give(page, pictures) {
        await page.setInputFiles('#file', pictures);
        await page.waitForSelector('#describe-part[data-state=chosen]');
    }

    async function run(page) {
        await page.waitForFunction(() => !document.querySelector('#describe-run').disabled);
        await page.click('#describe-run');
        await page.waitForFunction(() => document.querySelector('#describe-result:not([hidden]), #describe-message:not([hidden])'));
        assert.equal(await page.isVisible('#describe-message'), false, await page.textContent('#describe-message'));
    }

    const chips = (page) =>
        page.$$eval('#describe-chips .chips li', (all) => all.map((chip) => [...chip.children].map(({ textContent }) => textContent)));

    async function assertChips(page, threshold) {
        const wanted = expectedTags(threshold).map(({ name, score }) => [name.replace(/^rating:/, ''), score.toFixed(2)]);
        assert.deepEqual(await chips(page), wanted);
    }

    /** The bins of the head that shows. */
    async function assertBins(page, head) {
        const rows = await page.$$eval('#describe-bins li', (all) => all.map((row) => [row.className, row.querySelector('b').textContent]));
        assert.equal(rows.length, expected[head].length);
        for (const [i, [name, figure]] of rows.entries()) {
            assert.equal(name === 'likeliest', expected[head][i] === Math.max(...expected[head]), `bin ${i}`);
            assert.ok(
                Math.abs(parseFloat(figure.replace('<', '')) / 100 - expected[head][i]) < 1.1e-3,
                `bin ${i}: ${figure} for ${expected[head][i]}`,
            );
        }
    }

    inBrowser('gives the scores and tags that Keras gives, with weights of the site', async (context) => {
        const page = await open(context, sites.full);
        await give(page, [picture]);
        await page.waitForFunction(() =>
            [...document.querySelectorAll('#describe-weights .model:not([data-model=wd-vit]) .status')].every((each) =>
                /are fetched from this site/.test(each.textContent),
            ),
        );
        await run(page);
        const best = (head) => expected[head].indexOf(Math.max(...expected[head])) + 1;
        const said = await page.getAttribute('#describe-radar svg', 'aria-label');
        assert.deepEqual(said.match(/bin \d+ of \d+/g), [
            `bin ${best('bookmark')} of 15`,
            `bin ${best('view')} of 15`,
            `bin ${best('sanity')} of 5`,
        ]);
        await page.click('#describe-scores summary');
        await assertBins(page, 'bookmark');
        for (const head of ['sanity', 'view']) {
            await page.check(`#describe-heads [value=${head}]`);
            await assertBins(page, head);
        }
        assert.match(await page.textContent('#describe-expected'), /^Expected: [\d,]+ bookmarks, [\d,]+ views, sanity \d\.\d\.$/);
        await assertChips(page, 0.5);
        for (const slider of ['#describe-threshold', '#describe-threshold-character']) await page.fill(slider, '0.15');
        await assertChips(page, 0.15);
        assert.equal(await page.textContent('#describe-count'), `${expectedTags(0.15).length} tags`);
        const { name, bytes } = await download(page, '#describe-download');
        const line = JSON.parse(bytes.toString());
        assert.deepEqual(
            [name, line.input, Object.keys(line)],
            ['anime256.json', 'anime256.png', ['input', 'bookmark', 'view', 'sanity', 'tags']],
        );
        assert.deepEqual(
            line.tags.map((tag) => tag.name),
            expectedTags(0.15).map((tag) => tag.name),
        );
        await page.waitForFunction(() =>
            [...document.querySelectorAll('#describe-weights .model:not([data-model=wd-vit]) .status')].every((each) =>
                /^Kept in this browser/.test(each.textContent),
            ),
        );
        assert.equal(await page.isDisabled('#describe-run'), true); // there is no more to tell
    });

    inBrowser('copies the tags that show', async (context) => {
        const page = await open(context, sites.full);
        await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
        await give(page, [picture]);
        await run(page);
        await page.click('#describe-copy');
        await page.waitForFunction(() => document.querySelector('#describe-copy').textContent === 'Copied');
        const names = expectedTags(0.5).map(({ name }) => name);
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), names.join(', '));
    });

    inBrowser('does what is asked for only, to every picture that can be read', async (context) => {
        const page = await open(context, sites.full);
        const broken = { ...picture, name: 'broken.png', buffer: picture.buffer.subarray(0, 2000) };
        await give(page, [picture, broken, other]);
        await page.uncheck('#describe-form [name=score]');
        assert.match(await page.textContent('#describe-run'), /^Tag all 3/);
        await run(page);
        assert.equal(await page.isVisible('#describe-scores'), false);
        await assertChips(page, 0.5);
        const rows = () => page.$$eval('#describe-jobs li', (all) => all.map((row) => row.querySelector('small').textContent));
        const [first, second, third] = await rows();
        assert.match(second, /PNG file ends too early/);
        for (const note of [first, third]) assert.match(note, /^rating:/);
        await page.click('#describe-jobs li:nth-child(3) button');
        await page.waitForFunction(() => document.querySelector('#describe-name').textContent === 'other.png');
        assert.notDeepEqual(
            await chips(page),
            expectedTags(0.5).map(({ name, score }) => [name.replace(/^rating:/, ''), score.toFixed(2)]),
        );
        const { name, bytes } = await download(page, '#describe-download');
        assert.equal(name, 'descriptions.jsonl');
        assert.deepEqual(
            bytes
                .toString()
                .trim()
                .split('\n')
                .map((line) => JSON.parse(line).input),
            ['anime256.png', 'other.png'],
        );
    });

    inBrowser('looks at what the browser cannot show, tells what is odd, and takes a damaged picture at a button', async (context) => {
        const page = await open(context, sites.full);
        const ppm = {
            name: 'picture.ppm',
            mimeType: '',
            buffer: Buffer.concat([Buffer.from('P6 30 20 255\n'), Buffer.alloc(30 * 20 * 3, 90)]),
        };
        await give(page, [ppm]);
        assert.match(await page.textContent('#describe-unshown:not([hidden])'), /cannot show this file/);
        await run(page);
        assert.deepEqual(await page.$$eval('#describe-notes p', (all) => all.length), 0);
        await page.click('#describe-another');

        await give(page, [{ ...picture, buffer: picture.buffer.subarray(0, -12) }]);
        await run(page);
        assert.match(await page.textContent('#describe-notes'), /^The PNG file has no end/);
        const { bytes } = await download(page, '#describe-download');
        assert.match(JSON.parse(bytes.toString()).warnings.join(), /^The PNG file has no end/);
        await page.click('#describe-another');

        await give(page, [{ ...picture, buffer: picture.buffer.subarray(0, 9000) }]);
        await page.click('#describe-run');
        await page.waitForSelector('#describe-message:not([hidden])');
        assert.match(await page.textContent('#describe-message'), /^The PNG file ends too early/);
        assert.equal(await page.isVisible('#describe-result'), false);
        await page.click('#describe-remedy');
        await page.waitForSelector('#describe-result:not([hidden])');
        assert.match(await page.textContent('#describe-notes'), /of 256 rows only/);
        assert.equal(await page.isVisible('#describe-message'), false);
    });

    inBrowser('takes files of the user: one of the two networks will do, and a wrong file is said', async (context) => {
        const page = await open(context, sites.bare);
        await page.waitForSelector('#describe-weights-lack:not([hidden])');
        await give(page, [picture]);
        assert.equal(await page.isDisabled('#describe-run'), true);
        const wrong = async (file, sentence) => {
            await page.setInputFiles('#describe-weights-file', file);
            await page.waitForFunction(
                (text) => document.querySelector('#describe-weights .message:not([hidden])')?.textContent.includes(text),
                sentence,
            );
        };
        await wrong(
            { name: 'model-resnet_custom_v3.h5', mimeType: '', buffer: Buffer.from('HDF') },
            'Expected a file of PyTorch, safetensors or HDF5',
        );
        await wrong({ name: 'cut.safetensors', mimeType: '', buffer: files['pix2score/model.safetensors'].subarray(0, 9000) }, 'cut short');
        await page.setInputFiles('#describe-weights-file', [
            fileOf('deepdanbooru/model.safetensors', 'any name.safetensors'),
            fileOf('deepdanbooru/tags.txt'),
        ]);
        await page.waitForFunction(() => document.querySelector('#describe-run').textContent === 'Tag');
        await run(page);
        await assertChips(page, 0.5);
        await page.setInputFiles('#describe-weights-file', [fileOf('pix2score/model.safetensors')]);
        await page.waitForFunction(() => document.querySelector('#describe-run').textContent === 'Score and tag');
        await run(page);
        await page.click('#describe-scores summary');
        await assertBins(page, 'bookmark');
    });

    inBrowser('fits 360 pixels in the dark, is cancelled, and takes along what is open in another part', async (context) => {
        const page = await open(context, sites.full, { viewport: { width: 360, height: 740 }, hash: '' });
        await page.emulateMedia({ colorScheme: 'dark' });
        const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        await page.setInputFiles(
            '#file',
            Array.from({ length: 30 }, (_, i) => ({ ...picture, name: `${i}.png` })),
        );
        await page.waitForFunction(() => document.querySelector('#enlarge-part').dataset.state === 'chosen');
        await page.click('#to-describe');
        await page.waitForFunction(
            () => document.querySelector('#describe-part').dataset.state === 'chosen' && !document.querySelector('#describe-run').disabled,
        );
        assert.equal(await overflow(), 0);
        await page.click('#describe-run');
        await page.waitForFunction(() => /of 30/.test(document.querySelector('#describe-percent').textContent));
        await page.click('#describe-cancel');
        await page.waitForSelector('#describe-part[data-state=chosen]');
        assert.equal(await page.isVisible('#describe-message'), false);
        await run(page);
        await assertChips(page, 0.5);
        assert.equal(await overflow(), 0);
        const small = await page.$$eval('#describe-part button, #describe-part a:not(.facts a), .parts a', (all) =>
            all.filter((each) => each.offsetParent && each.getBoundingClientRect().height < 44).map((each) => each.textContent),
        );
        assert.deepEqual(small, []);
    });
});
