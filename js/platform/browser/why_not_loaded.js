// Finds out why a worker's script did not load: browsers do not say, so it is requested again, and the response is examined.
import { AcgError, sentence } from '../../errors.js';

const GUIDE = 'docs/guide/hosting.md';
const SCRIPT_TYPES = /^(text|application)\/(x-)?(java|ecma)script\b/i;

/** The path of this file if no bundler has moved it. */
const UNBUNDLED = /\/js\/platform\/browser\/[^/]*$/;

/**
 * @param {string} here of the module that started the worker
 * @param {string} path of the script, seen from there
 * @returns {Promise<AcgError>}
 */
export async function whyNotLoaded(here, path) {
    if (here.includes('/.vite/')) return notLoaded(`this Vite moves it away in development: set optimizeDeps: { exclude: ['acg2vec'] }`);
    if (!UNBUNDLED.test(new URL(here).pathname)) {
        return notLoaded('it has to be beside the bundle, with the same headers as the page, and allowed by its Content-Security-Policy');
    }
    const url = new URL(path, here);
    return notLoaded(`${url}: ${await reason(url)}`);
}

/** @param {URL} url */
async function reason(url) {
    try {
        const { ok, status, headers } = await fetch(url);
        const type = headers.get('content-type') ?? 'nothing';
        if (!ok) return `the server answered ${status}. The folders js, dist and models of the package have to be served as they are`;
        if (!SCRIPT_TYPES.test(type)) return `it is served as ${type}, but has to be text/javascript`;
        const isOwn = url.origin === globalThis.location.origin;
        if (isOwn && globalThis.crossOriginIsolated && !headers.has('cross-origin-embedder-policy'))
            return 'the page is isolated, so its workers need the header Cross-Origin-Embedder-Policy: require-corp too';
        if (!isOwn) return 'it is of another origin, and the Content-Security-Policy has to allow blob: workers and scripts from there';
        return 'the script, or one that it imports, is not allowed or not there';
    } catch (error) {
        return `it could not be fetched (${sentence(error)})`;
    }
}

/** @param {string} why */
const notLoaded = (why) =>
    new AcgError('NOT_FOUND', `The script of the engine's worker could not be loaded: ${why} (${GUIDE})`, {
        reason: 'ENGINE_NOT_LOADED',
        values: { why },
    });
