// Assembles the page, with the package in it, and the weights that are on this machine into build/site. Any static host can
// serve that folder.
import { existsSync, realpathSync, statSync } from 'node:fs';
import { cp, link, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelsCacheFolder, readManifest } from '../js/platform/node/weights.js';
import { bundlePage } from './bundle.mjs';
import { makeInstallable } from './install.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SITE = path.join(ROOT, 'build/site');
const WEIGHTS = modelsCacheFolder();
const NOTICES = path.join(ROOT, 'dist/THIRD_PARTY_NOTICES');

/** Large files are not copied where a second name will do. @param {string} from @param {string} to */
async function linkFile(from, to) {
    await mkdir(path.dirname(to), { recursive: true });
    await link(realpathSync(from), to).catch(() => cp(from, to, { dereference: true }));
}

/** The networks that the page lets look at pictures. */
export const NETWORKS = [
    ...['dclip', 'clip-b32', 'clip-b16', 'clip-l14', 'clip-l14-336'].flatMap((name) => [`${name}/image`, `${name}/text`]),
    ...['illust2vec', 'pix2score', 'deepdanbooru', 'wd-vit', 'acgvoc2vec'],
];

/**
 * The networks of safetensors files: each file counts for itself, since a browser may keep what is missing.
 * @param {string} site
 * @param {import('../js/models/manifest.js').Model[]} models
 * @param {string} weights the folder
 */
export async function copyNetworks(site, models, weights) {
    const offered = [];
    for (const { id, files } of models) {
        for (const file of files) {
            const from = path.join(weights, file.path);
            const here = existsSync(from);
            offered.push({ id, path: file.path, bytes: here ? statSync(from).size : 0, here });
            for (const each of [from, `${from}.sha256`].filter((name) => existsSync(name))) {
                await linkFile(each, path.join(site, 'weights', path.relative(weights, each)));
            }
        }
    }
    await writeFile(path.join(site, 'networks.json'), JSON.stringify(offered));
}

/** Copies what is here, and writes down what there is at all, for the page to offer. @param {string} site */
export async function copyWeights(site) {
    const all = (await readManifest()).models;
    await copyNetworks(
        site,
        all.filter(({ id }) => NETWORKS.includes(id)),
        WEIGHTS,
    );
    const models = all.filter(({ task }) => task === 'upscale');
    /** @type {string[]} */
    const missing = [];
    const offered = [];
    for (const { id, model, scale, denoise, files } of models) {
        const here = files.every((file) => existsSync(path.join(WEIGHTS, file.path)));
        offered.push({ id, model, scale, denoise, here });
        if (!here) missing.push(id);
        for (const file of here ? files : []) {
            await cp(path.join(WEIGHTS, file.path), path.join(site, 'weights', file.path), { dereference: true });
        }
    }
    await writeFile(path.join(site, 'models.json'), JSON.stringify(offered));
    return { copied: models.length - missing.length, missing };
}

/**
 * Writes the whole site anew. Rejects with a sentence when a part of it is not there; missing weights are told only.
 * @param {string} [site] the folder; what is in it goes away
 * @returns {Promise<{ copied: number, missing: string[] }>} the models that are in the site, and those that are not
 */
export async function buildSite(site = SITE) {
    if (!existsSync(path.join(ROOT, 'dist/wasm'))) {
        throw new Error('Found no dist/wasm: build the engine for WebAssembly first');
    }
    await bundlePage(path.join(ROOT, 'web/index.html'), site);
    // absent where only the engine was built
    if (existsSync(NOTICES)) await cp(NOTICES, path.join(site, 'THIRD_PARTY_NOTICES.txt'));
    const copied = await copyWeights(site);
    await makeInstallable(site);
    return copied;
}

async function main() {
    const { copied, missing } = await buildSite();
    console.log(`The site is in ${path.relative(process.cwd(), SITE) || SITE}, with ${copied} models.`);
    if (missing.length) {
        console.error(`The page cannot offer these, because ${WEIGHTS} has not got them: ${missing.join(', ')}`);
    }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
    main().catch((error) => {
        console.error(error.message);
        process.exitCode = 1;
    });
}
