// The browsers that tests and benchmarks run in, each by its driver: `missing` (false, or why) and `launch`.
import * as chromium from './chromium.mjs';
import * as firefox from './firefox.mjs';
import * as webkitgtk from './webkitgtk.mjs';

/** hasThreads: on an isolated page. */
export const BROWSERS = {
    chromium: { ...chromium, hasThreads: true },
    firefox: { ...firefox, hasThreads: true },
    // it hides SharedArrayBuffer, also on isolated pages, and cannot send shared memory to a worker
    webkitgtk: { ...webkitgtk, hasThreads: false },
    'webkitgtk-threads': {
        ...webkitgtk,
        hasThreads: true,
        launch: () => webkitgtk.launch({ env: { JSC_useSharedArrayBuffer: '1' } }),
    },
};

/**
 * The browser of the option --browser.
 * @param {string} name
 * @param {ErrorConstructor} [Unknown] the class of the error for an unknown browser
 */
export function findBrowser(name, Unknown = Error) {
    const browser = BROWSERS[name];
    if (!browser) throw new Unknown(`Expected one of ${Object.keys(BROWSERS).join(', ')} for --browser but received ${name}`);
    if (browser.missing) throw new Error(`Expected ${name} but ${browser.missing}`);
    return browser;
}
