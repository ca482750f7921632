// The results of results.js in this Node. As a program it prints those of a build and a number of threads: node tests/numbers/node.mjs simd-threads 2
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { findModel } from '../../js/models/manifest.js';
import { nodePlatform } from '../../js/platform/node/platform.js';
import { readModelFile } from '../../js/platform/node/stream.js';
import { readManifest } from '../../js/platform/node/weights.js';
import { resultsOf } from './results.js';

/** The network that enlarges. */
const { files } = findModel(await readManifest(), { model: 'se', scale: 2, denoise: 'conservative' });

const golden = async (path) => new Uint8Array(await readFile(new URL(`../golden/${path}`, import.meta.url)));
export const weights = async (path) => {
    const file = files.find((each) => each.path === path);
    return new Uint8Array(await readModelFile(file, { resolveUrl: String }));
};

/** @param {Parameters<typeof resultsOf>[1]} build */
export const resultsInNode = (build) => resultsOf(nodePlatform(), build, { golden, weights });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const [variant, threads] = process.argv.slice(2);
    console.log(JSON.stringify(await resultsInNode({ variant, threads: Number(threads) })));
}
