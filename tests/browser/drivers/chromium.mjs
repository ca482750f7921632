// Chromium by playwright-core.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browserMissing, launch as start } from '../support.mjs';
import { Page } from './page.mjs';

export const missing = browserMissing;

/** @param {{ locale?: string }} [options] */
export async function launch({ locale = 'en' } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-browser-'));
    const browser = await start();
    return {
        name: 'chromium',
        version: `Chromium ${browser.version()}`,
        openPage: () => openPage(browser, folder, locale),
        pagesCpuMs: () => pagesCpuMs(browser),
        async close() {
            await browser.close();
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

/** The processor's time, since their start, of the processes that have the pages and their workers. @param {import('playwright-core').Browser} browser */
async function pagesCpuMs(browser) {
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    const seconds = processInfo.filter(({ type }) => type === 'renderer').map(({ cpuTime }) => cpuTime);
    return 1000 * seconds.reduce((sum, each) => sum + each, 0);
}

/** @param {import('playwright-core').Browser} browser @param {string} folder @param {string} locale */
async function openPage(browser, folder, locale) {
    const context = await browser.newContext({ locale, viewport: { width: 1280, height: 800 } });
    const inside = await context.newPage();
    const page = new Page(
        {
            goto: async (url) => void (await inside.goto(url)),
            reload: async () => void (await inside.reload()),
            run: (script) => inside.evaluate(`(async () => { ${script} })()`),
            click: (selector) => inside.click(selector),
            setFiles: (selector, paths) => inside.setInputFiles(selector, paths),
            close: () => context.close(),
        },
        folder,
    );
    inside.on('console', (message) => message.type() === 'error' && page.complaints.push(message.text()));
    inside.on('pageerror', (error) => page.complaints.push(String(error)));
    inside.on('download', (file) => file.saveAs(join(folder, file.suggestedFilename())));
    return page;
}
