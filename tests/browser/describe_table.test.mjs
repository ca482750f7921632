// The page's table over many pictures: sorted and filtered, with thresholds that hold at once, as CSV and as the command line's JSON.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { convnetModels, expected, expectedTags } from '../js/convnet_files.mjs';
import { makePng, readGolden, temporaryFolder } from '../js/support.mjs';
import { assembleNetworkSites, browserMissing, download, openPage, shareBrowser } from './support.mjs';

const CLI = fileURLToPath(new URL('../../js/cli.js', import.meta.url));
const { files } = convnetModels();
delete files['illust2vec/model.safetensors']; // which the page has no use for
const PICTURE = readGolden('anime256.png');
const inBrowser = (name, run) => test(name, { skip: browserMissing }, run);
const plain = (i) => makePng(12, 8, (x, y) => [(40 * i + 9 * x) % 256, (70 * i + 20 * y) % 256, (150 * i) % 256]);

/** Colours of its own for each, one that is broken, and the one of which Keras's figures are known. */
function someFiles() {
    const all = Object.fromEntries([1, 2, 3, 10].map((i) => [`set/${i}.png`, plain(i)]));
    return { ...all, 'set/broken.png': PICTURE.subarray(0, 2000), 'set/known, "one".png': PICTURE };
}

/** The same in all, but for the last bits: Node and the browser may run different builds of the engine. */
function assertSame(found, wanted) {
    const short = (_key, value) => (typeof value === 'number' ? 0 : value);
    assert.equal(JSON.stringify(found, short), JSON.stringify(wanted, short));
    const numbers = (all) =>
        [...JSON.stringify(all, (_key, value) => value).matchAll(/[:[,](-?[\d.]+(?:e-?\d+)?)(?=[,\]}])/g)].map(([, text]) => text);
    const wantedNumbers = numbers(wanted);
    for (const [i, text] of numbers(found).entries()) {
        assert.ok(text.replace(/e.*|^-?0?\.0*|\./g, '').length <= 9, `${text} has more digits than tell float32 values apart`);
        assert.ok(Math.abs(text - wantedNumbers[i]) <= 1e-5 * Math.max(1, Math.abs(text)), `${text} for ${wantedNumbers[i]}`);
    }
}

