// A network of Keras's in the page, from a server that behaves as the hub does: DeepDanbooru's .h5 is got, broken off, continued, converted, and
// tags a picture; and again after a reload, without the server. Then the same from a .zip of the user's.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { before, beforeEach, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { makeZip } from '../js/originals_support.mjs';
import { golden, readGolden } from '../js/support.mjs';
import { assembleWithHub, browserMissing, openPage, shareBrowser } from './support.mjs';

const SHOTS = process.env.SHOTS; // a folder for pictures of the page
const CONNECTION = /net::ERR_|Failed to load resource/;
const WEIGHTS = 'model-resnet_custom_v3.h5';
const LEAST = 0.05; // of a score that is shown

const published = JSON.parse(readFileSync(golden('deepdanbooru/published.json'), 'utf8'));
const picture = { name: 'anime256.png', mimeType: 'image/png', buffer: readGolden('anime256.png') };
const files = new Map([
    // zeros behind it, which HDF5 allows: so that it has several of the pieces that it comes in
    [WEIGHTS, Buffer.concat([gunzipSync(readGolden('deepdanbooru/published.h5.gz')), Buffer.alloc(5_000_000)])],
    ...Object.entries(published.files).map(([name, text]) => [name, Buffer.from(text)]),
]);

/** What Keras says of the picture: the scores of the tags that are shown, and of the best rating. */
const names = published.files['tags.txt'].trim().split('\n');
const all = names.map((name, i) => ({ name, score: published.pictures['anime256.png'].tags[i] })).sort((a, b) => b.score - a.score);
const rating = all.find(({ name }) => name.startsWith('rating:'));
const wanted = new Map(
    all.filter((tag) => tag.score >= LEAST || tag === rating).map(({ name, score }) => [name.replace('rating:', ''), score]),
);

describe('page, DeepDanbooru as Keras saved it', { skip: browserMissing }, () => {
    /** @type {import('../hub_server.mjs').Hub} */
    let hub;
    const shared = shareBrowser(browserMissing, () => assembleWithHub(files, ['pix2score', 'deepdanbooru', 'wd-vit'], fromHub));
    before(() => {
        hub = shared.hub;
    });
    beforeEach(() => {
        hub.asked.length = 0;
        hub.breaks = hub.stalls = undefined;
    });

    const card = '#describe-weights [data-model=deepdanbooru]';
    const at = (page, name) => page.locator(`${card} ${name}`);
    const isHere = (page) => page.waitForSelector(`${card}[data-state=here]`, { state: 'attached' });
    const shot = (page, name) => SHOTS && page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
    const open = (context, options) =>
        openPage(context, { ...shared, hash: '#scores', expected: CONNECTION, others: hub.origins, ...options });

    /** Tags the picture, and compares what is shown with what Keras says, as far as whole numbers of 8 bits allow. */
    async function assertTagging(page) {
        await page.setInputFiles('#file', picture);
        await page.waitForFunction(() => !document.querySelector('#describe-run').disabled);
        assert.equal(await page.isChecked('#describe-form [value=deepdanbooru]'), true, 'it is the one that is here');
        await page.click('#describe-run');
        await page.waitForFunction(() => document.querySelector('#describe-result:not([hidden]), #describe-message:not([hidden])'));
        assert.equal(await page.isVisible('#describe-message'), false, await page.textContent('#describe-message'));
        for (const each of ['-character', '']) await page.fill(`#describe-threshold${each}`, String(LEAST));
        const found = await page.$$eval('#describe-chips .chips li', (chips) =>
            chips.map((chip) => [...chip.children].map(({ textContent }) => textContent)),
        );
        assert.deepEqual(new Set(found.map(([name]) => name)), new Set(wanted.keys()));
        for (const [name, score] of found)
            assert.ok(Math.abs(Number(score) - wanted.get(name)) < 0.02, `${name}: ${score} for ${wanted.get(name)}`);
    }

    test('is got, broken off, continued, converted, tags, and tags again when the server is gone', async (context) => {
        const page = await open(context);
        await at(page, '.fetch').waitFor();
        assert.deepEqual(hub.asked, [], 'nobody pressed anything');
        assert.match(await at(page, '.facts').textContent(), /Download5\.\d MB.*Kept\d+ MB.*MIT.*DeepDanbooru_string/);
        await shot(page, 'before');
        hub.breaks = (path, n) => (path === WEIGHTS && n === 1 ? 2_500_000 : undefined);
        hub.stalls = (path) => (path === WEIGHTS && hub.asked.filter((each) => each.path === WEIGHTS).length === 2 ? 4_500_000 : undefined);
        await at(page, '.fetch').click();
        await page.waitForFunction(
            (selector) => /^[34]\.\d of 5\.\d MB$/.test(document.querySelector(`${selector} .figures strong`).textContent),
            card,
        );
        await shot(page, 'under way');
        await at(page, '.stop').click();
        await at(page, '.fetch').waitFor();
        assert.match(await at(page, '.fetch').textContent(), /^Continue: [34]\.\d of 5\.\d MB are here$/);
        await shot(page, 'stopped');
        await at(page, '.fetch').click();
        await isHere(page);
        const froms = hub.asked.filter(({ path }) => path === WEIGHTS).map(({ from }) => from);
        assert.ok(froms.length === 3 && froms[0] === 0, String(froms));
        assert.ok(froms[1] > 0 && froms[1] <= 2_500_000 && froms[2] > froms[1] && froms[2] <= 4_500_000, String(froms));
        await assertTagging(page);
        await shot(page, 'tagged');
        hub.files.clear(); // it is gone
        const asked = hub.asked.length;
        await page.reload();
        await isHere(page);
        await assertTagging(page);
        assert.equal(hub.asked.length, asked);
    });

    test('is taken from a .zip of the user, as a release has it', async (context) => {
        const page = await open(context);
        await at(page, '.fetch').waitFor();
        const entries = [...files].map(([name, data]) => ({ name: `deepdanbooru-v3/${name}`, data }));
        await page.setInputFiles('#describe-weights-file', { name: 'release.zip', mimeType: '', buffer: Buffer.from(makeZip(entries)) });
        await isHere(page);
        assert.deepEqual(hub.asked, []);
        await assertTagging(page);
    });
});

/** DeepDanbooru comes from the hub. */
function fromHub(hub) {
    return ({ publications }) => {
        const project = publications.find(({ id }) => id === 'deepdanbooru');
        for (const file of project.files) file.url = `${hub.base}/${file.path}`;
        const weights = files.get(WEIGHTS);
        Object.assign(project.files[0], { bytes: weights.length, sha256: createHash('sha256').update(weights).digest('hex') });
    };
}
