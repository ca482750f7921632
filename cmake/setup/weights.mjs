// The published weights that the page offers and the tests use, by the command that users have: checked, into the user's cache.
import { join } from 'node:path';
import { SetupError, root, run, say } from './shell.mjs';

const wanted = 'realcugan/se';

export function ensureWeights() {
    try {
        run(process.execPath, [join(root, 'js/cli.js'), 'models', 'fetch', wanted]);
    } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        // What can be built and tested without them still is; the tests that need them say that they are skipped.
        say(`the weights of ${wanted} could not be had. ${error.message}`);
    }
}
