// AVIF to PNG: its header is read here, its pixels are decoded by libavif and libaom (the package @jsquash/avif).
import { readAvifHeader } from './avif_header.js';
import { boxesIn } from './boxes.js';
import { uprightExif } from './exif.js';
import { limitGrowth } from './growth.js';
import { profileChunk, writePng, xmpChunk } from './png.js';
import { checkSize, cut, damaged, firstOnly, noMemory, unsupported } from './sentences.js';
import { turned } from './turn.js';

/**
 * @typedef {import('./avif_header.js').AvifHeader} AvifHeader
 * @typedef {import('./png.js').Samples} Samples
 * @typedef {{ width: number, height: number, data: Uint8ClampedArray | Uint16Array }} Decoded RGBA
 * @typedef {{ decode: (bytes: Uint8Array, bits: 8 | 16) => Decoded | null }} AvifLibrary
 */

const FILE = 'AVIF file';

/** Bytes that the library needs (measured): for itself, and for each pixel with 8 bits and with more; `most`: the limit of its build. */
const MEMORY = { own: 96 * 2 ** 20, opaque: [24, 32], withAlpha: [56, 84], most: 2 ** 31 };

// Code points of ITU-T H.273.
const UNSPECIFIED = 2;
const BT709 = 1;
const SRGB_CURVE = 13;
const FULL_RANGE_RGB = [0, 1];
/** Matrices that the library cannot invert. */
const UNKNOWN_MATRICES = [3, 10, 11, 13];
const LAST_KNOWN_MATRIX = 13;

/** @type {import('./answer.js').Decode<AvifLibrary>} */
export async function decodeAvif(bytes, { metadata, maxPixels }, load) {
    const header = readAvifHeader(bytes);
    const isCut = [...boxesIn(bytes)].some((box) => box.isCut);
    if (!header) throw isCut ? cut(FILE, bytes.length) : damaged(FILE, 'it does not tell the size of its picture');
    checkSize(FILE, header, maxPixels);
    const matrix = header.codePoints?.[2] ?? UNSPECIFIED;
    if (matrix > LAST_KNOWN_MATRIX || UNKNOWN_MATRICES.includes(matrix)) throw unsupported(FILE, 'its colours are of an unknown kind');
    const picture = await decodePixels(bytes, header, load);
    if (!picture) throw isCut ? cut(FILE, bytes.length) : damaged(FILE, 'its pixels cannot be decoded');
    const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
    const shown = turned(withoutOpaqueAlpha(picture), header.part ?? whole, header.orientation);
    return { png: writePng(shown, chunksOf(header, metadata)), notes: header.isSequence ? [firstOnly(FILE)] : [] };
}

/**
 * @param {Uint8Array} bytes
 * @param {AvifHeader} header
 * @param {() => Promise<AvifLibrary>} load
 * @returns {Promise<Decoded | undefined>}
 */
async function decodePixels(bytes, { width, height, bits, hasAlpha }, load) {
    const isDeep = bits > 8;
    const each = (hasAlpha ? MEMORY.withAlpha : MEMORY.opaque)[Number(isDeep)];
    const memory = MEMORY.own + bytes.length + width * height * each;
    if (memory > MEMORY.most) throw noMemory(FILE);
    limitGrowth(memory);
    const library = await load();
    try {
        const picture = library.decode(bytes, isDeep ? 16 : 8);
        return picture?.width === width && picture.height === height ? picture : undefined;
    } catch {
        return undefined; // it has aborted
    }
}

/** @param {Decoded} picture @returns {Samples} */
function withoutOpaqueAlpha({ width, height, data }) {
    const opaque = data instanceof Uint16Array ? 0xffff : 0xff;
    for (let i = 3; i < data.length; i += 4) if (data[i] !== opaque) return { width, height, channels: 4, data };
    const out = /** @type {typeof data} */ (new /** @type {any} */ (data.constructor)((data.length / 4) * 3));
    for (let from = 0, to = 0; from < data.length; from += 4) {
        out[to++] = data[from];
        out[to++] = data[from + 1];
        out[to++] = data[from + 2];
    }
    return { width, height, channels: 3, data: out };
}

/**
 * As in Chromium the profile has precedence, then the code points; without both it is sRGB.
 * @param {AvifHeader} header
 * @param {boolean} metadata
 */
function chunksOf({ profile, codePoints, exif, xmp }, metadata) {
    const chunks = [];
    const [primaries = UNSPECIFIED, curve = UNSPECIFIED] = codePoints ?? [];
    const told = [primaries === UNSPECIFIED ? BT709 : primaries, curve === UNSPECIFIED ? SRGB_CURVE : curve];
    if (profile) chunks.push(profileChunk(profile));
    else if (told[0] !== BT709 || told[1] !== SRGB_CURVE) {
        chunks.push({ type: 'cICP', data: Uint8Array.of(...told, ...FULL_RANGE_RGB) });
    }
    const upright = metadata ? uprightExif(exif) : undefined;
    if (upright) chunks.push({ type: 'eXIf', data: upright });
    if (metadata && xmp) chunks.push(xmpChunk(xmp));
    return chunks;
}
