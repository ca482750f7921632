// Whether a file in a folder is a picture: by its first bytes, or by its name if it claims to be one. Whether it can be decoded is for
// the engine to say.
import { closeSync, openSync, readSync } from 'node:fs';
import { extname } from 'node:path';
import { systemPath } from '../paths_node.js';

// TGA has nothing at its beginning to be told by.
const ENDINGS = ['.png', '.apng', '.jpg', '.jpeg', '.jpe', '.jfif', '.pjpeg', '.pjp', '.webp', '.gif', '.bmp', '.dib', '.tga', '.psd', '.ppm', '.pgm', '.pnm'];

/** @type {((bytes: Buffer) => boolean)[]} */
const BEGINNINGS = [
    (bytes) => startsWith(bytes, '\x89PNG\r\n\x1a\n'),
    (bytes) => startsWith(bytes, '\xff\xd8\xff'), // JPEG
    (bytes) => startsWith(bytes, 'GIF87a') || startsWith(bytes, 'GIF89a'),
    (bytes) => startsWith(bytes, 'RIFF') && bytes.toString('latin1', 8, 12) === 'WEBP',
    // two letters alone may be a text; behind them is the size of one of BMP's headers
    (bytes) => startsWith(bytes, 'BM') && bytes.length >= 18 && [12, 16, 40, 52, 56, 64, 108, 124].includes(bytes.readUInt32LE(14)),
    (bytes) => startsWith(bytes, '8BPS\0\x01'), // Photoshop
    (bytes) => /^P[2356][ \t\r\n]+[#\d]/.test(bytes.toString('latin1')), // PGM and PPM
];

const BEGINNING_BYTES = 32;

/**
 * @param {string} path of a regular file
 * @throws a system error if its first bytes are wanted and cannot be read
 */
export function isPictureFile(path) {
    if (ENDINGS.includes(extname(path).toLowerCase())) return true;
    const bytes = beginning(path);
    return BEGINNINGS.some((isOne) => isOne(bytes));
}

/**
 * @param {Buffer} bytes
 * @param {string} text of Latin-1
 */
function startsWith(bytes, text) {
    return bytes.toString('latin1', 0, text.length) === text;
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
