// Finds the pictures for an index: files with a path, a size and a time. Their content is read later, only if they are new or have changed.
import { BEGINNING_BYTES, beginsAsPicture, isNamedPicture } from '../client/picture_kinds.js';
import { AcgError, badArgument } from '../errors.js';
import { fileOfBlob } from '../shared/files.js';

/**
 * @typedef {import('../types.js').IndexSource} IndexSource
 * @typedef {import('../platform/platform.js').Platform} Platform
 *
 * @typedef {import('../shared/files.js').IndexedFile} IndexedFile
 * @typedef {import('../shared/files.js').FolderListing} FolderListing
 */

// Paths are stored as text. A name that is not valid text could be confused with another one.
const NO_TEXT = /(?<![\ud800-\udbff])[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])/;

/**
 * @param {Platform} platform
 * @param {IndexSource} source
 * @returns {Promise<IndexedFile>}
 * @throws {AcgError} BAD_ARGUMENT, UNREADABLE
 */
export async function indexedFile(platform, source) {
    const file = (await platform.pictures.fileOf(source)) ?? blobFile(source);
    if (!file) throw badArgument('a path, a File or { path, blob }', 'sources', source);
    return checkPath(file);
}

/**
 * @param {IndexedFile} file
 * @throws {AcgError} UNSUPPORTED
 */
function checkPath(file) {
    if (!NO_TEXT.test(file.path)) return file;
    throw new AcgError('UNSUPPORTED', 'The name of the file is no text (UTF-8), so that the index cannot keep it');
}

/** @param {any} source */
function blobFile(source) {
    if (source instanceof File) return fileOfBlob(source.webkitRelativePath || source.name, source, source.lastModified);
    const { path, blob, modified = blob?.lastModified ?? 0 } = source ?? {};
    return typeof path === 'string' && path && blob instanceof Blob ? fileOfBlob(path, blob, modified) : undefined;
}

/**
 * The pictures in a folder, by their names or their first bytes.
 * @param {Platform} platform
 * @param {unknown} folder
 * @param {AbortSignal} signal
 * @returns {Promise<FolderListing & { refused: { path: string, error: unknown }[] }>} refused: pictures that an index cannot store
 */
export async function listPictures(platform, folder, signal) {
    const { path, files, unread } = await platform.pictures.listFolder(folder, signal);
    const pictures = [];
    const refused = [];
    for (const file of files) {
        try {
            if (isNamedPicture(file.path) || beginsAsPicture(await file.beginning(BEGINNING_BYTES))) pictures.push(checkPath(file));
        } catch (error) {
            if (error instanceof AcgError) refused.push({ path: file.path, error });
        }
    }
    return { path, files: pictures, unread, refused };
}
