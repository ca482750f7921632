// Recognises pictures in a folder by their names or by their first bytes.
import { closeSync, openSync, readSync } from 'node:fs';
import { systemPath } from '../platform/node/paths.js';
import { BEGINNING_BYTES, beginsAsPicture, isNamedPicture } from '../client/picture_kinds.js';

/**
 * @param {string} path of a regular file
 * @throws a system error if its first bytes are needed and cannot be read
 */
export function isPictureFile(path) {
    return isNamedPicture(path) || beginsAsPicture(beginning(path));
}

/** @param {string} path */
function beginning(path) {
    const file = openSync(systemPath(path), 'r');
    try {
        const bytes = Buffer.alloc(BEGINNING_BYTES);
        return bytes.subarray(0, readSync(file, bytes));
    } finally {
        closeSync(file);
    }
}
