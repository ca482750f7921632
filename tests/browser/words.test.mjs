// The page's words near a word: a tiny acgvoc2vec and DeepDanbooru's list, SQLite in the origin private file system, in Chromium; against
// sentence-transformers' vectors.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { convnetModels } from '../js/convnet_files.mjs';
import { cosine } from '../js/index_support.mjs';
import { golden, readGolden } from '../js/support.mjs';
import { assembleNetworkSites, browserMissing, openPage, shareBrowser } from './support.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const { texts: expected } = JSON.parse(readFileSync(golden('acgvoc2vec/expected.json'), 'utf8'));
const files = {
    ...convnetModels().files,
    'acgvoc2vec/model.safetensors': readGolden('acgvoc2vec/model.safetensors'),
    'acgvoc2vec/tokenizer.json': readGolden('acgvoc2vec/tokenizer.json'),
};
const tags = files['deepdanbooru/tags.txt']
    .toString()
    .trim()
    .split('\n')
    .filter((name) => !name.startsWith('rating:'));
/** One line each, none twice. */
const texts = expected.filter(({ text }) => text.trim() === text && text !== '' && !text.includes('\n'));

describe('page, words near a word', () => {
    const sites = shareBrowser(browserMissing, () => assembleNetworkSites(files));
    const inBrowser = (name, run) => test(name, { skip: browserMissing }, run);
    const open = (context, site, options = {}) =>
        openPage(context, { browser: sites.browser, root: site.root, hash: '#words', ...options });

    async function assertNothingFound(page) {
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        assert.deepEqual(
            violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`),
            [],
        );
    }

    /** The list: words and cosines; fails with the page's own sentence. */
    async function near(page, word) {
        await page.fill('#words-form [name=word]', word);
        await page.press('#words-form [name=word]', 'Enter');
        return shown(page, word);
    }

    async function shown(page, word) {
        await page.waitForFunction(
            (name) => document.querySelector('#words-message:not([hidden])') || document.querySelector('#words-name').textContent === name,
            word,
        );
        assert.deepEqual(await page.$$eval('#words-message:not([hidden])', (all) => all.map((each) => each.textContent)), []);
        return page.$$eval('#words-bars li', (all) =>
            all.map((row) => [row.querySelector('button').textContent, Number(row.querySelector('b').textContent)]),
        );
    }

    inBrowser('the nearest tags of a tagger, and the nearest words of a list that is given, as a cloud and as a list', async (context) => {
        const page = await open(context, sites.full);
        await page.waitForSelector('#words-run:not([disabled])');
        assert.equal(await page.inputValue('#words-form [name=list]'), 'deepdanbooru');
        await assertNothingFound(page);
        const found = await near(page, '猫耳');
        assert.deepEqual(found.map(([word]) => word).toSorted(), tags.toSorted());
        await page.waitForSelector('#words-cloud text.nearest');
        const drawn = await page.$$eval('#words-cloud text', (all) =>
            all.map((each) => [each.textContent, each.getAttribute('font-size')]),
        );
        assert.ok(
            drawn.every(([word]) => tags.includes(word.replaceAll(' ', '_'))),
            JSON.stringify(drawn),
        );
        const sizes = new Map(drawn);
        assert.ok(Number(sizes.get(found[0][0].replaceAll('_', ' '))) > Number(drawn.at(-1)[1]));
        await assertNothingFound(page);

        await page.selectOption('#words-form [name=list]', 'own');
        assert.ok(await page.isDisabled('#words-run'));
        const [asked, ...others] = texts;
        const buffer = Buffer.from(`${others.map(({ text }) => text).join('\r\n')}\n\n${others[0].text}\n`);
        await page.setInputFiles('#words-file', { name: 'list.txt', mimeType: 'text/plain', buffer });
        await page.waitForSelector('#words-run:not([disabled])');
        const own = await near(page, asked.text);
        const wanted = others.map(({ text, vector }) => [text, cosine(asked.vector, vector)]).sort((a, b) => b[1] - a[1]);
        assert.equal(own.length, wanted.length);
        for (const [word, score] of own) assert.ok(Math.abs(score - new Map(wanted).get(word)) < 2e-3, `${word} ${score}`);

        // kept over a reload, also when the list is not given again; a word of the list leads on
        await page.reload();
        await page.selectOption('#words-form [name=list]', 'own');
        await page.waitForFunction((n) => document.querySelector('#words-list-hint')?.textContent.startsWith(`${n} words`), others.length);
        assert.deepEqual(await near(page, asked.text), own);
        await page.click('#words-bars li:nth-child(2) button');
        const [[first, score]] = await shown(page, own[1][0]);
        assert.deepEqual([first, score], [own[1][0], 1]);

        // another tab uses what is there, and says what it cannot do
        const second = await page.context().newPage();
        await second.goto(page.url());
        await second.waitForSelector('#words-run:not([disabled])');
        assert.deepEqual(await near(second, '猫耳'), found);
        await second.selectOption('#words-form [name=list]', 'own');
        await second.fill('#words-form [name=own]', 'another\nlist');
        await second.click('#words-run');
        await second.waitForFunction(() =>
            /only the tab that has the index open/.test(document.querySelector('#words-message').textContent),
        );
        await second.close();

        await page.setInputFiles('#words-file', { name: 'no.txt', mimeType: 'text/plain', buffer: Buffer.from([0xff, 0xfe, 0x80]) });
        await page.waitForFunction(() => /no\.txt” cannot be read/.test(document.querySelector('#words-message').textContent));
    });

    inBrowser('without the model, the tab says what it needs and where to get it, in Japanese on a narrow screen', async (context) => {
        const page = await open(context, sites.bare, { locale: 'ja', viewport: { width: 360, height: 740 } });
        await page.waitForSelector('#words-weights-lack:not([hidden])');
        assert.match(await page.textContent('#words-weights-lack'), /ACGVoc2vec/);
        await page.waitForSelector('#words-weights .model .fetch:visible');
        assert.ok(await page.isDisabled('#words-run'));
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
        await assertNothingFound(page);
    });
});
