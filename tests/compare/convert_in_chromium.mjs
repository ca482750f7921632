// A page in Chromium that converts published files with the package: for compare_conversions.mjs.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { chromium } from 'playwright-core';
import { serve } from '../../web/serve.mjs';
import { assemblePackage, CHROMIUM, FLAGS } from '../browser/support.mjs';

/** In the page: an engine that has begun, as it is when somebody adds a model. */
async function openEngine() {
    const { createEngine } = await import('acg2vec');
    globalThis.engine = await createEngine();
    document.body.innerHTML = '<input type="file" multiple>';
}

/** In the page: the files of the input, by their names in their folder, become models. */
async function add({ names, options }) {
    const files = [...document.querySelector('input').files].map((blob, i) => ({ name: names[i], blob }));
    const began = performance.now();
    await globalThis.engine.models.add(files, options);
    return (performance.now() - began) / 1000;
}

/** In the page: the SHA-256 that stand beside what was kept. */
async function keptHashes() {
    const found = {};
    const walk = async (folder) => {
        for await (const [name, handle] of folder.entries()) {
            if (handle.kind === 'directory') await walk(handle);
            else if (name.endsWith('.sha256')) {
                const [sha256, file] = (await (await handle.getFile()).text()).trim().split('  ');
                found[file] = sha256;
            }
        }
    };
    await walk(await navigator.storage.getDirectory());
    return found;
}

/** The most memory, in MiB, that the largest renderer of a profile has had. */
function rendererPeak(profile) {
    const peaks = readdirSync('/proc')
        .filter(Number)
        .map((pid) => {
            try {
                const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
                if (!command.includes('--type=renderer') || !command.includes(profile)) return 0;
                return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
            } catch {
                return 0; // it has ended
            }
        });
    return Math.round(Math.max(...peaks) / 1024);
}

/** @param {string} folder in which the profile is kept: on a disk, as a user's is, and not in memory */
export async function openChromium(folder) {
    const site = await assemblePackage();
    const server = await serve({ port: 0, root: site.root, isolation: true });
    const profile = mkdtempSync(join(folder, 'profile-'));
    const context = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, args: FLAGS });
    const [page] = context.pages();
    await page.goto(server.url);
    await page.evaluate(openEngine);
    return {
        /** @returns as `convertInNode`; memory: of the page's process when the engine has begun, and at its most */
        async convert(paths, source, options) {
            await page.setInputFiles('input', paths);
            const before = rendererPeak(profile);
            const names = paths.map((path) => relative(source, path).replace(/^\.\.\//, ''));
            const seconds = await page.evaluate(add, { names, options });
            const memory = `${before} → ${rendererPeak(profile)}`;
            return { seconds, memory, hashes: await page.evaluate(keptHashes) };
        },
        async close() {
            await context.close();
            await server.close();
            site.remove();
            rmSync(profile, { recursive: true, force: true });
        },
    };
}
