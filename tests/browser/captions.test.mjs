// The page's captions: the tags of a folder's pictures as files, in an archive or written into a folder, against what Keras gives.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { convnetModels, expectedTags } from '../js/convnet_files.mjs';
import { readGolden, temporaryFolder } from '../js/support.mjs';
import { assembleNetworkSites, browserMissing, download, openPage, shareBrowser, unzip } from './support.mjs';

const { files } = convnetModels();
delete files['illust2vec/model.safetensors']; // which the page has no use for
const PICTURE = readGolden('anime256.png');
const inBrowser = (name, run) => test(name, { skip: browserMissing }, run);

const namesOf = (threshold) =>
    expectedTags(threshold)
        .filter(({ category }) => category !== 'rating')
        .map(({ name }) => name);
const RATING = expectedTags(0).at(-1).name;
const textOf = (...names) => `${names.join(', ')}\n`;

describe('page, captions', () => {
    const sites = shareBrowser(browserMissing, () => assembleNetworkSites(files));

    /** The page with the tags of a folder of pictures. @param {string[]} paths of pictures */
    async function openTagged(context, paths, options = {}) {
        const page = await openPage(context, { browser: sites.browser, root: sites.full.root, hash: '#scores', ...options });
        const folder = temporaryFolder(context);
        for (const path of paths) {
            mkdirSync(dirname(join(folder, path)), { recursive: true });
            writeFileSync(join(folder, path), PICTURE);
        }
        await page.setInputFiles('#folder', join(folder, 'set'));
        await page.waitForFunction(() => document.querySelector('#describe-part').dataset.state === 'chosen');
        assert.equal(await page.isVisible('#describe-captions'), false);
        await page.uncheck('#describe-form [name=score]');
        await page.waitForFunction(() => !document.querySelector('#describe-run').disabled);
        await page.click('#describe-run');
        await page.waitForSelector('#describe-result:not([hidden])');
        for (const slider of ['#describe-threshold', '#describe-threshold-character']) await page.fill(slider, '0.15');
        await page.click('#describe-captions summary');
        return page;
    }

    /** Puts a folder of the browser's private file system, with files in it, in the place of the one that a user would pick. */
    const pickPrivateFolder = (page, name, texts = {}) =>
        page.evaluate(
            async ([wanted, all]) => {
                const root = await navigator.storage.getDirectory();
                const folder = await root.getDirectoryHandle(wanted, { create: true });
                for (const [path, text] of Object.entries(all)) {
                    const stream = await (await folder.getFileHandle(path, { create: true })).createWritable();
                    await stream.write(typeof text === 'string' ? text : Uint8Array.from(text));
                    await stream.close();
                }
                globalThis.showDirectoryPicker = async () => folder;
            },
            [name, texts],
        );

    /** The texts of all files in the picked folder. */
    const written = (page) =>
        page.evaluate(async () => {
            const texts = {};
            const walk = async (folder, start) => {
                for await (const [name, handle] of folder) {
                    if (handle.kind === 'directory') await walk(handle, `${start}${name}/`);
                    else texts[start + name] = await (await handle.getFile()).text();
                }
            };
            await walk(await globalThis.showDirectoryPicker(), '');
            return texts;
        });

    async function write(page) {
        await page.click('#describe-captions-write');
        await page.waitForFunction(() => document.querySelector('#describe-captions-said').textContent !== '');
        return page.textContent('#describe-captions-said');
    }

    const choose = (page, name, value) => page.selectOption(`#describe-captions-form [name=${name}]`, value);

    inBrowser('as a ZIP with the folders of the pictures, as the form says', async (context) => {
        const page = await openTagged(context, ['set/a.png', 'set/deep/b.png', 'set/a.jpg']);
        const archive = async () => {
            const { name, bytes } = await download(page, '#describe-captions-zip');
            assert.equal(name, 'captions.zip');
            return Object.fromEntries([...unzip(bytes)].map(([path, content]) => [path, content.toString()]));
        };
        const names = namesOf(0.15);
        assert.ok(names.length > 2);
        assert.deepEqual(await archive(), { 'set/a.txt': textOf(...names), 'set/deep/b.txt': textOf(...names) });
        assert.match(
            await page.textContent('#describe-captions-said'),
            /^2 captions in the ZIP\. Left out, because the caption would have the name of another file: a\.png\.$/,
        );
        await choose(page, 'rating', 'first');
        await page.fill('#describe-captions-form [name=undesiredTags]', `${names[0]}, nothing`);
        await page.fill('#describe-captions-form [name=alwaysFirstTags]', names.at(-1));
        assert.deepEqual(Object.values(await archive())[0], textOf(names.at(-1), RATING, ...names.slice(1, -1)));
        await page.fill('#describe-captions-form [name=undesiredTags]', '');
        await choose(page, 'character', '0.95');
        await choose(page, 'format', 'hydrus');
        const { hashes, service_keys_to_tags: keys } = JSON.parse((await archive())['set/a.json']);
        assert.deepEqual(hashes, [createHash('sha256').update(PICTURE).digest('hex')]);
        assert.deepEqual(Object.keys(keys), ['6c6f63616c2074616773']);
        assert.equal(keys['6c6f63616c2074616773'].at(-1), RATING);
        await choose(page, 'format', 'a1111');
        const { caption } = JSON.parse((await archive())['set/deep/b.json']);
        assert.equal(Object.keys(caption.rating)[0], RATING.replace('rating:', ''));
        assert.ok(Object.keys(caption.rating).length > 1);
        await choose(page, 'format', 'danbooru');
        const [{ filename, tags }] = JSON.parse((await archive())['set/a.json']);
        assert.equal(filename, 'set/a.jpg');
        assert.equal(Object.keys(tags).filter((name) => name.startsWith('rating:')).length, 1);
    });

    inBrowser('into the folder of the pictures: what is there stays, gets tags, or is replaced', async (context) => {
        const page = await openTagged(context, ['set/a.png', 'set/deep/b.png']);
        await pickPrivateFolder(page, 'set', { 'a.txt': 'mine\n' });
        const text = textOf(...namesOf(0.15));
        assert.equal(await write(page), '1 caption written. 1 caption there already, left as they are.');
        assert.deepEqual(await written(page), { 'a.txt': 'mine\n', 'deep/b.txt': text });
        await choose(page, 'there', 'append');
        assert.equal(await write(page), '2 captions written.');
        assert.deepEqual(await written(page), { 'a.txt': `mine, ${text}`, 'deep/b.txt': text });
        await choose(page, 'format', 'danbooru');
        assert.equal(await write(page), '2 captions written.');
        assert.equal(await write(page), '0 captions written. 2 captions there already, left as they are.');
        await choose(page, 'format', 'kohya');
        await choose(page, 'there', 'overwrite');
        assert.equal(await write(page), '2 captions written.');
        assert.equal((await written(page))['a.txt'], text);
    });

    inBrowser('into another folder: with the folders of the pictures; one that fails does not stop the others', async (context) => {
        const page = await openTagged(context, ['set/a.png', 'set/b.png']);
        await pickPrivateFolder(page, 'elsewhere');
        assert.equal(await write(page), '2 captions written.');
        assert.deepEqual(Object.keys(await written(page)).sort(), ['set/a.txt', 'set/b.txt']);
        await pickPrivateFolder(page, 'set', { 'a.txt': [0xff, 0xfe] });
        await choose(page, 'there', 'append');
        assert.equal(await write(page), '1 caption written. “a.txt”: This is no text in UTF-8, so nothing is added.');
        await page.evaluate(() => {
            globalThis.showDirectoryPicker = async () => {
                throw new DOMException('The user aborted a request.', 'AbortError');
            };
        });
        await page.click('#describe-captions-write');
        await page.waitForFunction(() => !document.querySelector('#describe-captions-write').disabled);
        assert.equal(await page.textContent('#describe-captions-said'), '');
    });

    inBrowser('fits 360 pixels; a browser that cannot write files offers the ZIP only', async (context) => {
        const page = await openTagged(context, ['set/a.png'], { viewport: { width: 360, height: 740 } });
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
        const low = await page.$$eval('#describe-captions button', (all) => all.map((each) => each.getBoundingClientRect().height));
        assert.ok(low.every((height) => height >= 44));
        await page.addInitScript(() => {
            delete globalThis.showSaveFilePicker;
        });
        await page.reload();
        assert.equal(await page.getAttribute('#describe-captions-write', 'hidden'), '');
        assert.equal(await page.getAttribute('#describe-captions-there', 'hidden'), '');
    });
});
