// Opens a published file of weights. Recognises it by its content, not by its name.
import { ByteReader } from './byte_reader.js';
import { HDF5_SIGNATURE, openHdf5 } from './hdf5.js';
import { broken, unsupported } from './numbers.js';
import { openSafetensors, openSafetensorsStream } from './safetensors.js';
import { LEGACY_MAGIC, openTorchLegacy, openTorchLegacyStream } from './torch_legacy.js';
import { isTorchZip, openTorchZip, openTorchZipStream } from './torch_zip.js';
import { DATA_NAME, INDEX_NAME, openTfBundle } from './tf_bundle.js';
import { readDirectory } from './zip.js';

/**
 * @typedef {import('./original.js').Original} Original
 * @typedef {import('./original.js').RandomAccess} RandomAccess
 */

const HEAD_BYTES = 64;
const ZIP_SIGNATURE = [0x50, 0x4b, 3, 4];

/** Beginnings of other files that people often give in place of weights, each with a message. @type {[RegExp, string][]} */
const OTHERS = [
    [/^version https:\/\/git-lfs/, 'The file is a pointer of Git LFS, not the file that it stands for: download that one'],
    [/^\s*<(!doctype|html|\?xml)/i, 'The file is a page of the web, not the file behind it'],
    [/^\s*[[{]/, 'The file is a JSON, not a file of weights'],
    [/^PK/, 'The file is an empty .zip, or one that does not begin with a file'],
    [/^7767517/, 'The file is the description of a network of ncnn, not a file of weights'],
];

/**
 * Opens a file that can be read at any position.
 * @param {RandomAccess} source
 * @returns {Promise<Original>}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
 */
export async function openOriginal(source) {
    const head = await source.read(0, Math.min(source.size, HEAD_BYTES));
    switch (recognise(head)) {
        case 'zip': {
            const entries = await readDirectory(source);
            if (isTorchZip(entries)) return openTorchZip(source, entries);
            throw unsupported('Expected a file of weights but found a .zip of other files');
        }
        case 'torch-legacy':
            return openTorchLegacy(source);
        case 'hdf5':
            return openHdf5(source);
        case 'safetensors':
            return openSafetensors(source);
    }
}

/**
 * Opens a stream: reads the structure from its beginning. The weights follow when the caller reads `stream` of the result.
 * @param {AsyncIterable<Uint8Array>} pieces
 * @returns {Promise<Original>}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT; UNSUPPORTED, also for formats that need random access
 */
export async function openOriginalStream(pieces) {
    const reader = new ByteReader(pieces);
    try {
        switch (recognise((await reader.peek(HEAD_BYTES)).subarray(0, HEAD_BYTES))) {
            case 'zip':
                return await openTorchZipStream(reader);
            case 'torch-legacy':
                return await openTorchLegacyStream(reader);
            case 'safetensors':
                return await openSafetensorsStream(reader);
            case 'hdf5':
                throw unsupported('HDF5 cannot be read as a stream: it must be stored as a file first');
        }
    } catch (error) {
        await reader.close();
        throw error;
    }
}

/**
 * @param {import('./original.js').Folder} folder a SavedModel's
 * @returns {Promise<Original>}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
 */
export async function openSavedModel(folder) {
    const [index, data] = [INDEX_NAME, DATA_NAME].map((name) => {
        if (!folder.names.includes(name)) throw broken(`Expected ${name} in the folder of a SavedModel but found none`);
        return name;
    });
    return openTfBundle(await folder.open(index), await folder.open(data));
}

/**
 * @param {Uint8Array} head a file's first bytes
 * @returns {'zip' | 'torch-legacy' | 'hdf5' | 'safetensors'}
 */
function recognise(head) {
    const found = containerOf(head);
    if (found) return found;
    const text = String.fromCharCode(...head);
    const [, sentence] = OTHERS.find(([pattern]) => pattern.test(text)) ?? [];
    throw unsupported(sentence ?? 'Expected a file of PyTorch, safetensors or HDF5 but found something else');
}

/**
 * The format of a file; undefined: it is no file of weights.
 * @param {RandomAccess} source
 */
export async function readContainer(source) {
    return containerOf(await source.read(0, Math.min(source.size, HEAD_BYTES)));
}

/**
 * The format of a file by its first bytes; undefined: it is no file of weights.
 * @param {Uint8Array} head a file's first bytes, 16 or more
 * @returns {'zip' | 'torch-legacy' | 'hdf5' | 'safetensors' | undefined}
 */
export function containerOf(head) {
    const begins = (/** @type {number[]} */ bytes) => bytes.every((byte, i) => byte === head[i]);
    if (begins(ZIP_SIGNATURE)) return 'zip';
    if (begins(LEGACY_MAGIC)) return 'torch-legacy';
    if (begins(HDF5_SIGNATURE)) return 'hdf5';
    // a header length below 2^40, then JSON
    if (head[8] === 0x7b && head[5] === 0 && head[6] === 0 && head[7] === 0) return 'safetensors';
    return undefined;
}
