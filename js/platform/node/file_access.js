// Files and folders of Node for the readers of published files (models/originals). The caller closes what it opens.
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AcgError } from '../../errors.js';
import { randomAccess } from '../../models/originals/access.js';
import { readableError } from './system_errors.js';
import { systemPath } from './paths.js';

/**
 * @typedef {import('../../models/originals/original.js').RandomAccess} RandomAccess
 * @typedef {import('../../models/originals/original.js').Folder} Folder
 * @typedef {{ close: () => Promise<void> }} Closed
 */

// A folder of a published model has a few dozen files, in one level of subfolders.
const MAX_NAMES = 4096;
const MAX_DEPTH = 3;

/**
 * @param {string} path
 * @returns {Promise<RandomAccess & Closed>}
 * @throws {Error} with the system's message and code
 */
export async function openFileAccess(path) {
    try {
        const file = await open(systemPath(path));
        const { size } = await file.stat().catch(async (error) => {
            await file.close();
            throw error;
        });
        const access = randomAccess(size, (at, length) => readFully(file, path, at, length));
        return { ...access, close: () => file.close() };
    } catch (error) {
        throw readableError(error, path);
    }
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {string} path
 * @param {number} at
 * @param {number} length
 */
export async function readFully(file, path, at, length) {
    const bytes = new Uint8Array(length);
    for (let n = 0; n < length; ) {
        const { bytesRead } = await file.read(bytes, n, length - n, at + n).catch((error) => {
            throw readableError(error, path);
        });
        if (bytesRead === 0) throw new AcgError('UNREADABLE', `${path} became shorter while it was read`);
        n += bytesRead;
    }
    return bytes;
}

/**
 * @param {string} path
 * @returns {Promise<Folder & Closed>}
 * @throws {Error} with the system's message and code
 */
export async function openFolderAccess(path) {
    const names = await namesBelow(path, '', MAX_DEPTH).catch((error) => {
        throw readableError(error, path);
    });
    /** @type {Map<string, Promise<RandomAccess & Closed>>} */
    const opened = new Map();
    const openOne = (/** @type {string} */ name) => {
        const one = opened.get(name) ?? openFileAccess(join(path, name));
        opened.set(name, one);
        return one;
    };
    async function* stream(/** @type {string} */ name) {
        yield* (await openOne(name)).stream();
    }
    const close = async () => {
        for (const each of await Promise.allSettled(opened.values())) if (each.status === 'fulfilled') await each.value.close();
    };
    return { names, open: openOne, stream, mustBeStored: () => false, close };
}

/**
 * Links are followed, because the cache of Hugging Face consists of links.
 * @param {string} root
 * @param {string} below
 * @param {number} depth
 * @returns {Promise<string[]>}
 */
async function namesBelow(root, below, depth) {
    const names = [];
    for (const name of (await readdir(join(root, below))).sort()) {
        const path = below ? `${below}/${name}` : name;
        const found = await stat(join(root, path)).catch(() => undefined);
        if (found?.isFile()) names.push(path);
        else if (found?.isDirectory() && depth > 1) names.push(...(await namesBelow(root, path, depth - 1)));
        if (names.length > MAX_NAMES)
            throw new AcgError('UNSUPPORTED', `${root} has more than ${MAX_NAMES} files: it is no folder of a model`);
    }
    return names;
}
