// Recognises, by their first bytes, the kinds of pictures that a library decodes, not the engine.

/** @typedef {'avif' | 'jxl'} LibraryKind */

const AVIF_BRANDS = ['avif', 'avis'];
const FIRST_BRANDS = 8; // the main one, its version, then those that the file is compatible with
const JXL_CONTAINER = '\0\0\0\x0cJXL \r\n\x87\n';
const JXL_CODESTREAM = '\xff\x0a';

/**
 * @param {Uint8Array} bytes of a file, or its beginning
 * @returns {LibraryKind | undefined}
 */
export function libraryKind(bytes) {
    const text = (/** @type {number} */ from, /** @type {number} */ to) => String.fromCharCode(...bytes.subarray(from, to));
    if (text(0, 2) === JXL_CODESTREAM || text(0, 12) === JXL_CONTAINER) return 'jxl';
    if (text(4, 8) !== 'ftyp') return undefined;
    const end = Math.min(bytes.length, (bytes[2] << 8) | bytes[3]); // the box of brands is short
    for (let at = FIRST_BRANDS; at + 4 <= end; at += 4) {
        if (AVIF_BRANDS.includes(text(at, at + 4))) return 'avif';
    }
    return undefined;
}
