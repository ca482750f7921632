// A tagger in the page, from a server that behaves as the hub does: got, broken off, continued, used, and used again without the server.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { golden, readGolden } from '../js/support.mjs';
import { assembleWithHub, browserMissing, openPage, shareBrowser } from './support.mjs';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const picture = { name: 'anime256.png', mimeType: 'image/png', buffer: readGolden('anime256.png') };
const CONNECTION = /net::ERR_|Failed to load resource/;

const files = new Map([
    ['model.safetensors', padded(readGolden('wd-vit/model.safetensors'))],
    ['selected_tags.csv', readGolden('wd-vit/selected_tags.csv')],
]);

/** The same tensors in a file of several pieces: spaces may stand behind the header. @param {Buffer} file */
function padded(file) {
    const length = Number(file.readBigUInt64LE());
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(length + 4_000_000));
    return Buffer.concat([start, file.subarray(8, 8 + length), Buffer.alloc(4_000_000, ' '), file.subarray(8 + length)]);
}

/** What timm says of the picture: the names of its tags by category, from these scores on. */
function expectedTags(least) {
    const { tags } = JSON.parse(readFileSync(golden('wd-vit/expected.json'), 'utf8')).pictures['anime256.png'];
    const rows = files.get('selected_tags.csv').toString().trim().split('\n').slice(1);
    const all = rows.map((row, i) => {
        const [, name, category] = /^\d+,(.*),(\d),\d+$/.exec(row);
        return { name: name.replace(/^"(.*)"$/, '$1').replaceAll('""', '"'), category: Number(category), score: tags[i] };
    });
    const of = (category) => all.filter((tag) => tag.category === category).sort((a, b) => b.score - a.score);
    const told = (category, threshold) => of(category).filter(({ score }) => score >= threshold);
    return [...told(0, least.general), ...told(4, least.character), of(9)[0]];
}

describe('page, a tagger', { skip: browserMissing }, () => {
    let hub;
    const shared = shareBrowser(browserMissing, () => assembleWithHub(files, ['pix2score', 'deepdanbooru', 'wd-vit'], fromHub));
    before(() => {
        hub = shared.hub;
    });

    const at = (page, name) => page.locator(`#describe-weights [data-model=wd-vit] ${name}`);
    const isHere = (page) => page.waitForSelector('#describe-weights [data-model=wd-vit][data-state=here]', { state: 'attached' });

    async function assertTags(page, least) {
        const found = await page.$$eval('#describe-chips .chips li', (all) =>
            all.map((chip) => [...chip.children].map(({ textContent }) => textContent)),
        );
        const wanted = expectedTags(least);
        assert.deepEqual(
            found.map(([name]) => name),
            wanted.map(({ name }) => name.replace(/^rating:/, '')),
        );
        for (const [i, [name, score]] of found.entries())
            assert.ok(Math.abs(Number(score) - wanted[i].score) < 0.006, `${name}: ${score} for ${wanted[i].score}`);
    }

    /** Tags a picture, with the thresholds that the tagger has, and with others. */
    async function assertTagging(page) {
        await page.setInputFiles('#file', picture);
        await page.waitForFunction(() => !document.querySelector('#describe-run').disabled);
        assert.equal(await page.isChecked('#describe-form [value=wd-vit]'), true, 'it is the one that is here');
        assert.equal(await page.isDisabled('#describe-form [value=deepdanbooru]'), true);
        assert.equal(await page.isVisible('#describe-fit'), false);
        await page.click('#describe-run');
        await page.waitForFunction(() => document.querySelector('#describe-result:not([hidden]), #describe-message:not([hidden])'));
        assert.equal(await page.isVisible('#describe-message'), false, await page.textContent('#describe-message'));
        await assertTags(page, { general: 0.35, character: 0.85 });
        await page.fill('#describe-threshold-character', '0.05');
        await assertTags(page, { general: 0.35, character: 0.05 });
        await page.fill('#describe-threshold', '0.05');
        await assertTags(page, { general: 0.05, character: 0.05 });
    }

    test('is got, broken off, continued, tags, and tags again when the server is gone', async (context) => {
        const page = await openPage(context, {
            ...{ ...shared, hash: '#scores', others: hub.origins, expected: CONNECTION },
        });
        await at(page, '.fetch').waitFor();
        assert.deepEqual(hub.asked, [], 'nobody pressed anything');
        assert.match(await at(page, '.facts').textContent(), /Download4\.1 MB.*Kept4\.1 MB.*Apache-2\.0.*SmilingWolf/);
        hub.breaks = (path, n) => (path === 'model.safetensors' && n < 2 ? 2_500_000 : undefined);
        hub.stalls = (path) => (path === 'selected_tags.csv' ? 100 : undefined);
        await at(page, '.fetch').click();
        await page.waitForFunction(() => document.querySelector('[data-model=wd-vit] .stop').checkVisibility());
        await waitFor(() => hub.asked.some(({ path }) => path === 'selected_tags.csv'));
        await at(page, '.stop').click();
        await at(page, '.fetch').waitFor();
        hub.stalls = undefined;
        await at(page, '.fetch').click();
        await isHere(page);
        const froms = hub.asked.filter(({ path }) => path === 'model.safetensors').map(({ from }) => from);
        assert.ok(froms.length === 2 && froms[0] === 0 && froms[1] > 0 && froms[1] <= 2_500_000, String(froms));
        assert.match(await at(page, '.status').textContent(), /^Kept in this browser, 4\.1 MB: nothing needs to be fetched\.$/);
        assert.equal(await page.isVisible('#describe-weights [data-model=deepdanbooru] .fetch'), true);
        await assertTagging(page);
        await hub.close();
        const asked = hub.asked.length;
        await page.reload();
        await isHere(page);
        await assertTagging(page);
        assert.equal(hub.asked.length, asked);
    });

    test('is taken from files of the user', async (context) => {
        const page = await openPage(context, { ...shared, hash: '#scores' });
        await at(page, '.fetch').waitFor();
        const [weights, names] = [...files].map(([name, buffer]) => ({ name, mimeType: '', buffer }));
        await page.setInputFiles('#describe-weights-file', [{ ...weights, name: 'any name' }, names]);
        await isHere(page);
        await assertTagging(page);
    });
});

async function waitFor(condition) {
    const end = Date.now() + 60e3;
    while (!condition()) {
        assert.ok(Date.now() < end, 'Expected something that did not come');
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

/** WD tagger comes from the hub. */
function fromHub(hub) {
    return ({ models }) => {
        for (const file of models.find(({ id }) => id === 'wd-vit').files) {
            const name = file.path.replace('wd-vit/', '');
            file.versions = [{ bytes: files.get(name).length, sha256: sha256(files.get(name)) }];
            file.sources = [`${hub.base}/${name}`];
        }
    };
}
