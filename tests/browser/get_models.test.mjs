// Models in the page, from where they are published: a server that behaves as the hub does, a tiny CLIP on it, and the whole way in Chromium:
// the button, progress, breaks, stops, the conversion, labels that PyTorch gives, and all of it again without the hub.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { before, beforeEach, describe, test } from 'node:test';
import { expected, merges, publishedClip, textNetwork } from '../js/clip_files.mjs';
import { safetensorsOf, tensor } from '../js/converter_sources.mjs';
import { readGolden } from '../js/support.mjs';
import { assembleWithHub, browserMissing, openPage, shareBrowser } from './support.mjs';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const picture = { name: 'anime256.png', mimeType: 'image/png', buffer: readGolden('anime256.png') };
const CONNECTION = /net::ERR_|Failed to load resource/;

const { tensors, config } = publishedClip();
// No weights, and passed over: so that the file has several of the pieces that it comes in.
tensors.set('text_model.embeddings.position_ids', tensor('I64', [400_000], new Array(400_000).fill(0n)));
const files = new Map([
    ['pytorch_model.bin', Buffer.from(safetensorsOf(tensors))],
    ['config.json', Buffer.from(JSON.stringify(config))],
    ['merges.txt', merges()],
]);
const fileOf = (path, name = path) => ({ name, mimeType: 'application/octet-stream', buffer: files.get(path) });

test('the page may ask the hub and no other server', () => {
    const html = readFileSync(new URL('../../web/index.html', import.meta.url), 'utf8');
    assert.equal(/connect-src ([^;]*);/.exec(html)?.[1], "'self' https://huggingface.co https://*.hf.co");
});

