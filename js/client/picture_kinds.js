// Recognises picture files by their names or by their first bytes. The engine finds out whether a file can be decoded.
import { libraryKind } from '../shared/library_kinds.js';

// TGA has no magic number, so it is recognised by its name only.
const ENDING = /\.(a?png|jpe?g|jpe|jfif|pjpeg|pjp|webp|avifs?|jxl|gif|bmp|dib|tga|psd|ppm|pgm|pbm|pnm)$/i;

/** The sizes that a BMP header can have. */
const BMP_HEADERS = [12, 16, 40, 52, 56, 64, 108, 124];

/** Tests of a file's first bytes, as Latin-1. @type {((text: string) => boolean)[]} */
const BEGINNINGS = [
    (text) => text.startsWith('\x89PNG\r\n\x1a\n'),
    (text) => text.startsWith('\xff\xd8\xff'), // JPEG
    (text) => text.startsWith('GIF87a') || text.startsWith('GIF89a'),
    (text) => text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP',
    // a text may begin with these two letters, so the size of the header has to match too
    (text) => text.startsWith('BM') && BMP_HEADERS.includes(text.charCodeAt(14)) && text.slice(15, 18) === '\0\0\0',
    (text) => text.startsWith('8BPS\0\x01'), // Photoshop
    (text) => /^P[1-6][ \t\r\n]+[#\d]/.test(text), // PBM, PGM and PPM
];

/** How many bytes of a file `beginsAsPicture` needs. */
export const BEGINNING_BYTES = 32;

/** Whether the file's name is that of a picture. @param {string} name */
export const isNamedPicture = (name) => ENDING.test(name);

/** Whether the file's first bytes are those of a picture. @param {Uint8Array} bytes at most BEGINNING_BYTES */
export function beginsAsPicture(bytes) {
    const text = String.fromCharCode(...bytes.subarray(0, BEGINNING_BYTES));
    return libraryKind(bytes) !== undefined || BEGINNINGS.some((isOne) => isOne(text));
}
