// Model files in a browser: fetched, checked, and kept in the Cache API; large ones in pieces, while the engine reads them.
import { AcgError, sentence } from '../../errors.js';
import { fetchBytes } from '../../models/fetch.js';
import { FUNCTION, locateModel, readFirst, readModelLocation } from '../../models/location.js';
import { checked, streamFirst, streamGiven } from '../../models/stream.js';
import { checkFile } from '../../models/manifest.js';
import { PartCache } from './part_cache.js';

/**
 * @typedef {import('../platform.js').ReadModelOptions} ReadModelOptions
 * @typedef {import('../../models/manifest.js').ModelFile} ModelFile
 */

const CACHE_NAME = 'acg2vec-models';
const KEY_PREFIX = '/acg2vec-models/';
const CACHE = 'the cache'; // in messages

/** @param {string | URL} location */
export function resolveUrl(location) {
    return new URL(location, globalThis.document?.baseURI ?? globalThis.location.href).href;
}

/**
 * @param {ModelFile} file
 * @param {ReadModelOptions} options
 */
export async function readModelFile(file, { models, signal, onBytes, onWarning }) {
    const kept = await readCache(file, onWarning);
    if (kept) {
        onBytes?.(kept.byteLength);
        return kept;
    }
    const { bytes, from } = await (models === undefined
        ? readFirst(file, webSources(file), (url) => fetchBytes(url, { signal, onBytes }))
        : readModelLocation(models, file.path, resolveUrl, { signal, onBytes }));
    await checkFile(file, bytes, from);
    if (from !== FUNCTION) await writeCache(file, bytes); // the caller keeps its own
    return bytes;
}

/**
 * @param {ModelFile} file
 * @param {ReadModelOptions} options
 * @returns {import('../../models/stream.js').Pieces}
 */
export async function* streamModelFile(file, { models, sha256, onWarning, avoid, ...options }) {
    const hash = () => ({ add: () => {}, end: async () => sha256?.() }); // in the engine, where the bytes go anyway
    const given = models === undefined ? undefined : await locateModel(models, file.path, resolveUrl, options.signal);
    if (given instanceof Response) return yield* streamGiven(file, given, { ...options, hash });
    const cache = await openCache();
    const kept = cache && new PartCache(cache, cacheKey(file));
    const whole = await kept?.whole();
    if (kept && whole && canBe(file, whole)) {
        let isGood = false;
        /** @type {unknown} */
        let error = new AcgError('BAD_MODEL', `The model file ${file.path} from ${CACHE} could not be used`);
        try {
            const expected = whole.sha256 ? [whole.sha256] : [];
            yield* checked(file, counted(kept.read(), options.onBytes), { hash: hash(), expected, from: CACHE });
            isGood = true;
        } catch (thrown) {
            throw (error = thrown);
        } finally {
            if (!isGood && !options.signal?.aborted) {
                await kept.discard();
                avoid?.set(CACHE, undefined);
                onWarning?.(deleted(error));
            }
        }
        return;
    }
    const urls = given === undefined ? webSources(file) : [given];
    yield* streamFirst(file, urls, { ...options, hash, store: cache && (() => new PartCache(cache, cacheKey(file))) });
}

/**
 * Whether what was kept is one of the file's published versions, which a later release may have changed.
 * @param {ModelFile} file
 * @param {{ bytes: number, sha256?: string }} whole
 */
function canBe(file, { bytes, sha256 }) {
    return (
        file.versions.length === 0 ||
        file.versions.some((version) => version.bytes === bytes && version.sha256 === (sha256 ?? version.sha256))
    );
}

/**
 * @param {AsyncIterable<Uint8Array<ArrayBuffer>>} pieces
 * @param {((bytes: number) => void) | undefined} onBytes
 */
async function* counted(pieces, onBytes) {
    for await (const piece of pieces) {
        onBytes?.(piece.length);
        yield piece;
    }
}

/** @returns {Promise<{ path: string, bytes: number }[]>} what is kept, parts of files too */
export async function listKept() {
    const cache = await openCache();
    /** @type {Map<string, number>} */
    const sizes = new Map();
    for (const request of (await cache?.keys()) ?? []) {
        const { pathname, search } = new URL(request.url);
        const path = pathname.slice(KEY_PREFIX.length);
        const blob = search === '?note' ? undefined : await (await cache?.match(request))?.blob();
        sizes.set(path, (sizes.get(path) ?? 0) + (blob?.size ?? 0));
    }
    return [...sizes].map(([path, bytes]) => ({ path, bytes }));
}

/** @param {ModelFile[]} files */
export async function clearKept(files) {
    const cache = await openCache();
    for (const file of files) await cache?.delete(cacheKey(file), { ignoreSearch: true });
}

/** The cache, or undefined where there is none (no secure context, a private window). */
async function openCache() {
    return globalThis.caches?.open(CACHE_NAME).catch(() => undefined);
}

/** @param {ModelFile} file */
function webSources(file) {
    return file.sources.filter((source) => source.startsWith('https:'));
}

/** @param {ModelFile} file */
function cacheKey(file) {
    return KEY_PREFIX + file.path;
}

/** @param {unknown} error what is wrong with what was kept */
function deleted(error) {
    return `${sentence(error)}. It was deleted there, and is fetched again`;
}

/**
 * What was kept, if it still is what it should be.
 * @param {ModelFile} file
 * @param {ReadModelOptions['onWarning']} onWarning
 */
async function readCache(file, onWarning) {
    try {
        const cache = await caches.open(CACHE_NAME);
        const response = await cache.match(cacheKey(file));
        if (!response) return undefined;
        const bytes = new Uint8Array(await response.arrayBuffer());
        await checkFile(file, bytes, CACHE).catch(async (error) => {
            await cache.delete(cacheKey(file));
            onWarning?.(deleted(error));
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
