// Reads PyTorch's archives: <name>/data.pkl lists the tensors, <name>/data/<key> are their storages, uncompressed. Local headers have no sizes, but
// the pickle has them, so a file that begins with the pickle can be read as a stream. OpenAI's TorchScript archives have it at the end.
import { partAccess } from './access.js';
import { ByteReader } from './byte_reader.js';
import { broken, readUtf8, readU64, unsupported, viewOf } from './numbers.js';
import { byStorage, infosOf, openStorages, storagePieces } from './storages.js';
import { takePickle, tensorsIn } from './torch_tensors.js';
import {
    DESCRIPTOR,
    DIRECTORY_END_BYTES,
    DIRECTORY_ENTRY,
    HAS_DESCRIPTOR,
    LOCAL_HEADER,
    STORED,
    dataOf,
    endsDirectory,
    peekLocalHeader,
} from './zip.js';

/**
 * @typedef {import('./original.js').Original} Original
 * @typedef {import('./original.js').RandomAccess} RandomAccess
 * @typedef {import('./zip.js').Entry} Entry
 * @typedef {import('./zip.js').LocalHeader} LocalHeader
 * @typedef {import('./torch_tensors.js').TorchStorage} TorchStorage
 */

const LIST_NAME = /^(.*)\/data\.pkl$/;
/** The limit for the other files in the archive: versions, the byte order. */
const MAX_SMALL_BYTES = 2 ** 16;

/** @param {Map<string, Entry>} entries */
export function isTorchZip(entries) {
    return [...entries.keys()].some((name) => LIST_NAME.test(name));
}

/**
 * @param {RandomAccess} source
 * @param {Map<string, Entry>} entries its directory
 * @returns {Promise<Original>}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
 */
export async function openTorchZip(source, entries) {
    const [list, more] = [...entries.keys()].filter((name) => LIST_NAME.test(name));
    if (!list || more) throw broken('Expected one list of tensors in the file of PyTorch but found none, or several');
    const folder = list.slice(0, -'data.pkl'.length);
    const order = await openEntry(source, entries.get(`${folder}byteorder`));
    if (order) checkByteOrder(await order.read(0, Math.min(order.size, MAX_SMALL_BYTES)));
    const pickle = /** @type {RandomAccess} */ (await openEntry(source, entries.get(list)));
    const tensors = tensorsIn((await takePickle(new ByteReader(pickle.stream()))).value);
    for (const storage of /** @type {Iterable<TorchStorage>} */ (byStorage(tensors).keys())) {
        const entry = entries.get(`${folder}data/${storage.key}`);
        if (entry?.bytes !== storage.bytes) {
            throw broken(
                `Expected a storage ${storage.key} of ${storage.bytes} bytes but found ${entry ? `${entry.bytes} bytes` : 'none'}`,
            );
        }
        checkStored(entry);
        storage.at = (await dataOf(source, entry)).at;
    }
    return openStorages('torch', source, tensors);
}

/**
 * @param {RandomAccess} source
 * @param {Entry | undefined} entry
 */
async function openEntry(source, entry) {
    if (!entry) return undefined;
    checkStored(entry);
    const { at, bytes } = await dataOf(source, entry);
    return partAccess(source, at, bytes);
}

/** @param {{ name: string, method: number, flags: number, bytes: number, packedBytes: number }} header */
function checkStored({ name, method, bytes, packedBytes }) {
    if (method !== STORED) throw unsupported(`${name} is compressed, as PyTorch never writes it`);
    if (bytes !== packedBytes) throw broken(`${name} has two sizes`);
}

/** @param {Uint8Array} bytes */
function checkByteOrder(bytes) {
    const order = readUtf8(bytes);
    if (order !== 'little') throw unsupported(`Expected little-endian values but found the byte order '${order}'`);
}

/**
 * Opens a stream.
 * @param {ByteReader} reader at the file's beginning
 * @returns {Promise<Original>}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED: the file's list of tensors does not come first
 */
