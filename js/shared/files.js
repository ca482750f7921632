// A file that an index may read: its path, size and time; its bytes are read on demand.
import { AcgError, sentence } from '../errors.js';

const PIECE_BYTES = 2 ** 20;

/**
 * @typedef {object} IndexedFile
 * @property {string} path
 * @property {number} bytes
 * @property {number} modified milliseconds since 1970
 * @property {() => Promise<Uint8Array<ArrayBuffer>>} read
 * @property {(count: number) => Promise<Uint8Array>} beginning its first bytes
 * @property {() => AsyncIterable<Uint8Array>} pieces the whole file, for files that are too large to be read at once
 *
 * @typedef {object} FolderListing
 * @property {string} path of the folder
 * @property {IndexedFile[]} files
 * @property {{ path: string, error: unknown }[]} unread folders and files, whose pictures may still be there
 */

/** @param {'file' | 'folder'} what @param {unknown} error */
export const unreadable = (what, error) =>
    new AcgError('UNREADABLE', `The ${what} could not be read: ${sentence(error)}`, { cause: error });

/**
 * @param {string} path
 * @param {Blob} blob
 * @param {number} modified
 * @returns {IndexedFile}
 */
export function fileOfBlob(path, blob, modified) {
    const bytesOf = async (/** @type {Blob} */ part) => {
        try {
            return new Uint8Array(await part.arrayBuffer());
        } catch (error) {
            throw unreadable('file', error);
        }
    };
    async function* pieces() {
        for (let at = 0; at < blob.size; at += PIECE_BYTES) yield await bytesOf(blob.slice(at, at + PIECE_BYTES));
    }
    return { path, bytes: blob.size, modified, read: () => bytesOf(blob), beginning: (count) => bytesOf(blob.slice(0, count)), pieces };
}
