// JPEG XL to PNG: jxl-oxide (the package jxl-oxide-wasm) decodes it, rotates it and writes the PNG. Its container is read here for EXIF and XMP.
import { boxesIn } from './boxes.js';
import { uprightExif } from './exif.js';
import { withChunks, xmpChunk } from './png.js';
import { checkSize, cut, damaged, firstOnly, noMemory, unsupported } from './sentences.js';

/**
 * @typedef {{ encodeToPng: () => Uint8Array<ArrayBuffer>, free: () => void }} Rendered
 * @typedef {{ width?: number, height?: number, loaded: boolean, animated?: boolean, forceSrgb: boolean, free: () => void,
 *   feedBytes: (bytes: Uint8Array) => number, tryInit: () => boolean, render: () => Rendered }} JxlImage
 * @typedef {{ JxlImage: new () => JxlImage }} JxlLibrary
 */

const FILE = 'JPEG XL file';

/** Bytes that the library needs for each pixel, and the limit of its build. */
const MEMORY = { pixel: 48, most: 2 ** 32 };

/** @type {import('./answer.js').Decode<JxlLibrary>} */
export async function decodeJxl(bytes, settings, load) {
    const { JxlImage } = await load();
    const image = new JxlImage();
    try {
        return decode(bytes, settings, image);
    } finally {
        free(image);
    }
}

/**
 * @param {Uint8Array} bytes
 * @param {import('./answer.js').DecodeSettings} settings
 * @param {JxlImage} image
 */
function decode(bytes, { metadata, damaged: allowed, maxPixels }, image) {
    image.forceSrgb = false; // true is its default in Firefox
    if (!orDamaged(() => image.feedBytes(bytes) >= 0 && image.tryInit())) throw cut(FILE, bytes.length);
    const { width = 0, height = 0 } = image;
    checkSize(FILE, { width, height }, maxPixels);
    if (width * height * MEMORY.pixel > MEMORY.most) throw noMemory(FILE);
    const isCut = !image.loaded;
    if (isCut && allowed !== 'keep') throw cut(FILE, bytes.length);
    const png = orDamaged(() => pngOf(image.render()));
    const notes = [...(isCut ? [cutNote] : []), ...(image.animated ? [firstOnly(FILE)] : [])];
    return { png: withChunks(png, metadata ? metadataChunks(bytes) : []), notes };
}

/** @param {Rendered} rendered */
function pngOf(rendered) {
    try {
        return rendered.encodeToPng();
    } finally {
        free(rendered);
    }
}

/** The library's memory is given back at once, not when its handle is collected. @param {{ free: () => void }} handle */
function free(handle) {
    try {
        handle.free();
    } catch {
        // it has broken itself: its worker ends
    }
}

/** @type {import('../../types.js').Note} */
const cutNote = { sentence: `The ${FILE} ends too early: it was cut short.`, reason: 'CUT', values: { file: FILE } };

/**
 * The library throws texts. Any other exception has broken it, and its worker is ended.
 * @template T
 * @param {() => T} work
 */
function orDamaged(work) {
    try {
        return work();
    } catch (error) {
        if (error === 'unsupported colorspace') throw unsupported(FILE, 'its colours are CMYK');
        throw damaged(FILE, typeof error === 'string' ? error : 'its pixels cannot be decoded', error);
    }
}

/** @param {Uint8Array} bytes */
function metadataChunks(bytes) {
    const chunks = [];
    const boxes = [...boxesIn(bytes)];
    const content = (/** @type {string} */ type) => {
        const box = boxes.find((each) => each.type === type);
        return box && bytes.subarray(box.from, box.to);
    };
    const exif = uprightExif(content('Exif'));
    const xmp = content('xml ');
    if (exif) chunks.push({ type: 'eXIf', data: exif });
    if (xmp) chunks.push(xmpChunk(xmp));
    return chunks;
}
