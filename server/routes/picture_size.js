// Width and height from the head of a picture's file, for clients that want to be told. The engine reads the file itself.

const JPEG_NO_LENGTH = new Set([0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8]);
const JPEG_NO_FRAME = new Set([0xc4, 0xc8, 0xcc]); // tables, among the frames' numbers

/**
 * Of PNG, GIF, WebP and JPEG, without its orientation; of others nothing.
 * @param {Buffer} bytes
 * @returns {{ width: number, height: number } | undefined}
 */
export function pictureSize(bytes) {
    const is = (/** @type {string} */ text, at = 0) => bytes.toString('latin1', at, at + text.length) === text;
    if (is('\x89PNG') && bytes.length >= 24) return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
    if (is('GIF8') && bytes.length >= 10) return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
    if (is('RIFF') && is('WEBP', 8) && bytes.length >= 30) return webpSize(bytes, bytes.toString('latin1', 12, 16));
    return is('\xff\xd8') ? jpegSize(bytes) : undefined;
}

/** @param {Buffer} bytes @param {string} kind of its first chunk */
function webpSize(bytes, kind) {
    if (kind === 'VP8X') return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    if (kind === 'VP8 ') return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    const bits = bytes.readUInt32LE(21);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

/** @param {Buffer} bytes */
function jpegSize(bytes) {
    let at = 2;
    while (at + 9 <= bytes.length && bytes[at] === 0xff) {
        const marker = bytes[at + 1];
        if (marker === 0xff || JPEG_NO_LENGTH.has(marker)) at += marker === 0xff ? 1 : 2;
        else if (marker >= 0xc0 && marker <= 0xcf && !JPEG_NO_FRAME.has(marker))
            return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
        else at += 2 + bytes.readUInt16BE(at + 2);
    }
    return undefined;
}
