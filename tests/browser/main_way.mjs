// The main way of the page and of the package, the same in each browser: open, enlarge, compare with PyTorch's picture, download; tabs, languages.
import assert from 'node:assert/strict';
import { serve } from '../../web/serve.mjs';
import { compare, decodePng, golden, readGolden } from '../js/support.mjs';
import { policyOf } from './support.mjs';

/** @typedef {import('./drivers/page.mjs').Page} Page */

const PICTURE = golden('anime256.png');
const EXPECTED = 'up2x-conservative.png';

/**
 * A page of a site, under the policy that it has; at its end it must have logged no error.
 * @param {import('node:test').TestContext} context
 * @param {{ browser: { openPage: () => Promise<Page> }, root: string, isolation?: boolean, headers?: Record<string, string>,
 *   expected?: RegExp }} options expected: errors in its log that have to be
 * @returns {Promise<Page>}
 */
export async function openSite(context, { browser, root, isolation = true, headers = policyOf(root), expected = /^$/ }) {
    const server = await serve({ port: 0, root, isolation, headers });
    const page = await browser.openPage();
    context.after(async () => {
        await page.close().finally(() => server.close()); // which would keep the test's process alive
        const complaints = page.complaints.filter((text) => !expected.test(text));
        assert.deepEqual(complaints, []);
    });
    await page.goto(server.url);
    return page;
}

/** @param {Page} page @param {string} state */
export async function reach(page, state) {
    const look = () => {
        const text = (/** @type {string} */ selector) => document.querySelector(selector)?.textContent;
        const problem = text('#enlarge-message:not([hidden])');
        const is = document.querySelector('#enlarge-part')?.dataset.state;
        return { is, problem, progress: text('#enlarge-percent'), machine: text('#machine') };
    };
    const isThere = `(state) => { const found = (${look})(); return found.is === state || (state !== 'chosen' && found.problem) ? found : undefined; }`;
    const found = await page.waitFor(isThere, [state]).catch(async (error) => {
        throw new Error(`Expected the state ${state} but found ${JSON.stringify(await page.evaluate(look))}`, { cause: error });
    });
    assert.equal(found.is, state, `The page says: ${found.problem}`);
}

/** @param {Page} page @param {string} path of a picture */
export async function open(page, path) {
    await page.waitFor(() => document.querySelector('#file'));
    await page.setFiles('#file', path);
    await reach(page, 'chosen');
}

/** @param {Buffer} bytes of a PNG */
function assertExpected(bytes) {
    const [found, expected] = [bytes, readGolden(EXPECTED)].map(decodePng);
    assert.deepEqual([found.width, found.height], [expected.width, expected.height]);
    const { psnr, maxDiff } = compare(found.data, expected.data);
    assert.ok(psnr >= 60 && maxDiff <= 1, `Expected at least 60 dB and at most 1 but found ${psnr} dB and ${maxDiff}`);
}

/** @param {Page} page @returns {Promise<number>} the threads that it works with */
export async function enlargeInPage(page) {
    await open(page, PICTURE);
    await page.click('#enlarge-run');
    await reach(page, 'done');
    const { name, bytes } = await page.download('#enlarge-download');
    assert.equal(name, 'anime256_2x_conservative.png');
    assertExpected(bytes);
    const machine = await page.evaluate(() => document.querySelector('#machine').textContent);
    return Number(/SIMD, (\d+) threads/.exec(machine)?.[1] ?? (/one thread/.test(machine) ? 1 : NaN));
}

/** As many threads as the browser reports cores, up to 8: WebKit reports at least 4. @param {Page} page @param {boolean} hasThreads */
export const expectedThreads = async (page, hasThreads) =>
    hasThreads ? page.evaluate(() => Math.min(navigator.hardwareConcurrency, 8)) : 1;

/** @param {Page} page */
export async function visitTabs(page) {
    for (const tab of ['label', 'describe', 'search', 'enlarge']) {
        await page.click(`#to-${tab}`);
        await page.waitFor(
            (id) => document.querySelector(`#to-${id}`).ariaCurrent === 'page' && document.querySelector(`#${id}-part`)?.hidden === false,
            [tab],
        );
    }
}

/** The languages, one after the other; the last is still there after a reload. @param {Page} page */
export async function changeLanguages(page) {
    const spoken = (lang) => page.waitFor((wanted) => document.documentElement.lang === wanted, [lang]);
    await page.waitFor(() => document.querySelector('#language option'));
    for (const [id, lang, words] of [
        ['zh', 'zh-CN', '放大'],
        ['ja', 'ja', '拡大'],
    ]) {
        await page.evaluate((chosen) => {
            const select = /** @type {HTMLSelectElement} */ (document.querySelector('#language'));
            select.value = chosen;
            select.dispatchEvent(new Event('change'));
        }, id);
        await spoken(lang);
        assert.equal(await page.evaluate(() => document.querySelector('#to-enlarge').textContent), words);
    }
    await page.reload();
    await spoken('ja');
}

/** The package in a page with an import map, as README.md has it. @param {Page} page @returns {Promise<number>} its threads */
export async function enlargeByPackage(page) {
    const { base64, threads } = await page.evaluate(async (picture) => {
        const bytes = Uint8Array.from(atob(picture), (c) => c.charCodeAt(0));
        const { createEngine } = await import('acg2vec');
        const engine = await createEngine({ models: '/weights/' });
        const { blob } = await engine.upscale(new Blob([bytes]), { scale: 2 });
        await engine.close();
        const enlarged = new Uint8Array(await blob.arrayBuffer());
        return { base64: btoa(Array.from(enlarged, (c) => String.fromCharCode(c)).join('')), threads: engine.info.threads };
    }, readGolden('anime256.png').toString('base64'));
    assertExpected(Buffer.from(base64, 'base64'));
    return threads;
}
