// The page's labels: a tiny CLIP, served from this machine or chosen from the disk, in Chromium, against PyTorch's probabilities.
import assert from 'node:assert/strict';
import { createServer, request as ask } from 'node:http';
import { describe, test } from 'node:test';
import { clipModel, expected } from '../js/clip_files.mjs';
import { makePng, readGolden } from '../js/support.mjs';
import { assembleNetworkSites, browserMissing, download, openPage, shareBrowser } from './support.mjs';

const { files } = clipModel();
const picture = { name: 'anime256.png', mimeType: 'image/png', buffer: readGolden('anime256.png') };
const other = { name: 'other.png', mimeType: 'image/png', buffer: makePng(40, 24, (x, y) => [6 * x, 10 * y, 90]) };
const inBrowser = (name, run) => test(name, { skip: browserMissing }, run);

/** A server before another one, which sends half of the picture half's file and then waits until it is told to go on. */
async function serveSlowly(target, state) {
    const server = createServer((request, response) => {
        state.asked.push([request.url, request.headers.range]);
        const upstream = ask(new URL(request.url, target), { headers: request.headers }, (answer) => {
            response.writeHead(answer.statusCode, answer.headers);
            if (!state.slow || !request.url.endsWith('/image.safetensors')) return answer.pipe(response);
            answer.once('data', (data) => response.write(data.subarray(0, 40000)));
            response.on('close', () => (state.closed = true));
        });
        upstream.end();
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
    return { url: `http://127.0.0.1:${server.address().port}/`, close };
}

describe('page, labels', () => {
    const sites = shareBrowser(browserMissing, () => assembleNetworkSites(files)); // one of them without the weights
    const open = (context, site, options = {}) =>
        openPage(context, { browser: sites.browser, root: site.root, hash: '#labels', ...options });

    async function give(page, pictures) {
        await page.setInputFiles('#file', pictures);
        await page.waitForSelector('#label-part[data-state=chosen]');
    }

    const writeLabels = (page, labels = expected.labels) => page.fill('#label-words', labels.join('\n'));

    /** Until the outcome is there; fails with the page's own sentence. */
    async function done(page) {
        await page.waitForFunction(() => document.querySelector('#label-result:not([hidden]), #label-message:not([hidden])'));
        assert.equal(await page.isVisible('#label-message'), false, await page.textContent('#label-message'));
    }

    const bars = (page) =>
        page.$$eval('#label-bars li', (rows) => rows.map((row) => [row.children[0].textContent, row.children[1].textContent]));

    async function assertProbabilities(page) {
        const order = expected.labels.map((label, i) => [label, expected.probabilities[i]]).sort((a, b) => b[1] - a[1]);
        const found = await bars(page);
        assert.deepEqual(
            found.map(([label]) => label),
            order.map(([label]) => label),
        );
        for (const [i, [, figure]] of found.entries()) {
            assert.ok(Math.abs(parseFloat(figure) / 100 - order[i][1]) < 1.5e-3, `Expected ${order[i][1]} but found ${figure}`);
        }
    }

    inBrowser('gives the probabilities and the vector that PyTorch gives, with weights of the site, once fetched', async (context) => {
        const page = await open(context, sites.full);
        await give(page, [picture]);
        assert.match(
            await page.textContent('#label-weights .status'),
            /^\d.* MB are fetched from this site when they are first needed, and then kept/,
        );
        await writeLabels(page);
        await page.click('#label-run');
        await done(page);
        await assertProbabilities(page);
        assert.match(await page.textContent('#label-outcome'), /^Done in \d.* s\.$/);
        const { name, bytes } = await download(page, '#label-download');
        assert.equal(name, 'anime256.json');
        const json = JSON.parse(bytes.toString());
        assert.deepEqual([json.input, json.model, json.dim], ['anime256.png', 'dclip', 40]);
        for (const [i, value] of expected.pictures['anime256.png'].entries()) assert.ok(Math.abs(json.vector[i] - value) < 1e-3);
        await page.waitForFunction(() => /^Kept in this browser/.test(document.querySelector('#label-weights .status').textContent));

        await page.reload();
        await page.waitForFunction(() => /^Kept in this browser/.test(document.querySelector('#label-weights .status')?.textContent));
        await give(page, [picture]);
        await page.click('#label-weights .remove');
        await page.waitForFunction(() => /are fetched from this site/.test(document.querySelector('#label-weights .status').textContent));
    });

    inBrowser('sorts pictures by a sentence', async (context) => {
        const page = await open(context, sites.full);
        const broken = { ...picture, name: 'broken.png', buffer: picture.buffer.subarray(0, 2000) };
        await give(page, [picture, other, broken]);
        await page.check('[name=task][value=sort]');
        await page.fill('#label-sentence', 'a photo of a cat');
        await page.keyboard.press('Enter');
        await done(page);
        const rows = await page.$$eval('#label-jobs li', (all) =>
            all.map((row) => [row.querySelector('b').textContent, row.querySelector('small').textContent]),
        );
        const found = rows.slice(0, 2).map(([file, note]) => [file, Number(/^cosine (-?\d\.\d{3})$/.exec(note)?.[1])]);
        assert.deepEqual(found.map(([file]) => file).sort(), ['anime256.png', 'other.png']);
        assert.ok(found[0][1] >= found[1][1], JSON.stringify(rows));
        const { vector } = expected.texts.find(({ text }) => text === 'a photo of a cat');
        const seen = expected.pictures['anime256.png'];
        const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
        const cosine = dot(vector, seen) / Math.sqrt(dot(vector, vector) * dot(seen, seen));
        assert.ok(Math.abs(Object.fromEntries(found)['anime256.png'] - cosine) < 1e-3, `${cosine}`);
        assert.equal(rows[2][0], 'broken.png');
        assert.match(rows[2][1], /PNG file ends too early/);
        const { name, bytes } = await download(page, '#label-download');
        assert.equal(name, 'vectors.jsonl');
        assert.equal(bytes.toString().trim().split('\n').length, 2);
    });

    inBrowser('labels all in a table, sorted by a label and filtered, as CSV and as the JSON of the command line', async (context) => {
        const page = await open(context, sites.full);
        const broken = { ...picture, name: 'broken.png', buffer: picture.buffer.subarray(0, 2000) };
        await give(page, [other, broken, picture]);
        await page.check('[name=task][value=all]');
        assert.equal(await page.isVisible('#label-jobs'), false); // the table is in its place
        assert.equal(await page.textContent('#label-run'), 'Label all 3');
        await writeLabels(page);
        await page.click('#label-run');
        await done(page);
        const cells = () =>
            page.evaluate(async () => {
                for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
                const rows = [...document.querySelectorAll('#label-table tbody tr:not(.spacer)')];
                return rows.map((row) => [row.querySelector('b').textContent, ...[...row.cells].slice(1).map((cell) => cell.textContent)]);
            });
        assert.deepEqual(
            (await cells()).map(([name]) => name),
            ['anime256.png', 'broken.png', 'other.png'],
        );
        const best = expected.labels[expected.probabilities.indexOf(Math.max(...expected.probabilities))];
        const [[, fits, ...shares]] = await cells();
        assert.equal(fits, best);
        for (const [i, share] of shares.entries()) assert.ok(Math.abs(parseFloat(share) / 100 - expected.probabilities[i]) < 1.5e-3, share);
        assert.match(await page.textContent('#label-table [data-state=failed] .why'), /PNG file ends too early/);

        await page.click('#label-table [data-key=label-1] button');
        const sorted = await cells();
        assert.equal(sorted[2][0], 'broken.png'); // of which nothing is known
        assert.ok(parseFloat(sorted[0][3]) >= parseFloat(sorted[1][3]), `${sorted}`);
        const csv = (await download(page, '#label-csv')).bytes.toString().trim().split('\n');
        assert.equal(csv[0], `input,${expected.labels.join()}`);
        assert.deepEqual(
            csv.slice(1).map((line) => line.split(',')[0]),
            sorted.slice(0, 2).map(([name]) => name),
        );

        await page.fill('#label-filter [name=text]', 'anime');
        assert.equal((await cells()).length, 1);
        const { name, bytes } = await download(page, '#label-json');
        assert.equal(name, 'anime256.json');
        const { input, labels, ...others } = JSON.parse(bytes.toString());
        assert.deepEqual([input, others, labels.map(({ label }) => label)], ['anime256.png', {}, expected.labels]);
        assert.deepEqual(Object.keys(labels[0]), ['label', 'probability', 'cosine']);
        for (const [i, { probability }] of labels.entries()) assert.ok(Math.abs(probability - expected.probabilities[i]) < 1e-3);
    });

    inBrowser('takes a damaged picture at a button, and tells what is odd', async (context) => {
        const page = await open(context, sites.full);
        await give(page, [{ ...picture, buffer: picture.buffer.subarray(0, 9000) }]);
        await writeLabels(page);
        await page.click('#label-run');
        await page.waitForSelector('#label-message:not([hidden])');
        assert.match(await page.textContent('#label-message'), /^The PNG file ends too early/);
        await page.click('#label-remedy');
        await done(page);
        assert.match(await page.textContent('#label-notes'), /of 256 rows only/);
        const { bytes } = await download(page, '#label-download');
        assert.equal(JSON.parse(bytes.toString()).warnings.length, await page.$$eval('#label-notes p', (all) => all.length));
    });

    inBrowser('says at once that a model is missing, takes files of the user, one after the other, and keeps them', async (context) => {
        const page = await open(context, sites.bare);
        await page.waitForSelector('#label-weights-lack:not([hidden])');
        await give(page, [picture]);
        await page.waitForFunction(() => /^Get it from Hugging Face/.test(document.querySelector('#label-weights .fetch').textContent));
        assert.equal(await page.isDisabled('#label-run'), true);
        const file = (path, name = path.slice(6)) => ({ name, mimeType: 'application/octet-stream', buffer: files[path] });
        await page.setInputFiles('#label-weights-file', [file('dclip/image.safetensors', 'any name.safetensors')]);
        await page.waitForFunction(() =>
            /are here\. Still missing: text\.safetensors and merges\.txt\.$/.test(
                document.querySelector('#label-weights .status').textContent,
            ),
        );
        await page.setInputFiles('#label-weights-file', [file('dclip/text.safetensors'), file('dclip/merges.txt')]);
        await page.waitForFunction(() => !document.querySelector('#label-run').disabled);
        await writeLabels(page);
        await page.click('#label-run');
        await done(page);
        await assertProbabilities(page);
        assert.equal(await page.isVisible('#label-weights .remove'), true);
        assert.deepEqual(
            await page.evaluate(
                async () => (await (await caches.open('acg2vec-models')).keys()).filter(({ url }) => url.includes('safetensors')).length,
            ),
            0,
        );
    });

    inBrowser('says what is wrong with a file, and goes on with a right one', async (context) => {
        const page = await open(context, sites.bare);
        await give(page, [picture]);
        await page.waitForSelector('#label-weights .file:visible');
        const wrong = async (name, buffer, sentence) => {
            await page.setInputFiles('#label-weights-file', { name, mimeType: 'application/octet-stream', buffer });
            await page.waitForFunction(
                (text) => document.querySelector('#label-weights .message:not([hidden])')?.textContent.includes(text),
                sentence,
            );
        };
        await wrong('notes.safetensors', Buffer.from('These are notes.'), 'Expected a file of PyTorch, safetensors or HDF5');
        await wrong('pytorch_model.bin', Buffer.from('PK'), 'The file is an empty .zip');
        const header = JSON.stringify({ weight: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } });
        const length = Buffer.alloc(8);
        length.writeBigUInt64LE(BigInt(header.length));
        await wrong('net.safetensors', Buffer.concat([length, Buffer.from(header), Buffer.alloc(4)]), 'the weights are of none of them');
        await wrong('cut.safetensors', files['dclip/image.safetensors'].subarray(0, 60000), 'damaged or cut short');
        assert.equal(await page.isDisabled('#label-run'), true);
        const all = Object.entries(files).map(([path, buffer]) => ({ name: path.slice(6), mimeType: '', buffer }));
        await page.setInputFiles('#label-weights-file', all);
        await page.waitForFunction(() => !document.querySelector('#label-run').disabled);
        assert.equal(await page.isVisible('#label-weights .message'), false);
        await writeLabels(page);
        await page.click('#label-run');
        await done(page);
        await assertProbabilities(page);
    });

    inBrowser('a slow download can be cancelled, and is taken up where it was', async (context) => {
        const state = { slow: true, closed: false, asked: [] };
        const page = await open(context, sites.full, { through: (url) => serveSlowly(url, state) });
        await give(page, [picture]);
        await writeLabels(page);
        await page.click('#label-run');
        await page.waitForFunction(() => /^Getting ready|^Loading/.test(document.querySelector('#label-percent').textContent));
        while (!state.asked.some(([url]) => url.endsWith('image.safetensors'))) await page.waitForTimeout(50);
        await page.waitForTimeout(300);
        await page.keyboard.press('Enter'); // on Cancel, which has the focus
        await page.waitForSelector('#label-part[data-state=chosen]');
        assert.equal(await page.isVisible('#label-message'), false);
        state.slow = false;
        await page.click('#label-run');
        await done(page);
        await assertProbabilities(page);
        assert.equal(state.closed, true);
        const ranges = state.asked.filter(([url]) => url.endsWith('image.safetensors')).map(([, range]) => range);
        assert.deepEqual(ranges, [undefined, 'bytes=40000-']);
    });

    inBrowser('another number of threads, chosen in the other part, does not end the work', async (context) => {
        const page = await open(context, sites.full);
        await give(
            page,
            Array.from({ length: 40 }, (_, i) => ({ ...picture, name: `${i}.png` })),
        );
        await page.check('[name=task][value=sort]');
        await page.click('#label-run');
        await page.waitForFunction(() => /%/.test(document.querySelector('#label-percent').textContent));
        await page.click('#to-enlarge');
        await page.waitForFunction(() => document.querySelector('#enlarge-part').dataset.state === 'chosen');
        await page.$eval('[name=threads]', (select) => {
            select.value = '1';
            select.dispatchEvent(new Event('input', { bubbles: true }));
        });
        await page.click('#to-label');
        await done(page);
        assert.equal(await page.$$eval('#label-jobs small', (all) => all.filter((each) => /^cosine/.test(each.textContent)).length), 40);
    });

    inBrowser('fits 360 pixels, and takes along what is open in the other part', async (context) => {
        const page = await open(context, sites.full, { viewport: { width: 360, height: 740 }, hash: '' });
        const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        await page.setInputFiles('#file', [picture, other]);
        await page.waitForFunction(() => document.querySelector('#enlarge-part').dataset.state === 'chosen');
        assert.equal(await overflow(), 0);
        await page.focus('#to-label');
        await page.keyboard.press('Enter');
        await page.waitForSelector('#label-part[data-state=chosen]');
        assert.equal(await page.isVisible('#enlarge-run'), false);
        assert.deepEqual(await page.$$eval('.parts a', (links) => links.map((link) => link.getAttribute('aria-current'))), [
            'false',
            'page',
            'false',
            'false',
            'false',
        ]);
        assert.equal(await page.$eval('#label-jobs', (list) => list.children.length), 2);
        assert.equal(await overflow(), 0);
        await writeLabels(page);
        await page.focus('#label-words');
        await page.keyboard.press('Control+Enter');
        await done(page);
        await assertProbabilities(page);
        assert.equal(await overflow(), 0);
        const small = await page.$$eval('#label-part button, #label-part a, .parts a', (all) =>
            all.filter((each) => each.offsetParent && each.getBoundingClientRect().height < 44).map((each) => each.textContent),
        );
        assert.deepEqual(small, []);
    });
});
