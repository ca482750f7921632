// Assembles the page, the package, and the weights that are on this machine into build/site. Any static host can serve
// that folder.
import { createHash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { cp, link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelsCacheFolder, readManifest } from '../js/weights_node.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SITE = path.join(ROOT, 'build/site');
const WEIGHTS = modelsCacheFolder();

/** @param {string} from @param {string} to @param {RegExp} [names] */
async function copyFolder(from, to, names = /./) {
    const files = (await readdir(from, { withFileTypes: true })).filter(
        (entry) => entry.isFile() && names.test(entry.name),
    );
    if (!files.length) {
        throw new Error(`Found nothing to copy in ${from}`);
    }
    await mkdir(to, { recursive: true });
    await Promise.all(files.map(({ name }) => cp(path.join(from, name), path.join(to, name), { dereference: true })));
}

/** The policy in the page allows its one inline script, the import map, by hash. @param {string} site */
async function writeIndex(site) {
    const html = await readFile(path.join(ROOT, 'web/index.html'), 'utf8');
    const map = /<script type="importmap">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    const hash = `sha256-${createHash('sha256').update(map).digest('base64')}`;
    await writeFile(path.join(site, 'index.html'), html.replace('{{import-map-hash}}', hash));
}

/** Large files are not copied where a second name will do. @param {string} from @param {string} to */
async function linkFile(from, to) {
    await mkdir(path.dirname(to), { recursive: true });
    await link(realpathSync(from), to).catch(() => cp(from, to, { dereference: true }));
}

/** The networks that the page lets look at pictures. */
export const NETWORKS = ['dclip/image', 'dclip/text', 'pix2score', 'deepdanbooru'];

/**
 * The networks of safetensors files: each file counts for itself, since a user may have what is missing.
 * @param {string} site
 * @param {import('../js/models.js').Model[]} models
 * @param {string} weights the folder
 */
export async function copyNetworks(site, models, weights) {
    const offered = [];
    for (const { id, network, files } of models) {
        for (const file of files) {
            const from = path.join(weights, file.path);
            const here = existsSync(from);
            const role = file.path.endsWith('.safetensors') ? network : network === 'deepdanbooru' ? 'tags' : 'vocabulary';
            offered.push({ id, role, path: file.path, bytes: here ? statSync(from).size : 0, here });
            for (const each of [from, `${from}.sha256`].filter((name) => existsSync(name))) {
                await linkFile(each, path.join(site, 'weights', path.relative(weights, each)));
            }
        }
    }
    await writeFile(path.join(site, 'networks.json'), JSON.stringify(offered));
}

/** Copies what is here, and writes down what there is at all, for the page to offer. @param {string} site */
async function copyWeights(site) {
    const all = (await readManifest()).models;
    await copyNetworks(site, all.filter(({ id }) => NETWORKS.includes(id)), WEIGHTS);
    const models = all.filter((model) => model.network === 'cugan');
    /** @type {string[]} */
    const missing = [];
    const offered = [];
    for (const { id, model, scale, denoise, files } of models) {
        const here = files.every((file) => existsSync(path.join(WEIGHTS, file.path)));
        offered.push({ model, scale, denoise, here });
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
    await rm(site, { recursive: true, force: true });
    await mkdir(site, { recursive: true });
    await copyFolder(path.join(ROOT, 'web'), site, /\.(css|js|svg)$/);
    await writeIndex(site);
    await copyFolder(path.join(ROOT, 'js'), path.join(site, 'acg2vec/js'), /\.js$/);
    await copyFolder(path.join(ROOT, 'dist/wasm'), path.join(site, 'acg2vec/dist/wasm'), /\.(mjs|wasm)$/);
    await copyFolder(path.join(ROOT, 'models'), path.join(site, 'acg2vec/models'), /^manifest\.json$/);
    const detect = fileURLToPath(import.meta.resolve('wasm-feature-detect'));
    await cp(detect, path.join(site, 'vendor/wasm-feature-detect.js'));
    await cp(fileURLToPath(import.meta.resolve('client-zip')), path.join(site, 'vendor/client-zip.js'));
    return copyWeights(site);
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
