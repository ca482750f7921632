// Reads PyTorch's files from before version 1.6: five pickles, then the storages, each after its number of values.
import { ByteReader } from './byte_reader.js';
import { DTYPE_BYTES, broken, readU64, unsupported, viewOf } from './numbers.js';
import { byStorage, infosOf, openStorages, storagePieces } from './storages.js';
import { takePickle, tensorsIn } from './torch_tensors.js';

/**
 * @typedef {import('./original.js').Original} Original
 * @typedef {import('./torch_tensors.js').TorchStorage} TorchStorage
 */

/** The first pickle: a magic number. */
export const LEGACY_MAGIC = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
const VERSION = 1001;

/**
 * @param {import('./original.js').RandomAccess} source
 * @returns {Promise<Original>}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
 */
export async function openTorchLegacy(source) {
    const reader = new ByteReader(source.stream());
    const { tensors, storages } = await readPickles(reader);
    let { at } = reader;
    await reader.close();
    for (const storage of storages) {
        checkCount(await source.read(at, 8), storage);
        storage.at = at + 8;
        at = storage.at + storage.bytes;
    }
    return openStorages('torch-legacy', source, tensors);
}

/**
 * Opens a stream.
 * @param {ByteReader} reader at the file's beginning
 * @returns {Promise<Original>}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
 */
export async function openTorchLegacyStream(reader) {
    const { tensors, storages } = await readPickles(reader);
    const lists = byStorage(tensors);
    async function* stream() {
        for (const storage of storages) {
            checkCount(await reader.take(8), storage);
            const list = lists.get(storage);
            if (list) yield* storagePieces(storage, list, reader);
            else await reader.skip(storage.bytes);
        }
        await reader.drain();
    }
    return { container: 'torch-legacy', tensors: infosOf(tensors), stream };
}

/**
 * @param {ByteReader} reader
 * @returns {Promise<{ tensors: import('./storages.js').Tensors, storages: TorchStorage[] }>} storages in the file's order
 */
async function readPickles(reader) {
    const magic = await reader.take(LEGACY_MAGIC.length);
    if (!LEGACY_MAGIC.every((byte, i) => byte === magic[i])) throw broken('Expected a file of PyTorch but found something else');
    const { value: version } = await takePickle(reader);
    if (version !== VERSION) throw unsupported(`Expected version ${VERSION} of PyTorch's files but found another`);
    const { value: system } = await takePickle(reader);
    if (!(system instanceof Map) || system.get('little_endian') !== true) {
        throw unsupported('Expected little-endian values but the file does not say that it has them');
    }
    const { value, storages } = await takePickle(reader);
    const { value: keys } = await takePickle(reader);
    const tensors = tensorsIn(value);
    if (!Array.isArray(keys) || new Set(keys).size !== keys.length) throw broken('Expected a list of storages but found none');
    const inFile = keys.map((key) => {
        const storage = storages.get(key);
        if (!storage) throw broken("Expected only storages of the file's tensors but found another");
        return storage;
    });
    const all = new Set(inFile);
    if (![...tensors.values()].every(({ storage }) => all.has(/** @type {TorchStorage} */ (storage))))
        throw broken('Expected a storage for each tensor but one is missing');
    return { tensors, storages: inFile };
}

/**
 * @param {Uint8Array} bytes
 * @param {TorchStorage} storage
 */
function checkCount(bytes, { key, dtype, bytes: expected }) {
    const count = readU64(viewOf(bytes), 0);
    if (count * DTYPE_BYTES[dtype] !== expected) throw broken(`Expected ${expected} bytes in storage ${key} but found ${count} values`);
}
