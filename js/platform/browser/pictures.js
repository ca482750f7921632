// Pictures for an index in a browser: what is in a folder that the user chose, and small versions of pictures.
import { AcgError } from '../../errors.js';
import { fileOfBlob, unreadable } from '../../shared/files.js';

/** @typedef {import('../../shared/files.js').FolderListing} FolderListing */

const THUMBNAIL_SIDE = 256;
const THUMBNAIL_QUALITY = 0.8;

/**
 * All files in a folder and below it, but not hidden ones. Their paths begin with the folder's name.
 * @param {unknown} folder
 * @param {AbortSignal} signal
 * @returns {Promise<FolderListing>}
 */
export async function listFolder(folder, signal) {
    const handle = /** @type {any} */ (folder);
    if (handle?.kind !== 'directory') throw new AcgError('BAD_ARGUMENT', 'Expected a FileSystemDirectoryHandle for folder');
    /** @type {FolderListing} */
    const listing = { path: handle.name, files: [], unread: [] };
    await enter(handle, handle.name, listing, signal);
    return listing;
}

/**
 * @param {any} handle
 * @param {string} path
 * @param {FolderListing} listing
 * @param {AbortSignal} signal
 */
async function enter(handle, path, listing, signal) {
    try {
        for await (const [name, entry] of handle.entries()) {
            signal.throwIfAborted();
            if (name.startsWith('.')) continue;
            const below = `${path}/${name}`;
            if (entry.kind === 'directory') await enter(entry, below, listing, signal);
            else await openFile(entry, below, listing);
        }
    } catch (error) {
        if (signal.aborted) throw error;
        listing.unread.push({ path, error: unreadable('folder', error) });
    }
}

/**
 * @param {any} handle
 * @param {string} path
 * @param {FolderListing} listing
 */
async function openFile(handle, path, listing) {
    try {
        const file = await handle.getFile();
        listing.files.push(fileOfBlob(path, file, file.lastModified));
    } catch (error) {
        const isGone = /** @type {Error} */ (error).name === 'NotFoundError'; // meanwhile, or it is a link to nothing
        if (!isGone) listing.unread.push({ path, error: unreadable('file', error) });
    }
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes of a picture's file
 * @returns {Promise<Uint8Array<ArrayBuffer> | undefined>} a WebP; undefined if the browser cannot decode the picture
 */
export async function thumbnail(bytes) {
    const bitmap = await createImageBitmap(new Blob([bytes]));
    try {
        const scale = Math.min(1, THUMBNAIL_SIDE / Math.max(bitmap.width, bitmap.height));
        const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext('2d');
        if (!context) return undefined;
        context.imageSmoothingQuality = 'high';
        context.drawImage(bitmap, 0, 0, width, height);
        const blob = await canvas.convertToBlob({ type: 'image/webp', quality: THUMBNAIL_QUALITY });
        return blob.type === 'image/webp' ? new Uint8Array(await blob.arrayBuffer()) : undefined;
    } finally {
        bitmap.close();
    }
}
