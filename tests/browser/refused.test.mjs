// A browser that refuses things to the page: it does not come by HTTPS, or it may store nothing. What can work works, and the rest is told.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { makePng, weightsMissing } from '../js/support.mjs';
import { assembleSite, browserMissing, CHROMIUM, FLAGS, open, openPage, reach, shareBrowser } from './support.mjs';

const skip = browserMissing || (await weightsMissing([2]));
const small = { name: 'small.png', bytes: makePng(40, 24, (x, y) => [6 * x, 10 * y, (x * y) % 256]) };

/** A name that is no localhost, for this computer. */
const NAME = 'plain.test';
const BLOCKED = { profile: { default_content_setting_values: { cookies: 2 } } };

/** @param {string[]} args @param {object} [preferences] of its profile, which is removed when it has ended */
function otherChromium(args, preferences = {}) {
    const options = { executablePath: CHROMIUM, args: [...FLAGS, ...args] };
    async function newContext(more) {
        const profile = mkdtempSync(join(tmpdir(), 'acg2vec-profile-'));
        mkdirSync(join(profile, 'Default'));
        writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify(preferences));
        const opened = await chromium.launchPersistentContext(profile, { ...options, ...more });
        const close = opened.close.bind(opened);
        opened.close = async () => {
            await close();
            rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
        };
        return opened;
    }
    return { newContext };
}

/** @param {import('playwright-core').Page} page */
async function enlarges(page) {
    await open(page, small);
    await page.click('#enlarge-run');
    await reach(page, 'done');
    assert.equal(await page.textContent('#enlarge-sizes'), '40 × 24 → 80 × 48');
}

/** Asks for a model and for an index. @param {import('playwright-core').Page} page @param {string} sentence */
async function saysThatNothingIsKept(page, sentence) {
    const isTold = (text) => page.waitForFunction((wanted) => document.querySelector('#toast')?.textContent === wanted, text);
    await page.click('#to-search');
    await isTold(sentence);
    await page.click('#search-weights-models button.fetch >> nth=0');
    await page.waitForFunction((wanted) => document.querySelector('#search-weights-models').textContent.includes(wanted), sentence);
}

/** @param {import('playwright-core').Page} page */
async function speaksChinese(page) {
    await page.selectOption('#language', 'zh');
    await page.waitForFunction(() => document.documentElement.lang === 'zh-CN');
}

describe('what the browser refuses', () => {
    const shared = shareBrowser(skip, () => assembleSite('ui/clipboard.js'));

    test('without HTTPS the page enlarges and copies, and says what it cannot', { skip }, async (context) => {
        const page = await openPage(context, {
            browser: otherChromium([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`]),
            root: shared.root,
            through: async (url) => ({ url: url.replace('127.0.0.1', NAME), close: async () => {} }),
            expected: /Cross-Origin-Opener-Policy header has been ignored/,
        });
        assert.equal(await page.evaluate(() => isSecureContext), false);
        await enlarges(page);
        assert.match(await page.textContent('#insecure-note:not([hidden])'), /one thread.*HTTPS/);
        assert.equal(await page.isVisible('#isolation-note'), false);
        await page.click('#to-describe');
        const isCopied = await page.evaluate(async () => (await import('/ui/clipboard.js')).copyText('one girl, blue sky'));
        assert.equal(isCopied, true);
        await page.evaluate(() => document.body.append(Object.assign(document.createElement('textarea'), { id: 'paste-here' })));
        await page.focus('#paste-here');
        await page.keyboard.press('Control+V');
        assert.equal(await page.inputValue('#paste-here'), 'one girl, blue sky');
        await saysThatNothingIsKept(page, 'The browser keeps nothing for a page that does not come by HTTPS or from localhost.');
        await speaksChinese(page);
    });

    test('where it may store nothing the page enlarges, and says what it cannot', { skip }, async (context) => {
        const browser = otherChromium([], BLOCKED);
        const page = await openPage(context, { browser, root: shared.root, serviceWorkers: 'allow' });
        const name = await page.evaluate(() => caches.open('any').catch((error) => error.name));
        assert.equal(name, 'SecurityError');
        await enlarges(page);
        await page.check('[name=scale][value="3"]');
        const sentence = 'The browser keeps nothing for this page: allow it to store site data, and use no private window.';
        await saysThatNothingIsKept(page, sentence);
        await speaksChinese(page);
    });
});
