// Reads the properties of an AVIF picture before it is decoded: size, bits, colours, crop and rotation, EXIF and XMP.
// ISO/IEC 23008-12 (HEIF) and AV1 Image File Format. The library decodes the pixels.
import { Items } from './avif_items.js';
import { BoxReader, boxesIn } from './boxes.js';

/**
 * @typedef {import('./boxes.js').Box} Box
 * @typedef {import('./turn.js').Part} Part
 * @typedef {import('./turn.js').Orientation} Orientation
 *
 * @typedef {object} AvifHeader
 * @property {number} width of the coded picture, before crop and rotation
 * @property {number} height
 * @property {number} bits 8, 10 or 12
 * @property {Part | undefined} part the visible part; undefined: all
 * @property {Orientation} orientation
 * @property {Uint8Array | undefined} profile ICC
 * @property {number[] | undefined} codePoints the colours, the curve and the matrix (ITU-T H.273)
 * @property {boolean} isSequence an animation
 * @property {boolean} hasAlpha or may have
 * @property {Uint8Array | undefined} exif with the offset of its TIFF header
 * @property {Uint8Array | undefined} xmp
 */

/** Orientation by the axis of mirroring (none, 0, 1) and the quarter turns to the left. */
const ORIENTATIONS = /** @type {Orientation[][]} */ ([
    [1, 8, 3, 6],
    [4, 5, 2, 7],
    [2, 7, 4, 5],
]);

/**
 * @param {Uint8Array} bytes of the file
 * @returns {AvifHeader | undefined} undefined: the file has no such data
 */
export function readAvifHeader(bytes) {
    try {
        return headerIn(bytes);
    } catch (error) {
        if (error instanceof RangeError) return undefined; // a box that ends too early
        throw error;
    }
}

/** @param {Uint8Array} bytes */
function headerIn(bytes) {
    const top = [...boxesIn(bytes)];
    const isSequence = top.some(({ type }) => type === 'moov') && majorBrand(bytes) === 'avis';
    const meta = top.find(({ type }) => type === 'meta');
    const entry = isSequence ? sampleEntry(bytes, top) : undefined;
    if (entry) return { ...headerOf(bytes, entry.properties), ...entry.size, isSequence, hasAlpha: true };
    if (!meta) return undefined;
    const items = new Items(bytes, { ...meta, from: meta.from + 4 });
    const header = headerOf(bytes, items.properties(items.primary));
    if (!header.width) return undefined;
    return { ...header, isSequence, hasAlpha: items.hasAlpha, exif: items.described('Exif'), xmp: items.described('mime') };
}

/** @param {Uint8Array} bytes */
const majorBrand = (bytes) => String.fromCharCode(...bytes.subarray(8, 12));

/**
 * @param {Uint8Array} bytes
 * @param {Box[]} properties of the picture
 * @returns {Omit<AvifHeader, 'isSequence' | 'hasAlpha'>}
 */
function headerOf(bytes, properties) {
    const of = (/** @type {string} */ type) => properties.filter((each) => each.type === type);
    const read = (/** @type {string} */ type) => of(type).map((each) => new BoxReader(bytes, each))[0];
    const size = read('ispe');
    size?.number(4); // its version
    const width = size?.number(4) ?? 0;
    const height = size?.number(4) ?? 0;
    const turns = (read('irot')?.number(1) ?? 0) & 3;
    const mirrored = read('imir');
    const axis = mirrored ? 1 + (mirrored.number(1) & 1) : 0;
    return {
        width,
        height,
        bits: bitsOf(read('pixi'), read('av1C')),
        part: partOf(read('clap'), width, height),
        orientation: ORIENTATIONS[axis][turns],
        ...coloursOf(bytes, of('colr')),
        exif: undefined,
        xmp: undefined,
    };
}

/**
 * @param {BoxReader | undefined} pixel
 * @param {BoxReader | undefined} decoder
 */
function bitsOf(pixel, decoder) {
    if (pixel) {
        pixel.number(5); // its version, and how many channels there are
        return pixel.number(1);
    }
    const flags = (decoder?.number(3) ?? 0) & 0xff;
    return flags & 0x40 ? (flags & 0x20 ? 12 : 10) : 8;
}

/**
 * The "clean aperture", relative to the centre of the picture. As in Chromium it counts if it begins at the top left corner and has whole pixels.
 * @param {BoxReader | undefined} reader
 * @param {number} width
 * @param {number} height
 * @returns {Part | undefined}
 */
function partOf(reader, width, height) {
    if (!reader) return undefined;
    const fraction = () => reader.signed() / reader.signed();
    const [wide, high, right, down] = [fraction(), fraction(), fraction(), fraction()];
    const part = { x: (width - wide) / 2 + right, y: (height - high) / 2 + down, width: wide, height: high };
    const isWhole = Number.isInteger(wide) && Number.isInteger(high) && wide > 0 && high > 0;
    return isWhole && part.x === 0 && part.y === 0 && wide <= width && high <= height ? part : undefined;
}

/**
 * @param {Uint8Array} bytes
 * @param {Box[]} boxes
 */
function coloursOf(bytes, boxes) {
    /** @type {Pick<AvifHeader, 'profile' | 'codePoints'>} */
    const colours = { profile: undefined, codePoints: undefined };
    for (const box of boxes) {
        const reader = new BoxReader(bytes, box);
        const kind = reader.text();
        if (kind === 'nclx') colours.codePoints ??= [reader.number(2), reader.number(2), reader.number(2)];
        else if (kind === 'prof' || kind === 'rICC') colours.profile ??= bytes.slice(box.from + 4, box.to);
    }
    return colours;
}

/**
 * The size of the first track's pictures, and their properties.
 * @param {Uint8Array} bytes
 * @param {Box[]} top
 */
function sampleEntry(bytes, top) {
    const FIXED_BYTES = 78; // of a VisualSampleEntry
    const path = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd'];
    /** @type {Box | undefined} */
    let box = { type: '', from: 0, to: bytes.length, isCut: false };
    for (const type of path) {
        box = [...(box.type === '' ? top : boxesIn(bytes, box.from, box.to))].find((each) => each.type === type);
        if (!box) return undefined;
    }
    const [entry] = boxesIn(bytes, box.from + 8, box.to);
    if (entry?.type !== 'av01') return undefined;
    const reader = new BoxReader(bytes, { from: entry.from + 24, to: entry.to });
    const size = { width: reader.number(2), height: reader.number(2) };
    return { size, properties: [...boxesIn(bytes, entry.from + FIXED_BYTES, entry.to)] };
}
