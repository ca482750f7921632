// Firefox in a private window, and where the user has blocked site data: the page enlarges, and says that nothing is kept.
import { after, before, describe, it } from 'node:test';
import { launch, missing } from '../drivers/firefox.mjs';
import { enlargeInPage, openSite } from '../main_way.mjs';
import { assembleSite } from '../support.mjs';

const SENTENCE = 'The browser keeps nothing for this page: allow it to store site data, and use no private window.';
const REFUSING = {
    'a private window': { 'browser.privatebrowsing.autostart': true },
    'site data that are blocked': { 'network.cookie.cookieBehavior': 2 },
};

describe('what Firefox refuses', { skip: missing }, () => {
    let site;
    before(async () => {
        site = await assembleSite();
    });
    after(() => site?.remove());

    for (const [name, preferences] of Object.entries(REFUSING)) {
        describe(name, () => {
            let browser;
            before(async () => {
                browser = await launch({ preferences });
            });
            after(() => browser?.close());

            it('the page enlarges, and says that nothing is kept', async (context) => {
                const page = await openSite(context, { browser, root: site.root, expected: /Failed to register.*ServiceWorker/ });
                await enlargeInPage(page);
                await page.click('#to-search');
                await page.waitFor((wanted) => document.querySelector('#toast').textContent === wanted, [SENTENCE]);
                await page.click('#search-weights-models button.fetch');
                const isTold = (wanted) => document.querySelector('#search-weights-models').textContent.includes(wanted);
                await page.waitFor(isTold, [SENTENCE], { seconds: 30 }).catch(async (error) => {
                    const text = await page.evaluate(() => document.querySelector('#search-weights-models').textContent);
                    throw new Error(`Found: ${text}`, { cause: error });
                });
            });
        });
    }
});
