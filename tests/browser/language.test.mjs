// The page in each of its languages: what the browser asks for, what the user chose, and that nothing is left in another one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makePng } from '../js/support.mjs';
import { assembleSite, browserMissing, choose, openPage, shareBrowser } from './support.mjs';

const small = { name: 'small.png', bytes: makePng(40, 24, (x, y) => [6 * x, 10 * y, (x * y) % 256]) };
const broken = { name: 'broken.png', bytes: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') };
const drawing = {
    name: 'drawing.svg',
    bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    type: 'image/svg+xml',
};

const RUN = { en: 'Enlarge', 'zh-CN': '开始放大', ja: '拡大する' };

describe('language', () => {
    const options = shareBrowser(browserMissing, () => assembleSite());
    const inBrowser = (name, run) => test(name, { skip: browserMissing }, run);

    const language = async (page) => {
        await page.waitForSelector('html[dir]');
        return page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);
    };
    const runSays = (page, words) => page.waitForFunction((text) => document.querySelector('#enlarge-run').textContent === text, words);

    for (const [asked, spoken] of [
        ['zh-TW', 'zh-CN'],
        ['ja-JP', 'ja'],
        ['fr', 'en'],
    ]) {
        inBrowser(`a browser that asks for ${asked} gets ${spoken}`, async (context) => {
            const page = await openPage(context, { ...options, locale: asked });
            assert.deepEqual(await language(page), [spoken, 'ltr']);
            await choose(page, small);
            await runSays(page, RUN[spoken]);
        });
    }

    inBrowser('another language can be chosen in the middle, and is remembered', async (context) => {
        const page = await openPage(context, { ...options, locale: 'zh-CN' });
        await choose(page, small);
        await runSays(page, RUN['zh-CN']);
        assert.deepEqual(await page.$$eval('#language option', (all) => all.map(({ textContent }) => textContent)), [
            '中文',
            'English',
            '日本語',
        ]);
        await page.selectOption('#language', 'ja');
        await runSays(page, RUN.ja);
        assert.equal(await page.textContent('#enlarge-name'), 'small.png');
        assert.match(await page.title(), /アニメ画像/);
        await page.reload();
        assert.deepEqual(await language(page), ['ja', 'ltr']);
        assert.equal(await page.inputValue('#language'), 'ja');
    });

    inBrowser('no text is left out, in any tab', async (context) => {
        const page = await openPage(context, { ...options, locale: 'zh-CN' });
        await choose(page, small);
        for (const hash of ['#larger', '#labels', '#scores', '#search', '#words']) {
            await page.evaluate((to) => void (location.hash = to), hash);
            await page.waitForFunction((to) => document.querySelector(`nav [href="${to}"]`).ariaCurrent === 'page', hash);
            const texts = await page.evaluate(() => {
                const attributes = [...document.querySelectorAll('[aria-label], [title], [placeholder]')].flatMap((each) => [
                    each.ariaLabel,
                    each.title,
                    each.getAttribute('placeholder'),
                ]);
                // biome-ignore lint/performance/useDomNodeTextContent: only what shows
                return [...document.body.innerText.split('\n'), ...attributes]
                    .filter(Boolean)
                    .map((text) => text.replace(/\{(name|scale|network|denoise)\}/g, '')); // these are what a user writes
            });
            assert.deepEqual(
                texts.filter((text) => /[{}]|^[a-z]+(\.\w+)+$/.test(text) && !/\.png$/.test(text)),
                [],
            );
            const english = texts.filter((text) => /[a-z]{3,} [a-z]{2,} [a-z]{2,}/i.test(text) && !/[\u4e00-\u9fff]/.test(text));
            assert.deepEqual(english, []);
        }
    });

    inBrowser("the engine's failures are told in the user's language, with its own sentence", async (context) => {
        const page = await openPage(context, { ...options, locale: 'ja' });
        await choose(page, broken);
        await page.waitForFunction(() =>
            /「broken\.png」は画像として読み込めません。.*PNG/.test(document.querySelector('#toast').textContent),
        );
    });

    inBrowser('a vector drawing is refused at once', async (context) => {
        const page = await openPage(context, { ...options, locale: 'en' });
        await choose(page, drawing);
        await page.waitForFunction(() => /“drawing\.svg” is a vector drawing/.test(document.querySelector('#toast').textContent));
        assert.equal(await page.getAttribute('#enlarge-part', 'data-state'), 'empty');
    });
});
