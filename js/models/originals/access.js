// Random access to the bytes of a Blob, of an array, or of a part of another source. For files in Node: platform/node/file_access.js.
import { AcgError, sentence } from '../../errors.js';
import { PIECE_BYTES } from '../download.js';
import { broken } from './numbers.js';

/** @typedef {import('./original.js').RandomAccess} RandomAccess */

/**
 * Adds range checks and streaming to a function that reads bytes.
 * @param {number} size in bytes
 * @param {(at: number, length: number) => Promise<Uint8Array<ArrayBuffer>>} readBytes reads bytes inside the size into a new array
 * @returns {RandomAccess}
 */
export function randomAccess(size, readBytes) {
    const read = async (/** @type {number} */ at, /** @type {number} */ length) => {
        if (!(at >= 0 && length >= 0 && at + length <= size)) {
            throw broken(`Expected ${length} bytes at ${at} but the file ends after ${size}: it is damaged or cut short`);
        }
        return readBytes(at, length);
    };
    async function* stream(at = 0) {
        for (; at < size; at += PIECE_BYTES) yield read(at, Math.min(PIECE_BYTES, size - at));
    }
    return { size, read, stream };
}

/**
 * Random access to a Blob. Reading throws UNREADABLE if the file has changed.
 * @param {Blob} blob such as a file that the user chose, or one of the origin private file system
 */
export function blobAccess(blob) {
    return randomAccess(blob.size, async (at, length) => {
        try {
            return new Uint8Array(await blob.slice(at, at + length).arrayBuffer());
        } catch (error) {
            throw new AcgError('UNREADABLE', `The file could not be read: ${sentence(error)}`, { cause: error });
        }
    });
}

/** Random access to bytes in memory. @param {Uint8Array} bytes */
export function bytesAccess(bytes) {
    return randomAccess(bytes.length, async (at, length) => new Uint8Array(bytes.subarray(at, at + length)));
}

/**
 * Random access to a part of another source.
 * @param {RandomAccess} whole
 * @param {number} from
 * @param {number} size
 */
export function partAccess(whole, from, size) {
    return randomAccess(size, (at, length) => whole.read(from + at, length));
}
