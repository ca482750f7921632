// The page's search: real files, a tiny CLIP and tagger, SQLite in the origin private file system, in Chromium; against PyTorch's vectors.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { clipModel, expected } from '../js/clip_files.mjs';
import { convnetModels } from '../js/convnet_files.mjs';
import { indexEngine, openIndex, picture, writeFiles } from '../js/index_support.mjs';
import { readGolden, temporaryFolder } from '../js/support.mjs';
import { assembleNetworkSites, browserMissing, changeManifest, download, openPage, shareBrowser } from './support.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FOLDER = 'Bilder';
const COUNT = 40;
const inBrowser = (name, run) => test(name, { skip: browserMissing }, run);

/** A folder of the origin private file system has a handle as one of the disk has, which a test can choose without a dialog. */
async function makeFolder(page, files) {
    const given = Object.entries(files).map(([path, bytes]) => [path, bytes.toString('base64')]);
    await page.evaluate(
        async ([name, all]) => {
            const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
            for (const [path, text] of all) {
                let folder = root;
                const parts = path.split('/');
                for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create: true });
                const writer = await (await folder.getFileHandle(parts.at(-1), { create: true })).createWritable();
                await writer.write(Uint8Array.from(atob(text), (each) => each.charCodeAt(0)));
                await writer.close();
            }
            globalThis.showDirectoryPicker = async () => root;
        },
        [FOLDER, given],
    );
}

