// Starts the threads of a build in a browser, for its loader.
import { startScript } from '../shared/script_worker.js';

/** @type {import('./native/builds.js').LoaderHost} */
export const browserLoader = { startThread, slowSplats: true }; // browsers without relaxed SIMD are Safari and old ones

/** @type {import('./native/builds.js').LoaderHost['startThread']} */
function startThread(variant, failed) {
    const here = import.meta.url;
    const worker = variant.startsWith('relaxed')
        ? startScript(startRelaxed, new URL('./thread_relaxed.js', here), 'em-pthread-relaxed')
        : startScript(startSimd, new URL('./thread_simd.js', here), 'em-pthread-simd');
    worker.addEventListener('error', (event) => {
        if (event.message) return; // it was loaded, and has thrown
        event.preventDefault();
        event.stopImmediatePropagation();
        failed(new Error("the script of its threads could not be loaded. It needs the same headers as the page's other scripts"));
    });
    return worker;
}

// written out in full: bundlers look for this form, and name chunks after the names, whose beginnings the loaders of the builds check.
function startRelaxed() {
    return new Worker(new URL('./thread_relaxed.js', import.meta.url), { type: 'module', name: 'em-pthread-relaxed' });
}

function startSimd() {
    return new Worker(new URL('./thread_simd.js', import.meta.url), { type: 'module', name: 'em-pthread-simd' });
}
