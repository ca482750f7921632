// The platform of browsers: module workers, fetch, and notes in the Cache API.
import { AcgError } from '../../errors.js';
import { fetchBytes } from '../../models/download.js';
import { startScript } from '../../shared/script_worker.js';
import { checkKeeping } from './check_keeping.js';
import { startDatabase } from './database.js';
import { listOriginals } from './model_files.js';
import { listFolder, thumbnail } from './pictures.js';
import { clearKept, listKept, resolveUrl, streamModelFile } from './weights.js';
import { whyNotLoaded } from './why_not_loaded.js';
import { WorkerWatch } from './worker_watch.js';

/**
 * @typedef {import('../platform.js').Platform} Platform
 */

/** @returns {Platform} */
export function browserPlatform() {
    return {
        host: { cores: globalThis.navigator?.hardwareConcurrency || 1, isolated: globalThis.crossOriginIsolated === true },
        startWorker,
        startDatabase,
        indexLocation: (location = 'acg2vec.db') => location,
        pictures: { fileOf: async () => undefined, exists: async () => true, listFolder, thumbnail },
        readUrl: fetchBytes,
        resolveUrl,
        notes: { read: readNotes, write: writeNotes },
        readManifest,
        streamModelFile,
        hashesStreams: false,
        keptModels: { check: checkKeeping, list: listKept, listOriginals, clear: clearKept },
    };
}

const ENTRY = '../../worker/entry_browser.js';

// written out in full: bundlers look for this form
const startEntry = () => new Worker(new URL('../../worker/entry_browser.js', import.meta.url), { type: 'module' });

/** @type {Platform['startWorker']} */
function startWorker({ onMessage, onDeath }) {
    if (typeof Worker === 'undefined') throw new AcgError('UNSUPPORTED', noWorkers());
    const here = import.meta.url;
    /** @type {Worker} */
    let worker;
    try {
        worker = startScript(startEntry, new URL(ENTRY, here));
    } catch {
        whyNotLoaded(here, ENTRY).then(onDeath); // refused at once, as by Chromium 109; others fire an event
        return { post: () => {}, hold: () => {}, stop: async () => {} };
    }
    const watch = new WorkerWatch(onDeath);
    worker.onmessage = ({ data }) => {
        if (data.type === 'worker') return watch.note(data);
        if (!data.lock) return onMessage(data);
        navigator.locks.request(data.lock, () => onDeath('the browser ended it, perhaps for want of memory'));
    };
    worker.onerror = async (event) => {
        event.preventDefault();
        onDeath(event.message || (await whyNotLoaded(here, ENTRY)));
    };
    return {
        post: (message, transfer) => worker.postMessage(message, transfer),
        hold: () => {},
        stop: async () => {
            watch.end();
            worker.terminate();
        },
    };
}

function noWorkers() {
    const isService = 'ServiceWorkerGlobalScope' in globalThis;
    const where = isService
        ? 'A service worker cannot start the worker that the engine runs in'
        : 'There are no workers here, and the engine runs in one';
    return `${where}: create the engine in a page, in a worker that a page started, or in Node`;
}

/** @returns {Promise<import('../../models/manifest.js').Manifest>} */
async function readManifest() {
    const url = new URL('../../../models/manifest.json', import.meta.url);
    const text = new TextDecoder().decode(await fetchBytes(url));
    try {
        return JSON.parse(text);
    } catch (error) {
        const found = /^\s*</.test(text) ? 'a page' : 'something else';
        const remedy = 'The folder models of the package has to be served as it is (docs/guide/hosting.md)';
        throw new AcgError('NOT_FOUND', `Expected the list of models at ${url} but found ${found}. ${remedy}`, { cause: error });
    }
}

const NOTES = '/acg2vec-notes/speed.json';

// The Cache API, because workers have no localStorage.
async function readNotes() {
    const cache = await caches.open('acg2vec-notes');
    return (await cache.match(NOTES))?.text();
}

/** @param {string} text */
async function writeNotes(text) {
    const cache = await caches.open('acg2vec-notes');
    await cache.put(NOTES, new Response(text));
}
