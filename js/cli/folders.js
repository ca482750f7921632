// Finds the pictures that a call names: files, and all pictures below a folder. Reports skipped and unreadable files.
import { statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { entriesOf } from '../platform/node/folder_entries.js';
import { onePath, systemPath } from '../platform/node/paths.js';
import { isTemporary } from '../platform/node/temporary.js';
import { isPictureFile } from './picture_files.js';
import { isStandardInput, isUrl } from './streams.js';
import { UsageError } from './usage.js';
import { expandWildcards } from './wildcards.js';

/**
 * @typedef {object} Input
 * @property {string} path
 * @property {string} name the path of the output below the output folder: without the folder that was named
 * @property {boolean} [inFolder] whether it was found there
 *
 * @typedef {object} Found
 * @property {Input[]} inputs
 * @property {{ path: string, kind: string }[]} passedOver files in folders that are not pictures, and their kinds
 * @property {{ input: string, error: unknown }[]} unread folders
 */

/**
 * @param {string[]} named files and folders; an input that is named twice is found once
 * @param {string} [output] a folder: existing files in it are not inputs
 * @returns {Found}
 */
export function findPictures(named, output) {
    /** @type {Found} */
    const found = { inputs: [], passedOver: [], unread: [] };
    for (const path of named.flatMap(namedPaths)) {
        if (statOrNothing(path)?.isDirectory()) new Walk(path, output, found).enter('');
        else found.inputs.push({ path, name: isStandardInput(path) ? 'stdin' : nameOf(path) });
    }
    const seen = new Set();
    const isNew = (/** @type {Input} */ { path }) => !seen.has(onePath(path)) && seen.add(onePath(path));
    return { ...found, inputs: found.inputs.filter(isNew) };
}

/**
 * The same for a command that prints a line for each picture: an input that is named twice has two lines, unless a folder is named.
 * @param {string[]} named
 * @returns {Found}
 * @throws {UsageError} for folders without pictures
 */
export function findNamed(named) {
    const paths = named.flatMap(namedPaths);
    if (paths.some((path) => statOrNothing(path)?.isDirectory())) return foundPictures(paths);
    return { inputs: paths.map((path) => ({ path, name: nameOf(path) })), passedOver: [], unread: [] };
}

/**
 * The result of findPictures, which must not be empty.
 * @param {string[]} named
 * @returns {Found}
 * @throws {UsageError}
 */
export function foundPictures(named) {
    const found = findPictures(named);
    const isNothing = named.length > 0 && found.inputs.length === 0 && found.unread.length === 0;
    if (isNothing) throw new UsageError(`Expected pictures in the folder ${named.join(', ')} but found none`);
    return found;
}

/**
 * The files that a name in a call means: itself, or those that match its * and ?.
 * @param {string} name
 */
const namedPaths = (name) => (!/[*?]/.test(name) || isUrl(name) || statOrNothing(name) ? [name] : expandWildcards(name));

/** @param {string} path or URL */
const nameOf = (path) => basename(isUrl(path) ? decodeURIComponent(new URL(path).pathname) : path);

/**
 * @param {string} path
 */
export function statOrNothing(path) {
    try {
        return statSync(systemPath(path));
    } catch {
        return undefined; // it does not exist, or cannot be used: opening it will report that
    }
}

class Walk {
    #root;
    #output;
    #found;

    /**
     * @param {string} root
     * @param {string | undefined} output
     * @param {Found} found is filled
     */
    constructor(root, output, found) {
        this.#root = root;
        // The output may lie in the folder; of a folder onto itself, every output would overwrite its input, which is reported elsewhere.
        this.#output = output === undefined || resolve(root) === resolve(output) ? undefined : resolve(output);
        this.#found = found;
    }

    /** @param {string} folder below the root */
    enter(folder) {
        const path = join(this.#root, folder);
        for (const { name, isFolder } of this.#entries(path)) {
            const below = join(folder, name);
            const full = join(this.#root, below);
            if (resolve(full) === this.#output || isTemporary(name)) continue;
            const kind = name.startsWith('.') ? 'hidden' : isFolder ? undefined : kindOf(full);
            if (kind !== undefined) this.#found.passedOver.push({ path: full, kind });
            else if (isFolder) this.enter(below);
            else this.#found.inputs.push({ path: full, name: below, inFolder: true });
        }
    }

    /**
     * Pictures and folders mixed, by their names.
     * @param {string} path
     */
    #entries(path) {
        try {
            return entriesOf(path);
        } catch (error) {
            this.#found.unread.push({ input: path, error });
            return [];
        }
    }
}

/**
 * The kind of an entry that is neither a folder nor a picture.
 * @param {string} path
 */
function kindOf(path) {
    const stats = statOrNothing(path);
    if (stats?.isDirectory()) return 'link to a folder'; // links may form a circle
    if (stats?.isFIFO()) return 'pipe';
    if (stats?.isSocket()) return 'socket';
    if (stats && !stats.isFile()) return 'device';
    try {
        return isPictureFile(path) ? undefined : extname(path).toLowerCase() || 'without an extension';
    } catch (error) {
        return /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT' ? 'link to nothing' : 'unreadable';
    }
}
