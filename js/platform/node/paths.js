// File names on Linux are bytes and need not be UTF-8, but strings are easier to work with. A byte that is not UTF-8 becomes a lone
// surrogate in the string, U+DC80 to U+DCFF (as in Python), and becomes the same byte again for the system.
import { realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

const LONE = /(?<![\ud800-\udbff])[\udc80-\udcff]/g;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param {Uint8Array} bytes of a name or a path */
export function pathFromBytes(bytes) {
    try {
        return strict.decode(bytes);
    } catch {
        return piecemeal(bytes);
    }
}

/**
 * The form of a path for Node's functions.
 * @param {string} path
 * @returns {string | Buffer} a string unless that would change the name
 */
export function systemPath(path) {
    return path.search(LONE) < 0 ? path : pathBytes(path);
}

/** @param {string} text with paths in it, or a path */
export function pathBytes(text) {
    const parts = [];
    let at = 0;
    for (const { index, 0: stray } of text.matchAll(LONE)) {
        parts.push(Buffer.from(text.slice(at, index)), Buffer.of(stray.charCodeAt(0) - 0xdc00));
        at = index + 1;
    }
    return Buffer.concat([...parts, Buffer.from(text.slice(at))]);
}

/**
 * The same path for all spellings of a name in a folder, also through links to the folder.
 * @param {string} path
 */
export function onePath(path) {
    return resolve(realFolder(dirname(path)), basename(path));
}

/** @param {string} folder */
function realFolder(folder) {
    try {
        return pathFromBytes(realpathSync.native(systemPath(folder), 'buffer'));
    } catch {
        return folder; // there is none yet
    }
}

/**
 * Decodes character by character, and byte by byte where the bytes are not UTF-8.
 * @param {Uint8Array} bytes
 */
function piecemeal(bytes) {
    let text = '';
    for (let at = 0; at < bytes.length; ) {
        const [character, length] = characterAt(bytes, at) ?? [String.fromCharCode(0xdc00 + bytes[at]), 1];
        text += character;
        at += length;
    }
    return text;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {[string, number] | undefined} a character of UTF-8 and how many bytes it has
 */
function characterAt(bytes, at) {
    const first = bytes[at];
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (at + length > bytes.length) return undefined;
    try {
        return [strict.decode(bytes.subarray(at, at + length)), length];
    } catch {
        return undefined;
    }
}