describe('page, models', { skip: browserMissing }, () => {
    /** @type {import('../hub_server.mjs').Hub} */
    let hub;
    const shared = shareBrowser(browserMissing, () =>
        assembleWithHub(files, ['dclip/image', 'dclip/text', 'pix2score', 'deepdanbooru'], fromHub),
    );
    before(() => {
        hub = shared.hub;
    });
    beforeEach(() => {
        hub.asked.length = 0;
        hub.breaks = undefined;
        hub.stalls = undefined;
        hub.files = new Map(files);
    });

    const open = (context, options = {}) =>
        openPage(context, { ...shared, hash: '#labels', others: hub.origins, expected: CONNECTION, ...options });
    const at = (page, name, model = 'dclip') => page.locator(`#label-weights [data-model=${model}] ${name}`);
    const stallAt = (byte) => (hub.stalls = (path) => (path === 'pytorch_model.bin' ? byte : undefined));
    const isHere = (page) => page.waitForSelector('#label-weights [data-model=dclip][data-state=here]', { state: 'attached' });

    async function assertLabels(page) {
        await page.setInputFiles('#file', picture);
        await page.waitForFunction(() => !document.querySelector('#label-run').disabled);
        await page.fill('#label-words', expected.labels.join('\n'));
        await page.click('#label-run');
        await page.waitForFunction(() => document.querySelector('#label-result:not([hidden]), #label-message:not([hidden])'));
        assert.equal(await page.isVisible('#label-message'), false, await page.textContent('#label-message'));
        const rows = await page.$$eval('#label-bars li', (all) =>
            all.map((row) => [...row.children].map(({ textContent }) => textContent)),
        );
        for (const [label, figure] of rows) {
            const wanted = expected.probabilities[expected.labels.indexOf(label)];
            assert.ok(Math.abs(parseFloat(figure) / 100 - wanted) < 0.05, `${label}: expected ${wanted} but found ${figure}`);
        }
    }

    test('one button gets a model, which is converted, used, and used again when the hub is gone', async (context) => {
        const page = await open(context);
        await at(page, '.fetch').waitFor();
        assert.deepEqual(hub.asked, [], 'nobody pressed anything');
        assert.match(
            await at(page, '.facts').textContent(),
            /Download6\.\d MB.*Kept474 MB.*Licencenone stated.*huggingface\.co\/OysterQAQ/,
        );
        assert.match(await at(page, '.fetch').textContent(), /^Get it from Hugging Face \(6\.\d MB\)$/);
        await at(page, '.fetch').click();
        await isHere(page);
        assert.match(await at(page, '.status').textContent(), /^Kept in this browser, .* MB: nothing needs to be fetched\.$/);
        await assertLabels(page);
        const asked = hub.asked.length;
        hub.files = new Map(); // it is gone
        await page.reload();
        await isHere(page).catch(() => {});
        await assertLabels(page);
        assert.equal(hub.asked.length, asked);
        assert.deepEqual(await stored(page), ['acg2vec-models/dclip/image.safetensors', 'acg2vec-models/dclip/text.safetensors']);

        await at(page, '.remove').click();
        await at(page, '.fetch').waitFor();
        assert.equal(await page.isDisabled('#label-run'), true);
        assert.deepEqual(await stored(page), []);
    });

    test('a connection that breaks is taken up where it broke, and nobody has to do anything', async (context) => {
        hub.breaks = (path, n) => (path === 'pytorch_model.bin' && n < 3 ? 2_500_000 * n : undefined);
        const page = await open(context);
        await at(page, '.fetch').click();
        await isHere(page);
        const froms = hub.asked.filter(({ path }) => path === 'pytorch_model.bin').map(({ from }) => from);
        // Of what was sent last before a break, some may be lost.
        assert.ok(froms.length === 3 && froms[0] === 0 && froms[1] > 0 && froms[1] <= 2_500_000, String(froms));
        assert.ok(froms[2] > froms[1] && froms[2] <= 5_000_000, String(froms));
    });

    test('what was stopped, or left by a reload, goes on where it was; all by keys', async (context) => {
        stallAt(2_500_000);
        const page = await open(context);
        await at(page, '.fetch').waitFor();
        await at(page, '.fetch').focus();
        await page.keyboard.press('Enter');
        await figure(page, /^[12]\.\d of 6\.\d MB$/);
        assert.equal(await page.evaluate(() => document.activeElement.className), 'stop');
        assert.match(await at(page, '.meter').getAttribute('aria-valuenow'), /^\d+$/);
        await page.keyboard.press('Enter'); // on Stop, which has the focus
        await at(page, '.fetch').waitFor();
        assert.match(await at(page, '.fetch').textContent(), /^Continue: [1-9]\.\d of 6\.\d MB are here$/);
        assert.equal(await at(page, '.fetch').evaluate((button) => button === document.activeElement), true);
        assert.equal(await at(page, '.message').isVisible(), false);

        stallAt(5_000_000);
        await page.keyboard.press('Enter');
        await figure(page, /^[34]\.\d of 6\.\d MB$/);
        await page.reload();
        await page.waitForFunction(() => /^Continue/.test(document.querySelector('#label-weights .fetch')?.textContent ?? ''));
        hub.stalls = undefined;
        await at(page, '.fetch').click();
        await isHere(page);
        const froms = hub.asked.filter(({ path }) => path === 'pytorch_model.bin').map(({ from }) => from);
        assert.equal(froms.length, 3);
        assert.ok(froms[1] > 1e6 && froms[2] > froms[1], String(froms));
        await assertLabels(page);
    });

    test('what was begun can be removed', async (context) => {
        stallAt(2_500_000);
        const page = await open(context);
        await at(page, '.fetch').click();
        await figure(page, /^[1-9]\.\d of/);
        await at(page, '.stop').click();
        await at(page, '.remove').click();
        await page.waitForFunction(() => /^Get it/.test(document.querySelector('#label-weights .fetch')?.textContent ?? ''));
        assert.deepEqual(await stored(page), []);
    });

    test('wrong bytes, and a hub that is not there, are sentences, and nothing is kept', async (context) => {
        const page = await open(context);
        const wrong = Buffer.from(files.get('pytorch_model.bin'));
        wrong[wrong.length - 1] ^= 1;
        hub.files.set('pytorch_model.bin', wrong);
        await at(page, '.fetch').click();
        await says(page, /another file than the one that is known: expected SHA-256 \w+ but found \w+\.$/);
        assert.deepEqual(await stored(page), []);
        hub.files.delete('pytorch_model.bin');
        await at(page, '.fetch').click();
        await says(page, /pytorch_model\.bin could not be fetched: the server answered 404/);
        hub.files = new Map(files);
        await at(page, '.fetch').click();
        await isHere(page);
        assert.equal(await at(page, '.message').isVisible(), false);
    });

    test('without room it does not begin, and a disk that gets full leaves nothing half kept', async (context) => {
        const page = await open(context);
        const session = await page.context().newCDPSession(page);
        const setQuota = (bytes) =>
            session.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: bytes });
        await at(page, '.fetch').waitFor();
        await page.evaluate(() => (navigator.storage.estimate = async () => ({ quota: 2e7, usage: 1e6 }))); // as of a small disk
        await at(page, '.fetch').click();
        await says(page, /^This needs 4\d\d MB of room, but the browser gives this page no more than \d+ MB\./);
        assert.deepEqual(hub.asked, []);
        await page.evaluate(() => (navigator.storage.estimate = async () => ({ quota: 2e9, usage: 1e6 })));
        await setQuota(3e6);
        await at(page, '.fetch').click();
        await says(page, /^The browser could not keep dclip\/pytorch_model\.bin: no room is left for this page\./);
        assert.deepEqual(await stored(page), []);
    });

    test('files that the user has are taken, and the hub is asked for nothing', async (context) => {
        const page = await open(context);
        await at(page, '.fetch').waitFor();
        const [chooser] = await Promise.all([page.waitForEvent('filechooser'), at(page, '.file').click()]);
        await chooser.setFiles([fileOf('pytorch_model.bin', 'any name'), fileOf('config.json')]);
        await page.waitForFunction(
            () => document.querySelector('#label-weights .fetch').textContent === 'Get merges.txt from Hugging Face',
        );
        await page.setInputFiles('#label-weights-file', fileOf('merges.txt'));
        await isHere(page);
        assert.deepEqual(hub.asked, []);
        await assertLabels(page);
    });

    test('what is small and still missing is got alone', async (context) => {
        const page = await open(context);
        await at(page, '.fetch').waitFor();
        await page.setInputFiles('#label-weights-file', [fileOf('pytorch_model.bin'), fileOf('config.json')]);
        await page.waitForFunction(() => /merges/.test(document.querySelector('#label-weights .fetch').textContent));
        await at(page, '.fetch').click();
        await isHere(page);
        assert.deepEqual(
            hub.asked.map(({ path }) => path),
            ['merges.txt'],
        );
    });

    test('files that acg2vec made are taken as they are, also dropped onto the panel', async (context) => {
        const page = await open(context);
        await at(page, '.fetch').waitFor();
        const made = { 'one.safetensors': readGolden('clip/image.safetensors'), 'two.safetensors': textNetwork(), 'merges.txt': merges() };
        const transfer = await page.evaluateHandle(
            (all) => {
                const data = new DataTransfer();
                for (const [name, text] of Object.entries(all)) {
                    data.items.add(new File([Uint8Array.from(atob(text), (each) => each.charCodeAt(0))], name));
                }
                return data;
            },
            Object.fromEntries(Object.entries(made).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')])),
        );
        await page.dispatchEvent('#label-weights', 'drop', { dataTransfer: transfer });
        await isHere(page);
        assert.equal(await page.isVisible('#toast'), false);
        const hashes = await page.evaluate(async () => {
            const folder = await (await (await navigator.storage.getDirectory()).getDirectoryHandle('acg2vec-models')).getDirectoryHandle(
                'dclip',
            );
            const read = async (name) => (await (await folder.getFileHandle(name)).getFile()).text();
            return Promise.all(['image.safetensors.sha256', 'text.safetensors.sha256', 'merges.txt.sha256'].map(read));
        });
        assert.deepEqual(
            hashes.map((line) => line.split(' ')[0]),
            Object.values(made).map(sha256),
        );
        await assertLabels(page);
    });

    test('a wrong file is a sentence, and nothing of it is kept', async (context) => {
        const page = await open(context);
        await at(page, '.fetch').waitFor();
        const bytes = files.get('pytorch_model.bin');
        const cases = [
            [
                { name: 'notes.txt', buffer: Buffer.from('These are notes.') },
                /^Expected a file of PyTorch, safetensors or HDF5 but found something else\.$/,
            ],
            [{ name: 'page.bin', buffer: Buffer.from('<!doctype html><p>Not found') }, /^The file is a page of the web/],
            [
                { name: 'pointer.bin', buffer: Buffer.from('version https://git-lfs.github.com/spec/v1\noid') },
                /^The file is a pointer of Git LFS/,
            ],
            [{ name: 'cut.bin', buffer: bytes.subarray(0, 500_000) }, /damaged or cut short/],
            [
                { name: 'net.safetensors', buffer: readGolden('pix2score/model.safetensors') },
                /net\.safetensors holds a network of another kind \(resnet_v2\)/,
            ],
            [{ name: 'merges.txt', buffer: Buffer.from('#version: 0.2\na b\n') }, /merges\.txt is of another version/],
        ];
        for (const [file, sentence] of cases) {
            await page.setInputFiles('#label-weights-file', { mimeType: '', ...file });
            await says(page, sentence);
            assert.deepEqual(await stored(page), [], file.name);
        }
    });

    test('what a page may not fetch has a link and takes the file', async (context) => {
        const page = await open(context, { hash: '#scores' });
        const card = page.locator('#describe-weights [data-model=pix2score]');
        await card.locator('.page').waitFor();
        assert.equal(
            await card.locator('.page').getAttribute('href'),
            'https://github.com/OysterQAQ/ACG2vec/releases/tag/1.0.0_for_tf_serving',
        );
        assert.equal(await card.locator('.fetch').isVisible(), false);
        assert.match(await card.locator('.status').textContent(), /^github\.com does not let a page fetch it\./);
        await page.setInputFiles('#describe-weights-file', { name: 'x', mimeType: '', buffer: readGolden('pix2score/model.safetensors') });
        await page.waitForSelector('#describe-weights [data-model=pix2score][data-state=here]');
        assert.equal(await page.isVisible('#describe-weights [data-model=deepdanbooru] .fetch'), true);
    });

    for (const hash of ['#labels', '#scores']) {
        test(`fits 360 pixels, before and after there is a picture: ${hash}`, async (context) => {
            const page = await open(context, { hash, viewport: { width: 360, height: 740 } });
            await page.waitForSelector('.model .fetch:visible');
            for (const step of ['empty', 'chosen']) {
                if (step === 'chosen') {
                    await page.setInputFiles('#file', picture);
                    await page.waitForSelector('main[data-state=chosen]');
                }
                assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
                const small = await page.$$eval('.model button, .model .button', (all) =>
                    all
                        .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
                        .map((each) => each.textContent),
                );
                assert.deepEqual(small, []);
            }
        });
    }

    /** Waits for what is told beside the bar. */
    const figure = (page, pattern) =>
        page.waitForFunction(
            (text) => new RegExp(text).test(document.querySelector('#label-weights .figures strong').textContent),
            pattern.source,
        );

    async function says(page, pattern) {
        await page
            .waitForFunction(
                (text) => new RegExp(text).test(document.querySelector('#label-weights .message:not([hidden])')?.textContent ?? ''),
                pattern.source,
                {
                    timeout: 60e3,
                },
            )
            .catch(async () => assert.match(await at(page, '.message').textContent(), pattern));
    }
});

/** In the page: the names of the files in its private file system, without notes. */
function stored(page) {
    return page.evaluate(async () => {
        const found = [];
        const walk = async (folder, path) => {
            for await (const [name, handle] of folder.entries()) {
                if (handle.kind === 'directory') await walk(handle, `${path}${name}/`);
                else if (!/\.(sha256|json)$/.test(name)) found.push(path + name);
            }
        };
        await walk(await navigator.storage.getDirectory(), '');
        return found.sort();
    });
}

/** DanbooruCLIP comes from the hub. */
function fromHub(hub) {
    const versionOf = (path) => ({ bytes: files.get(path).length, sha256: sha256(files.get(path)) });
    return ({ models, publications }) => {
        const published = publications.find(({ id }) => id === 'dclip');
        published.files = ['pytorch_model.bin', 'config.json'].map((path) => ({ path, url: `${hub.base}/${path}` }));
        Object.assign(published.files[0], versionOf('pytorch_model.bin'));
        const words = models.flatMap((model) => model.files).find(({ path }) => path === 'dclip/merges.txt');
        words.versions = [versionOf('merges.txt')];
        words.sources = [`${hub.base}/merges.txt`];
    };
}
