// A kernel's benchmark in a page of a browser: builds it, serves it, and prints its lines as they come.
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureToolchain } from '../../cmake/setup/toolchain.mjs';
import { serve } from '../../web/serve.mjs';
import { BROWSERS } from '../browser/drivers/index.mjs';

const MOST_SECONDS = 1800;

/** @param {{ root: string, build: string, kernel: string, browser: string, args: string[] }} options */
export async function runInPage({ root, build, kernel, browser: name, args }) {
    const browser = BROWSERS[name];
    if (!browser) throw new Error(`Expected one of ${Object.keys(BROWSERS).join(', ')} but received ${name}`);
    if (browser.missing) throw new Error(`Expected ${name} but ${browser.missing}`);
    const folder = join(root, 'build', build);
    const made = spawnSync('cmake', ['--build', folder, '--target', `${kernel}_test_page`], {
        env: { ...process.env, ...ensureToolchain() },
        stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (made.status !== 0) throw new Error(`Expected a build in ${folder}: npm run build ${build} makes it`);
    const site = join(folder, 'tests/page');
    for (const file of ['kernels.html', 'kernels_worker.js']) copyFileSync(new URL(file, import.meta.url), join(site, file));
    copyFileSync(join(site, 'kernels.html'), join(site, 'index.html'));
    const { url, close } = await serve({ port: 0, root: site });
    const opened = await browser.launch();
    try {
        console.log(opened.version);
        const page = await opened.openPage();
        await page.goto(`${url}?${new URLSearchParams([['program', `${kernel}_test_page.mjs`], ...args.map((arg) => ['arg', arg])])}`);
        for (let shown = 0, ended = false; !ended; ) {
            const lines = await page.waitFor((n) => window.said.length > n && window.said.slice(n), [shown], { seconds: MOST_SECONDS });
            shown += lines.length;
            ended = lines.at(-1).status !== undefined;
            for (const { text, status } of lines) {
                if (text !== undefined) console.log(text);
                if (status) throw new Error(`${kernel}_test ended with ${status}`);
            }
        }
    } finally {
        await opened.close();
        await close();
    }
}