/** Cosine of PyTorch's vectors. */
function cosine(text, file) {
    const [a, b] = [expected.texts.find((each) => each.text === text).vector, expected.pictures[file]];
    const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe('page, search', () => {
    const sites = shareBrowser(browserMissing, () => assembleNetworkSites({ ...clipModel().files, ...convnetModels().files }));
    const open = (context, site, options = {}) =>
        openPage(context, { browser: sites.browser, root: site.root, hash: '#search', ...options });

    const cells = (page) =>
        page.$$eval('#search-grid [role=option]', (all) =>
            all
                .sort((a, b) => a.ariaPosInSet - b.ariaPosInSet)
                .map((each) => [each.title, each.textContent, each.querySelector('img').naturalWidth]),
        );

    /** Until all is in the index; fails with the page's own sentence. */
    async function indexed(page, n) {
        await page.waitForFunction(
            (count) =>
                document.querySelector('#search-message:not([hidden]), #toast:not([hidden])') ||
                (document.querySelector('#search-name').textContent.startsWith(`${count} `) &&
                    document.querySelector('#search-pause').hidden),
            String(n),
        );
        const problem = await page.$$eval('#search-message:not([hidden]), #toast:not([hidden])', (all) => all.map((e) => e.textContent));
        assert.deepEqual(problem, []);
    }

    const counted = (page, words) => page.waitForFunction((text) => document.querySelector('#search-count').textContent === text, words);

    async function importFile(page, button, name, buffer) {
        await page.waitForSelector(`${button}:enabled`, { state: 'attached' }); // it is disabled while another file is taken in
        const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.$eval(button, (each) => each.click())]);
        await chooser.setFiles({ name, mimeType: 'application/octet-stream', buffer });
    }

    const importSays = (page, words) =>
        page.waitForFunction((text) => document.querySelector('#search-import-words').textContent === text, words);

    async function search(page, text) {
        await page.fill('#search-form [name=text]', text);
        await page.click('#search-run');
        await page.waitForSelector('#search-cut-off-row:not([hidden])');
    }

    async function assertNothingFound(page) {
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        assert.deepEqual(
            violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`),
            [],
        );
    }

    inBrowser('a folder is indexed, found by words, by pictures and by tags, and is there after a reload', async (context) => {
        const page = await open(context, sites.full);
        const golden = readGolden('anime256.png');
        const files = { 'anime256.png': golden, 'sub/copy.png': golden, 'broken.png': golden.subarray(0, 2000) };
        for (let i = 0; i < 6; i++) files[`sub/${i}.png`] = picture(i);
        await makeFolder(page, files);
        await page.click('#search-first-folder');
        await indexed(page, 8);
        await counted(page, '8 pictures in all');
        assert.match(await page.textContent('#search-index-words'), /^All pictures of Bilder that can be read are in the index/);
        assert.match(await page.textContent('#search-failed'), /1 file could not be read.*broken\.png: The PNG file ends too early/);
        await page.waitForFunction(() => [...document.querySelectorAll('.cell img')].every((image) => image.naturalWidth > 0));
        await assertNothingFound(page);

        await search(page, 'a photo of a cat');
        await page.waitForFunction(() => /\d\.\d{3}/.test(document.querySelector('.cell span').textContent));
        const found = await cells(page);
        assert.equal(found.length, 8);
        const own = found.find(([path]) => path === 'Bilder/anime256.png');
        assert.ok(Math.abs(Number(own[1]) - cosine('a photo of a cat', 'anime256.png')) < 2e-3, JSON.stringify(own));
        const scores = found.map(([, score]) => Number(score));
        assert.deepEqual(
            scores,
            scores.toSorted((a, b) => b - a),
        );

        await page.check('#search-form [name=hideDuplicates]');
        await counted(page, '7 pictures found');
        await page.uncheck('#search-form [name=hideDuplicates]');
        await counted(page, '8 pictures found');
        await page.click('#search-all');
        await counted(page, '8 pictures in all');

        // more like one of them: the copy of it is the most alike, itself is not found
        await page.click('.cell[title="Bilder/anime256.png"]');
        await page.click('#search-like');
        await counted(page, '7 pictures found');
        const [[first, score]] = await cells(page);
        assert.deepEqual([first, score], ['Bilder/sub/copy.png', '1.000']);
        await page.click('#search-parts button:first-child'); // less like it: now the copy is the last
        await page.waitForFunction(() => document.querySelector('#search-parts .unwanted'));
        await page.waitForFunction(() => document.querySelector('#search-grid [aria-posinset="7"]')?.title === 'Bilder/sub/copy.png');
        await page.click('#search-parts button:last-child');
        await counted(page, '8 pictures in all');

        // a picture from elsewhere
        await page.setInputFiles('#file', { name: 'query.png', mimeType: 'image/png', buffer: picture(3) });
        await page.waitForFunction(() => document.querySelector('#search-grid [aria-posinset="1"]')?.title === 'Bilder/sub/3.png');

        await page.click('#search-duplicates-toggle');
        await page.waitForSelector('.duplicate.best');
        const names = await page.$$eval('.duplicate', (all) => all.map((each) => each.textContent));
        assert.match(names[0], /^Bilder\/anime256\.png256 × 256, .*Best: /);
        assert.match(names[1], /^Bilder\/sub\/copy\.png.*Same bytes/);
        await assertNothingFound(page);

        await page.click('#search-all');
        await page.click('#search-store summary');
        const { name, bytes } = await download(page, '#search-export-jsonl');
        assert.equal(name, 'vectors.jsonl');
        const lines = bytes.toString().trim().split('\n').map(JSON.parse);
        assert.equal(lines.length, 8);

        await page.reload();
        await indexed(page, 8);
        await counted(page, '8 pictures in all');
        await page.click('#search-again');
        await indexed(page, 8);
        assert.match(await page.textContent('#search-index-words'), /^All pictures of Bilder/);
        await page.dblclick('.cell[title="Bilder/anime256.png"]');
        await page.waitForFunction(() => document.querySelector('#search-large-picture').naturalWidth === 256);
        await page.click('#search-large-close');
        await page.click('.cell[title="Bilder/anime256.png"]');
        await page.click('#search-enlarge');
        await page.waitForFunction(() => document.querySelector('#enlarge-name').textContent === 'anime256.png');

        await page.click('#to-search');
        await page.click('#search-store summary');
        const exported = await download(page, '#search-export-sqlite');
        await importFile(page, '#search-import', exported.name, exported.bytes);
        await importSays(page, 'acg2vec.db: 0 new pictures, 0 with more than before, 8 as they were.');
        page.once('dialog', (dialog) => dialog.accept());
        await page.click('#search-clear');
        await page.waitForSelector('#search-empty:not([hidden])');

        // what was exported comes back, whole; wrong files are told and change nothing
        await importFile(page, '#search-first-import', 'picture.db', golden);
        await page.waitForFunction(() => /picture\.db is neither/.test(document.querySelector('#toast:not([hidden])')?.textContent));
        await importFile(page, '#search-first-import', exported.name, exported.bytes);
        await importSays(page, 'acg2vec.db: 8 new pictures, 0 with more than before, 0 as they were.');
        await counted(page, '8 pictures in all');
        await page.waitForSelector('.cell');
        await page.waitForFunction(() => [...document.querySelectorAll('.cell img')].every((image) => image.naturalWidth > 0));
        await assertNothingFound(page);
        await search(page, 'a photo of a cat');
        await page.waitForFunction(() => /\d\.\d{3}/.test(document.querySelector('.cell span').textContent));
        assert.deepEqual(
            (await cells(page)).map(([path, score]) => [path, score]),
            found.map(([path, score]) => [path, score]),
        );
        await importFile(page, '#search-import', 'cut.db', exported.bytes.subarray(0, exported.bytes.length - 8192));
        await page.waitForFunction(() => /cut\.db is damaged/.test(document.querySelector('#search-message').textContent));
        await importFile(page, '#search-import', name, bytes);
        await importSays(page, 'vectors.jsonl: 0 new pictures, 0 with more than before, 8 as they were.');
        await page.click('#search-all');
        await counted(page, '8 pictures in all');
    });

    inBrowser('another model searches: the page says which, and what it would need', async (context) => {
        const page = await open(context, sites.full);
        await makeFolder(page, Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`${i}.png`, picture(i)])));
        await page.click('#search-first-folder');
        await indexed(page, 6);
        const says = (words) => page.waitForFunction((text) => document.querySelector('#search-model-words').textContent === text, words);
        await says('DanbooruCLIP compares the pictures.');
        assert.deepEqual(await page.$$eval('#search-model option', (all) => all.map(({ value }) => value)), ['dclip', 'illust2vec']);
        await page.selectOption('#search-model', 'illust2vec');
        await says('illust2vec compares the pictures. 6 pictures were not looked at by it: choose “Look for changes”.');
        assert.ok(await page.isDisabled('#search-form [name=text]'));
        assert.match(await page.textContent('#search-text-lack'), /^illust2vec compares pictures only\. To search by words, get /);
        await page.click('#search-again');
        await says('illust2vec compares the pictures.');
        await indexed(page, 6);
        await page.setInputFiles('#file', { name: 'query.png', mimeType: 'image/png', buffer: picture(3) });
        await page.waitForFunction(() => document.querySelector('#search-grid [aria-posinset="1"]')?.title === 'Bilder/3.png');
        await assertNothingFound(page);
        await page.click('#search-store summary');
        assert.match(await page.textContent('#search-facts'), /dclip6 pictures.*illust2vec6 pictures/);
    });

    inBrowser('an index of the command line is taken in', async (context) => {
        const folder = temporaryFolder(context);
        writeFiles(folder, { 'a.png': readGolden('anime256.png'), 'b.png': picture(1) });
        const engine = await indexEngine();
        const index = await openIndex(engine, join(folder, 'index.db'));
        await index.sync(folder);
        const lines = Buffer.from(await (await index.export('jsonl')).arrayBuffer());
        await index.close();
        await engine.close();
        const page = await open(context, sites.full);
        await importFile(page, '#search-first-import', 'vectors.jsonl', lines.subarray(0, lines.indexOf('\n') + 1));
        await importSays(page, 'vectors.jsonl: 1 new pictures, 0 with more than before, 0 as they were.');
        await importFile(page, '#search-import', 'index.db', readFileSync(join(folder, 'index.db')));
        await importSays(page, 'index.db: 1 new pictures, 0 with more than before, 1 as they were.');
        await search(page, 'a photo of a cat');
        await page.waitForFunction(() => /\d\.\d{3}/.test(document.querySelector('.cell span').textContent));
        const own = (await cells(page)).find(([path]) => path === join(folder, 'a.png'));
        assert.ok(Math.abs(Number(own[1]) - cosine('a photo of a cat', 'anime256.png')) < 2e-3, JSON.stringify(own));
    });

    inBrowser('paused work goes on after a reload, tags are found, and a second tab reads', async (context) => {
        const page = await open(context, sites.full, { viewport: { width: 360, height: 740 } });
        const files = Object.fromEntries(Array.from({ length: COUNT }, (_, i) => [`${i}.png`, picture(i)]));
        await makeFolder(page, files);
        await page.$eval('#search-with-tags', (tick) => (tick.checked = true));
        await page.evaluate(() => {
            const words = document.querySelector('#search-index-words');
            const pauseOnce = (_, observer) => {
                if (!/^[1-9]\d* done/.test(words.textContent)) return;
                observer.disconnect();
                document.querySelector('#search-pause').click();
            };
            new MutationObserver(pauseOnce).observe(words, { childList: true, characterData: true, subtree: true });
        });
        await page.click('#search-first-folder');
        await page.waitForSelector('#search-resume:not([hidden])');
        assert.match(await page.textContent('#search-index-words'), /^Paused, \d+ left\.$/);
        await page.reload();
        await indexed(page, COUNT); // by itself
        await counted(page, `${COUNT} pictures in all`);
        const shown = (await cells(page)).length;
        assert.ok(shown > 3 && shown < COUNT, `Expected the visible pictures only but found ${shown}`);
        await page.focus('#search-grid');
        await page.keyboard.press('End');
        await page.waitForSelector(`#search-grid .active[aria-posinset="${COUNT}"]`);

        await page.click('#search-store summary');
        const { bytes } = await download(page, '#search-export-jsonl');
        const lines = bytes
            .toString()
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line));
        assert.equal(new Set(lines.map(({ path }) => path)).size, COUNT);
        assert.equal(lines.length, COUNT);
        await page.fill('#search-form [name=tag]', ' ');
        await page.fill('#search-form [name=tag]', '');
        const tags = await page.$$eval('#search-tags option', (all) => all.map(({ value }) => value));
        const tag = tags.at(-1);
        const tagged = lines.filter((line) => JSON.parse(line.tags).some(({ name }) => name === tag));
        assert.ok(tagged.length > 0, JSON.stringify(tags));
        await page.fill('#search-form [name=tag]', tag);
        await page.press('#search-form [name=tag]', 'Enter');
        await page.waitForFunction(
            (text) => document.querySelector('#search-count').textContent.startsWith(text),
            `${tagged.length} picture${tagged.length > 1 ? 's' : ''} found`,
        );
        await page.selectOption('#language', 'zh');
        await assertNothingFound(page);
        await page.selectOption('#language', 'en');

        const second = await page.context().newPage();
        await second.goto(page.url());
        await second.waitForFunction(() => /another tab/.test(document.querySelector('#search-index-words').textContent));
        await counted(second, `${COUNT} pictures in all`);
        await search(second, 'a photo of a cat');
        await page.close(); // which the other notices by itself
        await second.waitForFunction(() => /^All pictures/.test(document.querySelector('#search-index-words').textContent));
    });

    inBrowser('work that the browser gave no room for says so, and goes on once another tab lets go of the index', async (context) => {
        const page = await open(context, sites.full);
        await makeFolder(page, Object.fromEntries(Array.from({ length: COUNT }, (_, i) => [`${i}.png`, picture(i)])));
        await page.click('#search-first-folder');
        await page.waitForFunction(() => /^[1-9]\d* done/.test(document.querySelector('#search-index-words').textContent));
        const session = await page.context().newCDPSession(page);
        const { origin } = new URL(page.url());
        const { usage } = await page.evaluate(() => navigator.storage.estimate());
        await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage });
        await page.waitForSelector('#search-resume:not([hidden])');
        await page.click('#search-store summary');
        await download(page, '#search-export-jsonl'); // all that the end of the work set off is over
        assert.match(await page.textContent('#search-message:not([hidden])'), /There is no room left for the index/);
        await session.send('Storage.overrideQuotaForOrigin', { origin });

        const other = await page.context().newPage(); // has the index, and does not answer
        await other.goto(`${origin}/#enlarge`);
        await page.goto('about:blank');
        await other.evaluate(
            () => new Promise((taken) => navigator.locks.request('acg2vec-index acg2vec.db', () => (taken(), new Promise(() => {})))),
        );
        await page.goto(`${origin}/#search`);
        await page.waitForFunction(() => /in another tab/.test(document.querySelector('#toast').textContent));
        await other.close();
        await counted(page, `${COUNT} pictures in all`); // by itself
    });

    inBrowser('a CLIP and a tagger that only the manifest knows are offered, with the thresholds of the package', async (context) => {
        const folder = temporaryFolder(context);
        cpSync(sites.full.root, folder, { recursive: true });
        changeManifest({ root: folder }, ({ models }) => {
            const of = (model) => models.filter((each) => each.model === model);
            const again = (model, name) =>
                of(model).map((each) => ({ ...each, id: each.id.replace(model, name), model: name, origin: `${name} by us` }));
            models.push(...again('dclip', 'new-clip'), ...again('deepdanbooru', 'new-tagger'));
        });
        const page = await open(context, { root: folder });
        await page.waitForSelector('#search-model option[value=new-clip]', { state: 'attached' });
        assert.deepEqual(await page.$$eval('#search-model option', (all) => all.map(({ value }) => value)), [
            'dclip',
            'new-clip',
            'illust2vec',
        ]);
        await page.click('a[href="#scores"]');
        await page.waitForSelector('#describe-taggers input[value=new-tagger]', { state: 'attached' });
        assert.deepEqual(await page.$$eval('#describe-taggers input', (all) => all.map(({ value }) => value)), [
            'deepdanbooru',
            'wd-vit',
            'new-tagger',
        ]);
        assert.equal(await page.textContent('#describe-weights .model[data-model=new-tagger] .what'), 'new-tagger by us');
        assert.equal(await page.inputValue('#describe-threshold'), '0.5');
    });
});
