// The folders that the measured pages are served from: the page that measures peers, beside links into the checkout, the weights and
// the same network as ONNX; the cold page, bundled as the real one is.
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePage } from '../../web/bundle.mjs';
import { findModel } from '../../js/models/manifest.js';
import { readModelFile } from '../../js/platform/node/stream.js';
import { readManifest } from '../../js/platform/node/weights.js';
import { ncnnToOnnx } from './ncnn_to_onnx.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LINKS = {
    'index.html': 'tests/bench/page.html',
    bench: 'tests/bench',
    js: 'js',
    dist: 'dist',
    models: 'models',
    node_modules: 'node_modules',
};

/** What is measured: the published weights, as the manifest names them. */
const MODEL = { model: 'se', denoise: 'conservative' };

/** @param {string} site @param {string} path @param {string | Uint8Array} bytes */
function write(site, path, bytes) {
    mkdirSync(dirname(join(site, path)), { recursive: true });
    writeFileSync(join(site, path), bytes);
}

/**
 * Puts a scale's weights into the folder's /weights/.
 * @param {string} site
 * @param {number} scale
 * @param {string} [models] folder of the weights, instead of the usual ones
 * @returns {Promise<Map<string, Uint8Array>>} the files by extension
 */
async function writeWeights(site, scale, models) {
    const files = new Map();
    for (const file of findModel(await readManifest(), { ...MODEL, scale }).files) {
        const bytes = await readModelFile(file, { models, resolveUrl: String });
        write(site, join('weights', file.path), bytes);
        files.set(file.path.split('.').pop(), bytes);
    }
    return files;
}

function checkBuild() {
    if (existsSync(join(ROOT, 'dist/wasm'))) return;
    throw new Error('Expected the engine in dist/wasm but found nothing: npm run build makes it');
}

/**
 * @param {number[]} scales
 * @param {string} [models] folder of the weights, instead of the usual ones
 * @returns {Promise<string>} the folder; it has /weights/ and /onnx/SCALE.onnx
 */
export async function assembleSite(scales, models) {
    checkBuild();
    const site = join(ROOT, 'build/bench');
    rmSync(site, { recursive: true, force: true });
    for (const scale of scales) {
        const files = await writeWeights(site, scale, models);
        write(site, `onnx/${scale}.onnx`, ncnnToOnnx(Buffer.from(files.get('param')).toString(), Buffer.from(files.get('bin'))));
    }
    for (const [name, target] of Object.entries(LINKS)) symlinkSync(join(ROOT, target), join(site, name));
    return site;
}

/** @param {number} scale @returns {Promise<string>} the folder; its page is cold.html, with the package in it */
export async function assembleColdSite(scale) {
    checkBuild();
    const site = join(ROOT, 'build/bench-cold');
    await bundlePage(join(ROOT, 'tests/bench/cold.html'), site);
    renameSync(join(site, 'cold.html'), join(site, 'index.html'));
    await writeWeights(site, scale);
    return site;
}
