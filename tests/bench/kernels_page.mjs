// A kernel's benchmark in a page of a browser: builds it, serves it, and prints its lines as they come.
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, run } from '../../cmake/setup/shell.mjs';
import { ensureToolchain } from '../../cmake/setup/toolchain.mjs';
import { serve } from '../../web/serve.mjs';
import { findBrowser } from '../browser/drivers/index.mjs';

const MOST_SECONDS = 1800;

/** @param {{ root: string, build: string, kernel: string, browser: string, args: string[] }} options */
export async function runInPage({ root, build, kernel, browser: name, args }) {
    const browser = findBrowser(name);
    // its threads would be waited for
    if (build.endsWith('-threads') && !browser.hasThreads)
        throw new SetupError(`Expected a build without threads for ${name} but received ${build}`);
    const folder = join(root, 'build', build);
    if (!existsSync(join(folder, 'CMakeCache.txt'))) throw new SetupError(`Expected a build in ${folder}: npm run build ${build} makes it`);
    run('cmake', ['--build', folder, '--target', `${kernel}_test_page`], { env: { ...process.env, ...ensureToolchain() } });
    const site = join(folder, 'tests/page');
    copyFileSync(new URL('kernels.html', import.meta.url), join(site, 'index.html'));
    copyFileSync(new URL('kernels_worker.js', import.meta.url), join(site, 'kernels_worker.js'));
    const { url, close } = await serve({ port: 0, root: site });
    const opened = await browser.launch();
    try {
        console.log(opened.version);
        const page = await opened.openPage();
        await page.goto(`${url}?${new URLSearchParams([['program', `${kernel}_test_page.mjs`], ...args.map((arg) => ['arg', arg])])}`);
        for (let shown = 0, ended = false; !ended; ) {
            const lines = await page.waitFor((n) => window.said.length > n && window.said.slice(n), [shown], { seconds: MOST_SECONDS });
            shown += lines.length;
            for (const { text, status, failed } of lines) {
                ended ||= status !== undefined;
                if (text !== undefined) console.log(text);
                if (failed !== undefined) throw new SetupError(`${kernel}_test of ${build} cannot run in ${name}: ${failed}`);
                if (status) throw new Error(`${kernel}_test ended with ${status}`);
            }
        }
    } finally {
        await opened.close();
        await close();
    }
}
