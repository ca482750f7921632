// What a browser is to the client: module workers, fetch, and notes in the Cache API.
import { fetchBytes } from '../../models/download.js';
import { listOriginals } from './model_files.js';
import { listFolder, thumbnail } from './pictures.js';
import { clearKept, listKept, resolveUrl, streamModelFile } from './weights.js';

/**
 * @typedef {import('../platform.js').Platform} Platform
 */

/** @returns {Platform} */
export function browserPlatform() {
    return {
        host: { cores: navigator.hardwareConcurrency || 1, isolated: globalThis.crossOriginIsolated === true },
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
        keptModels: { list: listKept, listOriginals, clear: clearKept },
    };
}

/** @type {Platform['startWorker']} */
function startWorker({ onMessage, onDeath }) {
    // literally so: bundlers look for this form
    const worker = new Worker(new URL('../../worker/entry_browser.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => {
        if (!data.lock) return onMessage(data);
        navigator.locks.request(data.lock, () => onDeath('the browser ended it, perhaps for want of memory'));
    };
    worker.onerror = (event) => {
        event.preventDefault();
        onDeath(event.message || 'its script could not be loaded');
    };
    return {
        post: (message, transfer) => worker.postMessage(message, transfer),
        hold: () => {},
        stop: async () => worker.terminate(),
    };
}

/** @type {Platform['startDatabase']} */
function startDatabase({ onMessage, onDeath }) {
    const worker = new Worker(new URL('../../worker/database/entry_browser.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => onMessage(data);
    worker.onerror = (event) => {
        event.preventDefault();
        onDeath(event.message || 'its script could not be loaded');
    };
    return {
        post: (message, transfer) => worker.postMessage(message, transfer),
        hold: () => {},
        stop: async () => worker.terminate(),
    };
}

/** @returns {Promise<import('../../models/manifest.js').Manifest>} */
async function readManifest() {
    const bytes = await fetchBytes(new URL('../../../models/manifest.json', import.meta.url));
    return JSON.parse(new TextDecoder().decode(bytes));
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
