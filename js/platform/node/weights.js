// The manifest, the folders that may have models, and the path of a model's file in them. Reads no weights.
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelsCacheFolder } from './cache_folder.js';
import { AcgError } from '../../errors.js';

/**
 * @typedef {import('../../models/manifest.js').Manifest} Manifest
 * @typedef {import('../../models/manifest.js').ModelFile} ModelFile
 * @typedef {import('../../types.js').ModelLocation} ModelLocation
 */

export { modelsCacheFolder };

// The URL of the file, not of its folder: bundlers look for this form, and cannot read folders. A function, because an import must not fail.
const manifestFile = () => fileURLToPath(new URL('../../../models/manifest.json', import.meta.url));

/** The folders in the package that may contain weights: its users', and that of the default network. */
function packageFolders() {
    const own = dirname(manifestFile());
    return [own, join(own, '../dist/models')];
}

/** @returns {Promise<Manifest>} */
export async function readManifest() {
    return JSON.parse(await readFile(manifestFile(), 'utf8'));
}

/**
 * The folders that are searched for models, in this order.
 * @param {string} [given] must exist
 */
export async function modelFolders(given) {
    if (given !== undefined && !(await isFolder(given))) {
        throw new AcgError('NOT_FOUND', `Expected a folder with models at ${given} but there is none`);
    }
    const folders = [given, process.env.ACG2VEC_MODELS, modelsCacheFolder(), ...packageFolders()];
    return /** @type {string[]} */ (folders.filter(Boolean));
}

/**
 * The folder in the `models` option, if it is a folder.
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
 * @param {Iterable<string>} [avoid] paths not to use
 */
export async function locateModelFile(file, folders, avoid = []) {
    const refused = new Set(avoid);
    for (const folder of folders) {
        const path = join(folder, file.path);
        if (!refused.has(path) && (await stat(path).catch(() => undefined))) return path;
    }
    return undefined;
}

/** @param {string} path */
async function isFolder(path) {
    return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
