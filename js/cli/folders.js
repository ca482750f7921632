// Finds the pictures that a call names: files as they are, and all pictures below a folder. Opens none of them.
import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import { UsageError } from './usage.js';

const PICTURES = ['.png', '.apng', '.jpg', '.jpeg', '.webp', '.gif', '.bmp'];

/**
 * @typedef {object} Input
 * @property {string} path
 * @property {string} name where the output belongs, below the output folder: a path without the folder that was named
 * @property {boolean} [inFolder] whether it was found there
 */

/**
 * @param {string[]} named files and folders
 * @param {string} output what is there already of it is no input
 * @returns {Input[]}
 * @throws {UsageError} for a folder that cannot be read or holds no picture
 */
export function findPictures(named, output) {
    return named.flatMap((path) => {
        const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
        return isFolder ? picturesBelow(path, output) : [{ path, name: basename(path) }];
    });
}

/**
 * @param {string} folder
 * @param {string} output
 * @returns {Input[]}
 */
function picturesBelow(folder, output) {
    const found = namesBelow(folder)
        .filter((name) => PICTURES.includes(extname(name).toLowerCase()))
        .map((name) => ({ path: join(folder, name), name, inFolder: true }))
        // The output may lie in the folder; of a folder onto itself, every output would overwrite its input, which is said elsewhere.
        .filter(({ path }) => resolve(folder) === resolve(output) || !isBelow(path, output));
    if (found.length === 0) throw new UsageError(`Expected pictures in the folder ${folder} but found none`);
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @param {string} folder */
function namesBelow(folder) {
    try {
        const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
        return entries.filter((entry) => !entry.isDirectory()).map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)));
    } catch (error) {
        throw new UsageError(`The folder ${folder} could not be read: ${/** @type {Error} */ (error).message}`, { cause: error });
    }
}

/**
 * @param {string} path
 * @param {string} folder
 */
function isBelow(path, folder) {
    return resolve(path).startsWith(resolve(folder) + sep);
}