describe('page, table of scores and tags', () => {
    const sites = shareBrowser(browserMissing, () => assembleNetworkSites(files));

    async function openFolder(context, contents, options = {}) {
        const page = await openPage(context, { browser: sites.browser, root: sites.full.root, hash: '#scores', ...options });
        const folder = temporaryFolder(context);
        for (const [path, bytes] of Object.entries(contents)) {
            mkdirSync(dirname(join(folder, path)), { recursive: true });
            writeFileSync(join(folder, path), bytes);
        }
        await page.setInputFiles('#folder', join(folder, 'set'));
        await page.waitForFunction(() => document.querySelector('#describe-part').dataset.state === 'chosen');
        await page.waitForFunction(() => !document.querySelector('#describe-run').disabled);
        return { page, folder };
    }

    async function run(page) {
        await page.click('#describe-run');
        await page.waitForSelector('#describe-result:not([hidden])');
    }

    /** The cells of a column, by its key, from the top, once no other drawing is to come. */
    const column = (page, key) =>
        page.evaluate(async (wanted) => {
            for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
            const keys = [...document.querySelectorAll('#describe-table thead th')].map((cell) => cell.dataset.key);
            const rows = document.querySelectorAll('#describe-table tbody tr:not(.spacer)');
            return [...rows].map(
                ({ cells }) => (wanted === 'name' ? cells[0].querySelector('b') : cells[keys.indexOf(wanted)]).textContent,
            );
        }, key);
    const heading = (key) => `#describe-table [data-key=${key}]`;
    const figures = (cells) => cells.filter(Boolean).map((text) => Number(text.replaceAll(',', '')));

    inBrowser('is sorted by its headings and filtered by names, tags and figures; thresholds hold at once', async (context) => {
        const { page } = await openFolder(context, someFiles());
        await page.click('#describe-table-toggle');
        assert.deepEqual(await column(page, 'name'), ['1.png', '2.png', '3.png', '10.png', 'broken.png', 'known, "one".png']);
        await run(page);

        await page.click(`${heading('bookmark')} button`);
        assert.equal(await page.getAttribute(heading('bookmark'), 'aria-sort'), 'descending');
        const down = figures(await column(page, 'bookmark'));
        assert.equal(down.length, 5);
        assert.deepEqual(
            down,
            down.toSorted((a, b) => b - a),
        );
        assert.equal((await column(page, 'name')).at(-1), 'broken.png'); // of which nothing is known
        assert.match(await page.textContent('#describe-table [data-state=failed] .why'), /PNG file ends too early/);
        await page.click(`${heading('bookmark')} button`);
        assert.equal(await page.getAttribute(heading('bookmark'), 'aria-sort'), 'ascending');
        assert.deepEqual(figures(await column(page, 'bookmark')), down.toReversed());
        assert.equal((await column(page, 'name')).at(-1), 'broken.png');
        const middle = (down[2] + down[3]) / 2;
        await page.fill('#describe-filter [name=least]', String(middle));
        assert.deepEqual(figures(await column(page, 'bookmark')), down.filter((value) => value >= middle).toReversed());
        await page.fill('#describe-filter [name=least]', '');

        await page.fill('#describe-filter [name=text]', 'known');
        assert.deepEqual(await column(page, 'name'), ['known, "one".png']);
        const [best, other] = expectedTags(0.15).filter(({ category }) => category === 'general');
        for (const slider of ['#describe-threshold', '#describe-threshold-character']) await page.fill(slider, '0.15');
        const names = (threshold) =>
            expectedTags(threshold)
                .filter(({ category }) => category !== 'rating')
                .map(({ name }) => name);
        assert.deepEqual(await column(page, 'tags'), [names(0.15).slice(0, 12).join(', ')]);
        await page.fill('#describe-threshold', '0.95');
        await page.fill('#describe-threshold-character', '0.95');
        assert.deepEqual(await column(page, 'tags'), [names(0.95).join(', ')]);
        await page.fill('#describe-threshold', '0.15');
        await page.fill('#describe-filter [name=text]', best.name.replaceAll('_', ' '));
        const row = (await column(page, 'name')).indexOf('known, "one".png');
        assert.equal((await column(page, 'match'))[row], best.score.toFixed(2));
        assert.equal(await page.isVisible('#describe-message'), false);
        await page.selectOption('#describe-filter [name=of]', 'match');
        await page.fill('#describe-filter [name=least]', String(best.score + 0.01));
        assert.ok(!(await column(page, 'name')).includes('known, "one".png'));
        assert.ok(other);
    });

    inBrowser('as JSON it is what the command line prints, as CSV it has the same figures; both hold what shows', async (context) => {
        const { page, folder } = await openFolder(context, someFiles());
        await page.click('#describe-table-toggle');
        await run(page);
        const json = await download(page, '#describe-download');
        assert.equal(json.name, 'descriptions.jsonl');
        const lines = json.bytes
            .toString()
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line));
        assert.equal(lines.length, 5);
        for (const [path, bytes] of Object.entries(files)) {
            mkdirSync(dirname(join(folder, 'models', path)), { recursive: true });
            writeFileSync(join(folder, 'models', path), bytes);
        }
        const printed = async (command) => {
            const args = [CLI, command, ...lines.map(({ input }) => input), '--models', join(folder, 'models')];
            const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
            return stdout
                .trim()
                .split('\n')
                .map((line) => JSON.parse(line));
        };
        const [scores, tags] = [await printed('score'), await printed('tag')];
        const ofPage = (names) => lines.map((line) => Object.fromEntries(names.map((name) => [name, line[name]])));
        assertSame(ofPage(['input', 'bookmark', 'view', 'sanity']), scores);
        assertSame(
            ofPage(['input', 'tags']),
            tags.map(({ input, tags: own }) => ({ input, tags: own })),
        );

        await page.fill('#describe-filter [name=text]', 'known');
        await column(page, 'name');
        const csv = await download(page, '#describe-csv');
        const known = lines.at(-1);
        const shown = known.tags.filter(({ category }) => category !== 'rating');
        assert.equal(csv.name, 'descriptions.csv');
        assert.equal(
            csv.bytes.toString(),
            '\ufeffinput,bookmark,bookmark_expected,view,view_expected,sanity,sanity_expected,rating,tags,tag_scores\n' +
                `"set/known, ""one"".png",${['bookmark', 'view', 'sanity'].map((head) => `${known[head].label},${known[head].expected}`).join()},` +
                `${known.tags.at(-1).name},"${shown.map(({ name }) => name).join(', ')}",${shown.map(({ score }) => score.toPrecision(9)).join(' ')}\n`,
        );
        const likeliest = expected.bookmark.indexOf(Math.max(...expected.bookmark));
        assert.equal(known.bookmark.probabilities.indexOf(Math.max(...known.bookmark.probabilities)), likeliest);
    });

    inBrowser('a thousand pictures are few elements; work is paused and goes on; all by keyboard, at 360 pixels', async (context) => {
        const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`set/${i}.png`, plain(i)]));
        const { page } = await openFolder(context, many, { viewport: { width: 360, height: 740 } });
        assert.equal(await page.isVisible('#describe-jobs'), false); // the table is in its place
        assert.equal(await page.getAttribute('#describe-table table', 'aria-rowcount'), '1001');
        const rows = () => page.$$eval('#describe-table tbody tr:not(.spacer)', (all) => all.length);
        assert.ok((await rows()) < 40);
        await page.click('#describe-run');
        await page.waitForFunction(() => /of 1,000/.test(document.querySelector('#describe-percent').textContent));
        await page.waitForFunction(() => document.querySelector('#describe-table [data-key=bookmark]')); // shows what is known already
        assert.equal(await page.textContent('#describe-cancel'), 'Pause');
        await page.click('#describe-cancel');
        await page.waitForFunction(() => document.querySelector('#describe-part').dataset.state === 'chosen');
        const [, left] = /^Go on with the other (\d+)/.exec(await page.textContent('#describe-run'));
        assert.ok(Number(left) < 1000);
        await page.evaluate(() => (document.querySelector('#describe-table').scrollTop = 500 * 56));
        await page.waitForFunction(() => document.querySelector('#describe-table tr[aria-rowindex="502"] b')?.textContent === '500.png');
        assert.ok((await rows()) < 40);
        await page.focus('#describe-table tr[aria-rowindex="502"] .open');
        for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowDown');
        assert.equal(await page.evaluate(() => document.activeElement.closest('tr').querySelector('b').textContent), '530.png');
        assert.equal(await page.textContent('#describe-name'), '530.png');
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    });
});
