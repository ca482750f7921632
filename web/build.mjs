// Assembles the page, with the package in it, and the weights that are on this machine into build/site. Any static host can
// serve that folder.
import { existsSync, realpathSync, statSync } from 'node:fs';
import { cp, link, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelsCacheFolder, readManifest } from '../js/platform/node/weights.js';
import { bundlePage } from './bundle.mjs';
import { makeInstallable } from './install.mjs';
import { WORD_MODEL } from './tabs/model_names.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SITE = path.join(ROOT, 'build/site');
const WEIGHTS = modelsCacheFolder();
const NOTICES = path.join(ROOT, 'dist/THIRD_PARTY_NOTICES');

/** Makes a hard link instead of a copy, if possible, because the files are large. @param {string} from @param {string} to */
async function linkFile(from, to) {
    await mkdir(path.dirname(to), { recursive: true });
    await link(realpathSync(from), to).catch(() => cp(from, to, { dereference: true }));
}

/**
 * The networks that the page uses: all for pictures, with those for texts of the same model, and the one that compares words.
 * @param {import('../js/models/manifest.js').Model[]} models
 */
export function networksOfPage(models) {
    const forPictures = new Set(models.filter(({ input }) => input === 'image').map(({ model }) => model));
    return models.filter(({ model, input }) => input && (forPictures.has(model) || model === WORD_MODEL));
}

/**
 * Copies the networks of safetensors files. Each file is listed separately, because a browser may keep those that are missing here.
 * @param {string} site
 * @param {import('../js/models/manifest.js').Model[]} models
 * @param {string} weights the folder
 */
export async function copyNetworks(site, models, weights) {
    const offered = [];
    for (const { id, model, task, input, files } of models) {
        for (const file of files) {
            const from = path.join(weights, file.path);
            const here = existsSync(from);
            offered.push({ id, model, task, input, path: file.path, bytes: here ? statSync(from).size : 0, here });
            for (const each of [from, `${from}.sha256`].filter((name) => existsSync(name))) {
                await linkFile(each, path.join(site, 'weights', path.relative(weights, each)));
            }
        }
    }
    await writeFile(path.join(site, 'networks.json'), JSON.stringify(offered));
}

/** Copies the weights that are here, and lists all models, for the page to offer. @param {string} site */
export async function copyWeights(site) {
    const all = (await readManifest()).models;
    await copyNetworks(site, networksOfPage(all), WEIGHTS);
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
 * Writes the whole site. Rejects with a sentence if a part of it is missing; missing weights are only reported.
 * @param {string} [site] the folder; its old contents are removed
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