export async function openTorchZipStream(reader) {
    const { header, folder } = await findList(reader);
    checkStored(header);
    await reader.skip(header.headerBytes);
    const begin = reader.at;
    const { value, storages } = await takePickle(reader);
    await skipDescriptor(reader, header, reader.at - begin);
    const tensors = tensorsIn(value);
    const lists = byStorage(tensors);
    async function* stream() {
        const left = new Set(storages.keys());
        const wanted = new Set(/** @type {Iterable<TorchStorage>} */ (lists.keys()));
        for (let next = await localHeader(reader); next; next = await localHeader(reader)) {
            const key = next.name.startsWith(`${folder}data/`) ? next.name.slice(`${folder}data/`.length) : '';
            const storage = storages.get(key);
            if (storage && !left.delete(key)) throw broken(`Expected one storage ${key} but found two`);
            if (!storage) {
                const bytes = await takeSmall(reader, next);
                if (next.name === `${folder}byteorder`) checkByteOrder(bytes);
                continue;
            }
            await beginEntry(reader, next, storage.bytes);
            const list = lists.get(storage);
            if (list) yield* storagePieces(storage, list, reader);
            else await reader.skip(storage.bytes);
            wanted.delete(storage);
            await skipDescriptor(reader, next, storage.bytes);
        }
        for (const { key } of wanted) throw broken(`Expected a storage ${key} but found none: the file is damaged or cut short`);
        if (!endsDirectory(await reader.drain(DIRECTORY_END_BYTES))) throw broken('The end of the file is damaged or cut short');
    }
    return { container: 'torch', tensors: infosOf(tensors), stream };
}

/** @param {ByteReader} reader */
function localHeader(reader) {
    return peekLocalHeader((n) => reader.peek(n));
}

/**
 * Finds the header of the list of tensors. Files before it must be small.
 * @param {ByteReader} reader
 */
async function findList(reader) {
    for (let header = await localHeader(reader); header; header = await localHeader(reader)) {
        const [, folder] = LIST_NAME.exec(header.name) ?? [];
        if (folder !== undefined) return { header, folder: `${folder}/` };
        if (header.method !== STORED || header.packedBytes > MAX_SMALL_BYTES || /\/data\/[^/]+$/.test(header.name)) {
            throw unsupported("The archive does not begin with PyTorch's list of tensors: it must be stored as a file first");
        }
        await takeSmall(reader, header);
    }
    throw broken("Expected PyTorch's list of tensors but the archive has none, or is cut short");
}

/**
 * @param {ByteReader} reader
 * @param {LocalHeader} header
 * @param {number} bytes the expected size
 */
async function beginEntry(reader, header, bytes) {
    const hasSize = !(header.flags & HAS_DESCRIPTOR) || header.bytes > 0;
    checkStored(header);
    if (hasSize && header.bytes !== bytes) throw broken(`Expected ${bytes} bytes in ${header.name} but found ${header.bytes}`);
    await reader.skip(header.headerBytes);
}

/**
 * Reads a file that is no storage.
 * @param {ByteReader} reader
 * @param {LocalHeader} header
 */
async function takeSmall(reader, header) {
    checkStored(header);
    await reader.skip(header.headerBytes);
    const hasSize = !(header.flags & HAS_DESCRIPTOR) || header.bytes > 0;
    const n = hasSize ? header.bytes : findDescriptor(await reader.peek(MAX_SMALL_BYTES));
    if (n === undefined || n > MAX_SMALL_BYTES) throw unsupported(`${header.name} is large, but belongs to no tensor`);
    const bytes = await reader.take(n);
    await skipDescriptor(reader, header, n);
    return bytes;
}

/** The size of an entry whose header has no size: finds the descriptor after it. @param {Uint8Array} bytes */
function findDescriptor(bytes) {
    const view = viewOf(bytes);
    for (let n = 0; n + 12 <= Math.min(bytes.length, MAX_SMALL_BYTES); n++) {
        if (view.getUint32(n, true) === DESCRIPTOR && view.getUint32(n + 8, true) === n) return n;
    }
    return undefined;
}

/**
 * Skips the descriptor after an entry whose header has no sizes, and checks its size, which has 32 or 64 bits.
 * @param {ByteReader} reader
 * @param {LocalHeader} header
 * @param {number} bytes of the entry
 */
async function skipDescriptor(reader, { flags, name }, bytes) {
    if (!(flags & HAS_DESCRIPTOR)) return;
    const view = viewOf(await reader.peek(28));
    const isFollowed = (/** @type {number} */ n) =>
        view.byteLength >= n + 4 && [LOCAL_HEADER, DIRECTORY_ENTRY].includes(view.getUint32(n, true));
    const length = [24, 16].find(isFollowed);
    if (length === undefined || view.getUint32(0, true) !== DESCRIPTOR)
        throw broken(`Expected the end of ${name} but found something else`);
    const found = length === 24 ? readU64(view, 8) : view.getUint32(8, true);
    if (found !== bytes) throw broken(`Expected ${bytes} bytes in ${name} but found ${found}`);
    await reader.skip(length);
}
