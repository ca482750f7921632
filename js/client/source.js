// Copies the caller's picture: the bytes of a file, or pixels. Decodes nothing.
import { AcgError, badArgument, sentence } from '../errors.js';

/** @typedef {import('../types.js').Source} Source */

/**
 * @typedef {{ bytes: Uint8Array<ArrayBuffer> }} FilePicture
 * @typedef {{ pixels: Uint8Array<ArrayBuffer>, width: number, height: number, channels: 3 | 4 }} PixelPicture
 * @typedef {FilePicture | PixelPicture} Picture a copy, so its memory may be transferred
 */

const KINDS = 'a Blob, a URL, an ArrayBuffer or typed array of a file, ImageData, ImageBitmap or { data, width, height, channels }';

/**
 * @param {Source} source
 * @param {(url: string | URL, signal?: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>} readUrl
 * @param {AbortSignal} [signal]
 * @returns {Promise<Picture>}
 * @throws {AcgError} UNREADABLE, BAD_FORMAT, BAD_ARGUMENT, UNSUPPORTED, CANCELLED
 */
export async function readSource(source, readUrl, signal) {
    if (typeof source === 'string' || source instanceof URL) return { bytes: await readFrom(source, readUrl, signal) };
    if (source instanceof Blob) return { bytes: await readBlob(source) };
    if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source.slice(0)) };
    if (ArrayBuffer.isView(source)) return { bytes: copyBytes(source) };
    if (typeof ImageBitmap !== 'undefined' && source instanceof ImageBitmap) return pixelPicture(readBitmap(source));
    if (typeof source === 'object' && source !== null && 'data' in source) return pixelPicture(source);
    throw badArgument(KINDS, 'source', source);
}

/**
 * The buffers of a picture that may be transferred to the worker.
 * @param {Picture} picture
 */
export const transferable = (picture) => ['bytes' in picture ? picture.bytes.buffer : picture.pixels.buffer];

/**
 * @param {{ data: ArrayBufferView, width: number, height: number, channels?: unknown }} source ImageData has no channels: always 4
 * @returns {PixelPicture}
 */
function pixelPicture({ data, width, height, channels = 4 }) {
    for (const [name, side] of Object.entries({ width, height })) {
        if (!Number.isInteger(side) || side < 1) throw badArgument('a whole number from 1', name, side);
    }
    if (channels !== 3 && channels !== 4) throw badArgument('3 or 4', 'channels', channels);
    if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
        throw badArgument('8-bit samples', 'data', data);
    }
    if (data.byteLength !== width * height * channels) {
        throw badArgument(`${width} x ${height} x ${channels} bytes`, 'data', data.byteLength);
    }
    return { pixels: copyBytes(data), width, height, channels };
}

/**
 * @param {string | URL} url
 * @param {(url: string | URL, signal?: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>} readUrl
 * @param {AbortSignal} [signal]
 */
async function readFrom(url, readUrl, signal) {
    try {
        return await readUrl(url, signal);
    } catch (error) {
        if (error instanceof AcgError && error.code === 'NOT_FOUND')
            throw new AcgError('UNREADABLE', error.message, { cause: error.cause, reason: error.reason, values: error.values });
        throw error;
    }
}

/** @param {Blob} blob */
async function readBlob(blob) {
    try {
        return new Uint8Array(await blob.arrayBuffer());
    } catch (error) {
        throw new AcgError('BAD_FORMAT', `The picture could not be read: ${sentence(error)}`, {
            cause: error,
            reason: 'PICTURE_UNREADABLE',
            values: { why: sentence(error) },
        });
    }
}

/**
 * @param {ImageBitmap} bitmap
 * @returns {ImageData}
 */
function readBitmap(bitmap) {
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    if (!context) throw new AcgError('UNSUPPORTED', 'The browser gives no canvas to read an ImageBitmap with');
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

/**
 * A copy, so that the caller's memory is neither changed nor detached. The copy is never shared memory.
 * @param {ArrayBufferView} view
 */
function copyBytes(view) {
    const bytes = new Uint8Array(view.byteLength);
    bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    return bytes;
}
