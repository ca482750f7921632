// What tests of an index in Chromium share: a site with the package, a tiny CLIP and pictures, and what runs in its page.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { clipModel } from '../js/clip_files.mjs';
import { picture, sha256 } from '../js/index_support.mjs';
import { ROOT } from '../js/support.mjs';
import { assemblePackage } from './support.mjs';

/** The pictures of the site. */
export const COUNT = 40;

/** The package, the tiny CLIP, SQLite, and pictures. @param {Record<string, string>} more files */
export async function assembleIndexSite(more = {}) {
    const site = await assemblePackage();
    cpSync(join(ROOT, 'node_modules/@sqlite.org/sqlite-wasm/sqlite-wasm/jswasm'), join(site.root, 'vendor/sqlite'), { recursive: true });
    const pictures = Array.from({ length: COUNT }, (_, i) => [`pictures/${i}.png`, picture(i)]);
    const files = { ...Object.fromEntries(pictures), ...more };
    const weights = clipModel().files['dclip/image.safetensors'];
    const model = { 'tiny/dclip/image.safetensors': weights, 'tiny/dclip/image.safetensors.sha256': `${sha256(weights)}  image\n` };
    for (const [name, bytes] of Object.entries({ ...files, ...model })) {
        mkdirSync(dirname(join(site.root, name)), { recursive: true });
        writeFileSync(join(site.root, name), bytes);
    }
    return site;
}

/** In the page: opens the index and the pictures. */
export async function begin(count) {
    const { createEngine, createIndex } = await import('acg2vec');
    const at = (name) => new URL(name, document.baseURI).href;
    window.engine = await createEngine({ models: at('./tiny/'), threads: 2 });
    window.index = await createIndex({ engine: window.engine, sqlite: at('./vendor/sqlite/sqlite3.mjs') });
    const files = Array.from({ length: count }, async (_, i) => {
        const blob = await (await fetch(at(`./pictures/${i}.png`))).blob();
        return new File([blob], `${i}.png`, { lastModified: 1000 + i });
    });
    window.files = await Promise.all(files);
    return { isReadOnly: window.index.isReadOnly, pictures: (await window.index.stats()).pictures };
}

/** In the page: adds all; tells how many are done while it goes on. */
export async function add() {
    window.done = 0;
    const { added, unchanged, failed } = await window.index.add(window.files, { onOutcome: () => window.done++ });
    return { added, unchanged, failed: failed.map(({ error }) => error.message) };
}
