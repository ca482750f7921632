// Installs Debian's Chromium for the tests of the page and the benchmarks: `node cmake/setup/browser.mjs`.
import { existsSync } from 'node:fs';
import { installPackages } from './debian.mjs';
import { SetupError, say } from './shell.mjs';

try {
    if (!existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium')) installPackages(['chromium'], 'the tests in a browser');
} catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // What needs no browser is still tested; the rest says that it is skipped.
    say(error.message);
}
