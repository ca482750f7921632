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
