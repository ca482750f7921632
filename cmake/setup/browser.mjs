// Installs Debian's browsers: Chromium and Firefox for the tests of the page and the benchmarks, WebKitGTK on request:
// `node cmake/setup/browser.mjs [webkitgtk]`.
import { existsSync } from 'node:fs';
import { installPackages } from './debian.mjs';
import { SetupError, say } from './shell.mjs';

const BROWSERS = {
    chromium: { packages: ['chromium'], isThere: () => existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium') },
    firefox: { packages: ['firefox-esr'], isThere: () => existsSync(process.env.FIREFOX ?? '/usr/bin/firefox-esr') },
    webkitgtk: {
        packages: ['webkit2gtk-driver', 'xvfb'],
        isThere: () => ['/usr/bin/WebKitWebDriver', '/usr/bin/Xvfb'].every((path) => existsSync(path)),
    },
};

for (const name of ['chromium', 'firefox', ...process.argv.slice(2)]) {
    try {
        const { packages, isThere } = BROWSERS[name];
        if (!isThere()) installPackages(packages, `the tests in ${name}`);
    } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        // Tests without a browser still run; the others are skipped with a reason.
        say(error.message);
    }
}
