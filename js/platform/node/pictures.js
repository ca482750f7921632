// The files of this computer for an index: lists folders, and reads files and their properties. Does not recognise pictures.
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { AcgError } from '../../errors.js';
import { entriesOf } from './folder_entries.js';
import { onePath, systemPath } from './paths.js';
import { readableError } from './system_errors.js';
import { isTemporary } from './temporary.js';

/**
 * @typedef {import('../../shared/files.js').IndexedFile} IndexedFile
 * @typedef {import('../../shared/files.js').FolderListing} FolderListing
 */

/**
 * @param {unknown} source a path or a URL of a file
 * @returns {Promise<IndexedFile | undefined>} undefined: it is neither
 * @throws {AcgError} UNREADABLE
 */
export async function fileOf(source) {
    if (source instanceof URL && source.protocol === 'file:') return fileAt(fileURLToPath(source));
    return typeof source === 'string' ? fileAt(source) : undefined;
}

/** @param {string} given */
async function fileAt(given) {
    const path = onePath(given);
    try {
        const { size, mtimeMs } = await stat(systemPath(path));
        return indexedFile(path, size, mtimeMs);
    } catch (error) {
        throw unreadable(path, error);
    }
}

/**
 * @param {string} path
 * @param {number} bytes
 * @param {number} modified
 * @returns {IndexedFile}
 */
function indexedFile(path, bytes, modified) {
    return {
        path,
        bytes,
        modified: Math.round(modified),
        read: async () => {
            try {
                return new Uint8Array(await readFile(systemPath(path)));
            } catch (error) {
                throw unreadable(path, error);
            }
        },
        pieces: () => createReadStream(systemPath(path)),
        beginning: async (count) => {
            const file = await open(systemPath(path), 'r');
            try {
                const buffer = new Uint8Array(count);
                return buffer.subarray(0, (await file.read(buffer, 0, count, 0)).bytesRead);
            } finally {
                await file.close();
            }
        },
    };
}

/**
 * Whether the file still exists.
 * @param {string} path
 */
export async function fileExists(path) {
    return stat(systemPath(path)).then(
        (stats) => stats.isFile(),
        () => false,
    );
}

/**
 * All files in a folder and below it, but not hidden ones, and not in folders behind links, which may form a circle.
 * @param {unknown} folder
 * @param {AbortSignal} signal
 * @returns {Promise<FolderListing>}
 */
export async function listFolder(folder, signal) {
    if (typeof folder !== 'string') throw new AcgError('BAD_ARGUMENT', 'Expected the path of a folder');
    const root = onePath(folder);
    /** @type {FolderListing} */
    const listing = { path: root, files: [], unread: [] };
    const stats = await stat(systemPath(root)).catch((error) => {
        throw unreadable(root, error);
    });
    if (!stats.isDirectory()) throw new AcgError('BAD_ARGUMENT', `Expected a folder but ${root} is a file`);
    await enter(root, listing, signal);
    return listing;
}

/**
 * @param {string} folder
 * @param {FolderListing} listing
 * @param {AbortSignal} signal
 */
async function enter(folder, listing, signal) {
    signal.throwIfAborted();
    for (const { name, isFolder, isFile, isLink } of readableEntries(folder, listing)) {
        if (name.startsWith('.') || isTemporary(name)) continue;
        const path = join(folder, name);
        if (isFolder) await enter(path, listing, signal);
        else if (isFile || isLink) {
            const stats = await stat(systemPath(path)).catch((error) => {
                const isGone = error.code === 'ENOENT' || error.code === 'ELOOP'; // meanwhile, or it is a link to nothing
                if (!isGone) listing.unread.push({ path, error: unreadable(path, error) });
            });
            if (stats?.isFile()) listing.files.push(indexedFile(path, stats.size, stats.mtimeMs));
        }
    }
}

/**
 * @param {string} folder
 * @param {FolderListing} listing
 */
function readableEntries(folder, listing) {
    try {
        return entriesOf(folder);
    } catch (error) {
        listing.unread.push({ path: folder, error: unreadable(folder, error) });
        return [];
    }
}

/**
 * @param {string} path
 * @param {unknown} error
 */
function unreadable(path, error) {
    const told = /** @type {Error} */ (readableError(error, path));
    return Object.assign(new AcgError('UNREADABLE', told.message, { cause: error }));
}
