// The folder that the measured pages are served from: links into the checkout, the weights, the same network as ONNX.
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findModel } from '../../js/models.js';
import { readManifest, readModelFile } from '../../js/weights_node.js';
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

/**
 * @param {number[]} scales
 * @param {string} [models] folder of the weights, instead of the usual ones
 * @returns {Promise<string>} the folder; it has /weights/ and /onnx/SCALE.onnx
 */
export async function assembleSite(scales, models) {
    if (!existsSync(join(ROOT, 'dist/wasm'))) {
        throw new Error('Expected the engine in dist/wasm but found nothing: npm run build makes it');
    }
    const site = join(ROOT, 'build/bench');
    rmSync(site, { recursive: true, force: true });
    const write = (path, bytes) => {
        mkdirSync(dirname(join(site, path)), { recursive: true });
        writeFileSync(join(site, path), bytes);
    };
    const manifest = await readManifest();
    for (const scale of scales) {
        const files = new Map();
        for (const file of findModel(manifest, { ...MODEL, scale }).files) {
            const bytes = await readModelFile(file, { models, resolveUrl: String });
            write(join('weights', file.path), bytes);
            files.set(file.path.split('.').pop(), Buffer.from(bytes));
        }
        write(`onnx/${scale}.onnx`, ncnnToOnnx(files.get('param').toString(), files.get('bin')));
    }
    for (const [name, target] of Object.entries(LINKS)) symlinkSync(join(ROOT, target), join(site, name));
    return site;
}
