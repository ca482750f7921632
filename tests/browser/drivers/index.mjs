// The browsers that tests and benchmarks run in, each by its driver: `missing` (false, or why) and `launch`.
import * as chromium from './chromium.mjs';
import * as firefox from './firefox.mjs';
import * as webkitgtk from './webkitgtk.mjs';

/** hasThreads: on an isolated page. */
export const BROWSERS = {
    chromium: { ...chromium, hasThreads: true },
    firefox: { ...firefox, hasThreads: true },
    // it hides SharedArrayBuffer, on isolated pages too, and lets no shared memory go to a worker
    webkitgtk: { ...webkitgtk, hasThreads: false },
    'webkitgtk-threads': {
        ...webkitgtk,
        hasThreads: true,
        launch: () => webkitgtk.launch({ env: { JSC_useSharedArrayBuffer: '1' } }),
    },
};

/**
 * The one that a program was told by --browser.
 * @param {string} name
 * @param {ErrorConstructor} [Unknown] of the error that there is no such browser
 */
export function findBrowser(name, Unknown = Error) {
    const browser = BROWSERS[name];
    if (!browser) throw new Unknown(`Expected one of ${Object.keys(BROWSERS).join(', ')} for --browser but received ${name}`);
    if (browser.missing) throw new Error(`Expected ${name} but ${browser.missing}`);
    return browser;
}
