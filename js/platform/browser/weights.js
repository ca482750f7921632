// Model files in a browser: converted here (model_files.js), or fetched, checked, and kept in the Cache API while they are used.
import { AcgError, sentence } from '../../errors.js';
import { locateModel } from '../../models/location.js';
import { badModel, publishedSha256 } from '../../models/manifest.js';
import { pieces } from '../../models/download.js';
import { blamesFile, checked, expectedSha256, streamFirst, streamGiven, streamUrl } from '../../models/stream.js';
import { findModelFile, listModelFiles, removeModelFile, removeOriginal } from './model_files.js';
import { packagedUrls } from './packaged.js';
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
 * @returns {import('../../models/stream.js').Pieces}
 */
export async function* streamModelFile(file, { models, sha256, onWarning, avoid, ...options }) {
    const hash = { add: () => {}, end: async () => sha256?.() }; // the receiver computes the hash
    const given = models === undefined ? undefined : await locateModel(models, file.path, resolveUrl, options.signal);
    if (given instanceof Response) return yield* streamGiven(file, given, { ...options, hash });
    const converted = given === undefined ? await findModelFile(file.path) : undefined;
    if (converted) return yield* streamConverted(file, converted, { ...options, hash });
    const cache = await openCache();
    const kept = cache && new PartCache(cache, cacheKey(file));
    const whole = await kept?.whole().catch(() => undefined);
    if (kept && whole && canBe(file, whole)) {
        try {
            const expected = whole.sha256 ? [whole.sha256] : publishedSha256(file);
            return void (yield* checked(file, kept.read(), { hash, expected, from: CACHE, ...options }));
        } catch (error) {
            if (blamesFile(error)) {
                await kept.discard();
                avoid?.set(CACHE, undefined);
                onWarning?.(deleted(file, error));
            }
            throw error;
        }
    }
    const store = () => cache && new PartCache(cache, cacheKey(file));
    const urls = given === undefined ? [...packagedUrls(file.path), ...webSources(file)] : [given];
    yield* streamFirst(file, urls, (url) => streamUrl(file, url, { ...options, hash, store: store() }));
}

/**
 * If it is damaged, it is removed, and has to be converted again.
 * @param {ModelFile} file
 * @param {File} converted
 * @param {import('../../models/stream.js').StreamOptions & { hash: import('../../models/stream.js').Hash }} options
 * @returns {import('../../models/stream.js').Pieces}
 */
async function* streamConverted(file, converted, { hash, onBytes, onSha256 }) {
    try {
        const expected = await expectedSha256(file, async () => (await findModelFile(`${file.path}.sha256`))?.text());
        yield* checked(file, pieces(converted.stream()), { hash, expected, from: 'this browser', onBytes, onSha256 });
    } catch (error) {
        if (blamesFile(error)) await removeModelFile(file.path);
        throw error;
    }
}

/**
 * Whether the kept file is one of the published versions, which a later release may have changed.
 * @param {ModelFile} file
 * @param {import('./part_cache.js').Whole} whole
 */
function canBe(file, { bytes, sha256 }) {
    return (
        file.versions.length === 0 ||
        bytes === undefined ||
        file.versions.some((version) => version.bytes === bytes && version.sha256 === (sha256 ?? version.sha256))
    );
}

/** @returns {Promise<{ path: string, bytes: number }[]>} the kept files, also unfinished ones */
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
    for (const { path, bytes } of await listModelFiles()) sizes.set(path, (sizes.get(path) ?? 0) + bytes);
    return [...sizes].map(([path, bytes]) => ({ path, bytes }));
}

/**
 * @param {ModelFile[]} files
 * @param {string[]} [publications]
 */
export async function clearKept(files, publications = []) {
    const cache = await openCache();
    for (const file of files) {
        await cache?.delete(cacheKey(file), { ignoreSearch: true });
        await removeModelFile(file.path);
    }
    for (const name of publications) await removeOriginal(name);
}

/** The cache, or undefined where the browser keeps nothing for this page. */
async function openCache() {
    return globalThis.caches?.open(CACHE_NAME).catch(() => undefined);
}

/** @param {ModelFile} file */
function webSources(file) {
    return file.sources.filter((source) => /^https?:/.test(source));
}

/** @param {ModelFile} file */
function cacheKey(file) {
    return KEY_PREFIX + file.path;
}

/**
 * @param {ModelFile} file
 * @param {unknown} error the fault of the kept file
 */
function deleted(file, error) {
    const isSaid = error instanceof AcgError && error.code === 'BAD_MODEL';
    return `${sentence(isSaid ? error : badModel(file, CACHE, sentence(error)))}. It was deleted there, and is fetched again`;
}
