// Makes the site an installable program that works without a network: icons, a manifest for each language, and the service worker with the list of
// the site's files.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LANGUAGES, wordsOf } from './bundle.mjs';
import { drawIcon } from './icons.mjs';

const WORKER = 'service_worker.js';
const NOT_KEPT = [WORKER, 'THIRD_PARTY_NOTICES.txt'];
const ICONS = [
    { side: 192, purpose: 'any' },
    { side: 512, purpose: 'any' },
    { side: 512, purpose: 'maskable' },
];

/** What few pictures need: decoders, and what converts colours. */
const EXTRA = /^assets\/(?:avif_dec|jxl_oxide_wasm(?:_bg)?|lcms2)-[\w-]{8}\.(?:js|wasm)$/;

/** The files that the system may open with the page, by type. */
const PICTURES = {
    'image/png': ['.png', '.apng'],
    'image/jpeg': ['.jpg', '.jpeg'],
    'image/webp': ['.webp'],
    'image/avif': ['.avif'],
    'image/jxl': ['.jxl'],
    'image/gif': ['.gif'],
    'image/bmp': ['.bmp'],
    'image/x-tga': ['.tga'],
    'image/vnd.adobe.photoshop': ['.psd'],
    'image/x-portable-pixmap': ['.ppm'],
};

/** @param {string} site the folder, which is complete otherwise */
export async function makeInstallable(site) {
    await mkdir(path.join(site, 'icons'), { recursive: true });
    for (const { side, purpose } of ICONS)
        await writeFile(path.join(site, iconName(side, purpose)), drawIcon(side, purpose === 'maskable'));
    for (const language of LANGUAGES) {
        await writeFile(path.join(site, `manifest-${language}.webmanifest`), JSON.stringify(manifestIn(language), null, 4));
    }
    const source = readFileSync(new URL(WORKER, import.meta.url), 'utf8');
    await writeFile(path.join(site, WORKER), `self.SITE = ${JSON.stringify(contentsOf(site))};\n${source}`);
}

/** @param {number} side @param {string} purpose */
const iconName = (side, purpose) => `icons/${purpose}-${side}.png`;

/** @param {string} language */
function manifestIn(language) {
    const words = wordsOf(language);
    return {
        id: './',
        lang: language,
        name: 'acg2vec',
        short_name: 'acg2vec',
        description: words['page.description'],
        start_url: './',
        scope: './',
        display: 'standalone',
        background_color: '#f6f3ec',
        theme_color: '#f6f3ec',
        categories: ['graphics', 'photo', 'utilities'],
        icons: ICONS.map(({ side, purpose }) => ({
            src: iconName(side, purpose),
            sizes: `${side}x${side}`,
            type: 'image/png',
            purpose,
        })),
        share_target: {
            action: './share',
            method: 'POST',
            enctype: 'multipart/form-data',
            params: { files: [{ name: 'pictures', accept: ['image/*'] }] },
        },
        file_handlers: [{ action: './', accept: PICTURES }],
        launch_handler: { client_mode: 'focus-existing' },
    };
}

/**
 * Everything but the weights; apart are the engine's builds, of which a machine needs one, and what few pictures need.
 * @param {string} site
 */
function contentsOf(site) {
    const all = readdirSync(site, { recursive: true, encoding: 'utf8' })
        .map((name) => name.split(path.sep).join('/'))
        .filter((name) => !name.startsWith('weights') && !NOT_KEPT.includes(name) && statSync(path.join(site, name)).isFile())
        .sort();
    const hash = createHash('sha256');
    /** @type {Record<string, string[]>} */
    const engines = {};
    const files = [];
    const extras = [];
    for (const name of all) {
        hash.update(name).update(readFileSync(path.join(site, name)));
        const build = /^assets\/acg2vec-([a-z-]+)-[\w-]{8}\.(?:js|wasm)$/.exec(name)?.[1];
        if (build) (engines[build] ??= []).push(name);
        else if (EXTRA.test(name)) extras.push(name);
        else files.push(name);
    }
    return { version: hash.digest('hex').slice(0, 16), files, engines, extras };
}
