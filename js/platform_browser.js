// What a browser is to the client: module workers, fetch, and the Cache API for weights.
import { checkFile } from './models.js';
import { fetchBytes } from './fetch.js';
import { readFirst, readModelLocation } from './model_location.js';

/**
 * @typedef {import('./client.js').Platform} Platform
 * @typedef {import('./client.js').ReadModelOptions} ReadModelOptions
 * @typedef {import('./models.js').ModelFile} ModelFile
 */

const CACHE_NAME = 'acg2vec-models';

/** @returns {Platform} */
export function browserPlatform() {
    return {
        host: { cores: navigator.hardwareConcurrency || 1, isolated: globalThis.crossOriginIsolated === true },
        startWorker,
        readUrl: (url, signal) => fetchBytes(url, { signal }),
        resolveUrl,
        notes: { read: readNotes, write: writeNotes },
        readManifest,
        readModelFile,
    };
}

/** @type {Platform['startWorker']} */
function startWorker({ onMessage, onDeath }) {
    // literally so: bundlers look for this form
    const worker = new Worker(new URL('./worker_browser.js', import.meta.url), { type: 'module' });
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

/** @param {string | URL} location */
function resolveUrl(location) {
    return new URL(location, globalThis.document?.baseURI ?? globalThis.location.href).href;
}

/** @returns {Promise<import('./models.js').Manifest>} */
async function readManifest() {
    const bytes = await fetchBytes(new URL('../models/manifest.json', import.meta.url));
    return JSON.parse(new TextDecoder().decode(bytes));
}

/**
 * @param {ModelFile} file
 * @param {ReadModelOptions} options
 */
async function readModelFile(file, { models, signal, onBytes }) {
    const kept = await readCache(file);
    if (kept) {
        onBytes?.(kept.byteLength);
        return kept;
    }
    const { bytes, from } = await (models === undefined
        ? readFirst(file.path, webSources(file), (url) => fetchBytes(url, { signal, onBytes }))
        : readModelLocation(models, file.path, resolveUrl, { signal, onBytes }));
    await checkFile(file, bytes, from);
    await writeCache(file, bytes);
    return bytes;
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

/** @param {ModelFile} file */
function webSources(file) {
    return file.sources.filter((source) => source.startsWith('https:'));
}

/** @param {ModelFile} file */
function cacheKey(file) {
    return `/acg2vec-models/${file.path}`;
}

/**
 * What was kept, if it still is what it should be.
 * @param {ModelFile} file
 */
async function readCache(file) {
    try {
        const cache = await caches.open(CACHE_NAME);
        const response = await cache.match(cacheKey(file));
        if (!response) return undefined;
        const bytes = new Uint8Array(await response.arrayBuffer());
        await checkFile(file, bytes, 'the cache').catch(async (error) => {
            await cache.delete(cacheKey(file));
            throw error;
        });
        return bytes;
    } catch {
        return undefined; // no cache (no secure context, private window), or not what it should be: fetch
    }
}

/**
 * @param {ModelFile} file
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function writeCache(file, bytes) {
    try {
        const cache = await caches.open(CACHE_NAME);
        await cache.put(cacheKey(file), new Response(bytes));
    } catch {
        // no cache, or it is full: the next visit fetches again
    }
}
