// Gives the values of tensors in a file: all in one pass, or one tensor alone. In PyTorch's files several tensors can be in one storage, and their
// values can be stored in another order than C order. In other files each tensor has a storage of its own.
import { PIECE_BYTES } from '../download.js';
import { ByteReader } from './byte_reader.js';
import { DTYPE_BYTES, broken, isCount, unsupported } from './numbers.js';

/**
 * @typedef {import('./original.js').Original} Original
 * @typedef {import('./original.js').RandomAccess} RandomAccess
 * @typedef {import('./original.js').TensorInfo} TensorInfo
 * @typedef {import('./original.js').TensorPiece} TensorPiece
 * @typedef {{ at: number, bytes: number }} Storage contiguous bytes of one dtype; at: the position in the file, if known
 * @typedef {{ info: TensorInfo, storage: Storage, from: number, strides?: number[] }} Stored a tensor in a storage; from: its first
 *   byte there; strides: in elements, if its values are not in C order without gaps
 * @typedef {Map<string, Stored>} Tensors by name
 * @typedef {[name: string, stored: Stored][]} TensorList
 */

/** The limit for tensors that are not in C order. A storage with such tensors is held in memory until all their values are read. */
const MAX_HELD_BYTES = 2 ** 26;

/** Tensors may share values, but a small file must not become a large one. */
const MAX_SHARING = 4;

/**
 * A tensor from PyTorch's description of it.
 * @param {TensorInfo} info
 * @param {Storage} storage
 * @param {number} offset in elements
 * @param {unknown} strides in elements
 * @returns {Stored}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT
 */
export function storedTensor(info, storage, offset, strides) {
    const { shape, dtype, bytes } = info;
    if (!isCount(offset) || !Array.isArray(strides) || strides.length !== shape.length || !strides.every(isCount)) {
        throw broken('Expected a place in a storage for each dimension of a tensor but found none');
    }
    const end = bytes === 0 ? offset : shape.reduce((last, dim, i) => last + (dim - 1) * strides[i], offset + 1);
    if (!isCount(end * DTYPE_BYTES[dtype]) || end * DTYPE_BYTES[dtype] > storage.bytes) {
        throw broken(
            `Expected a tensor inside its storage of ${storage.bytes} bytes but found one that ends ${end} values behind its beginning`,
        );
    }
    const stored = { info, storage, from: offset * DTYPE_BYTES[dtype] };
    return bytes === 0 || isInOrder(shape, strides) ? stored : { ...stored, strides };
}

/**
 * Whether the values are in C order without gaps.
 * @param {number[]} shape
 * @param {number[]} strides
 */
function isInOrder(shape, strides) {
    let expected = 1;
    for (let i = shape.length - 1; i >= 0; i--) {
        if (shape[i] !== 1 && strides[i] !== expected) return false;
        expected *= shape[i];
    }
    return true;
}

/**
 * Opens a file with random access.
 * @param {Original['container']} container
 * @param {RandomAccess} source
 * @param {Tensors} tensors the positions of their storages are known
 * @param {unknown} [config]
 * @returns {Original}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
 */
export function openStorages(container, source, tensors, config) {
    const inFile = [...byStorage(tensors)].sort(([a], [b]) => a.at - b.at);
    const end = inFile.reduce((last, [{ at, bytes }]) => {
        if (at < last) throw broken(`Expected values of one tensor at ${at} but those before end at ${last}: tensors overlap`);
        return at + bytes;
    }, 0);
    if (end > source.size) throw broken(`Expected ${end} bytes but the file has ${source.size}: it is damaged or cut short`);
    async function* stream() {
        for (const [storage, list] of inFile) {
            const reader = new ByteReader(source.stream(storage.at), storage.at);
            try {
                yield* storagePieces(storage, list, reader);
            } finally {
                await reader.close();
            }
        }
    }
    const read = async (/** @type {string} */ name) => {
        const stored = tensors.get(name);
        if (!stored) throw broken(`Expected a tensor ${name} but the file has none`);
        return readStored(source, stored);
    };
    return { container, tensors: infosOf(tensors), config, stream, read };
}

/**
 * The dtypes and shapes of tensors, after a check that their total size is plausible.
 * @param {Tensors} tensors
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
 */
export function infosOf(tensors) {
    if (tensors.size === 0) throw broken('Expected a file with tensors but found none in it');
    const given = [...tensors.values()].reduce((sum, { info }) => sum + info.bytes, 0);
    const held = [...new Set([...tensors.values()].map(({ storage }) => storage))].reduce((sum, { bytes }) => sum + bytes, 0);
    if (given > MAX_SHARING * held + PIECE_BYTES) {
        throw unsupported(
            `The tensors have ${given} bytes of values but share ${held} bytes of the file: it is no file of weights that is known`,
        );
    }
    return new Map([...tensors].map(([name, { info }]) => [name, info]));
}

/**
 * Groups tensors by storage.
 * @param {Tensors} tensors
 * @returns {Map<Storage, TensorList>}
 */
export function byStorage(tensors) {
    const found = new Map();
    for (const entry of tensors) {
        const { storage } = entry[1];
        if (!found.has(storage)) found.set(storage, []);
        found.get(storage).push(entry);
    }
    for (const [storage, list] of found) heldRange(storage, list);
    return found;
}

/**
 * Reads a storage and gives the values of its tensors.
 * @param {Storage} storage
 * @param {TensorList} list the tensors in it
 * @param {ByteReader} reader at the beginning of the storage
 * @returns {AsyncGenerator<TensorPiece, void, void>}
 */
export async function* storagePieces(storage, list, reader) {
    const inOrder = list.filter(([, { strides }]) => !strides);
    const { from, to } = heldRange(storage, list);
    const held = new Uint8Array(to - from);
    for (let at = 0; at < storage.bytes; at += PIECE_BYTES) {
        const bytes = await reader.take(Math.min(PIECE_BYTES, storage.bytes - at));
        for (const [name, stored] of inOrder) {
            const [begin, end] = common(at, bytes.length, stored.from, stored.from + stored.info.bytes);
            if (begin < end) yield { name, at: at + begin - stored.from, bytes: bytes.slice(begin, end) };
        }
        const [begin, end] = common(at, bytes.length, from, to);
        if (begin < end) held.set(bytes.subarray(begin, end), at + begin - from);
    }
    for (const [name, stored] of list) if (stored.strides) yield* reordered(name, stored, held, from);
}

/**
 * The part of a range that is in a piece, as positions in the piece.
 * @example const [begin, end] = common(at, bytes.length, from, to); // empty if begin >= end
 * @param {number} at
 * @param {number} length
 * @param {number} from
 * @param {number} to
 */
function common(at, length, from, to) {
    return [Math.max(from - at, 0), Math.min(to - at, length)];
}

/**
 * The part of a storage that must be held in memory.
 * @param {Storage} storage
 * @param {TensorList} list
 * @throws {import('../../errors.js').AcgError} UNSUPPORTED
 */
function heldRange(storage, list) {
    let [from, to] = [storage.bytes, 0];
    for (const [name, stored] of list) {
        if (!stored.strides) continue;
        [from, to] = [Math.min(from, stored.from), Math.max(to, stored.from + spanBytes(stored))];
        if (to - from <= MAX_HELD_BYTES && stored.info.bytes <= MAX_HELD_BYTES) continue;
        throw unsupported(
            `Tensor ${name} is not stored in its order, and has more than the ${MAX_HELD_BYTES} bytes that are sorted in memory`,
        );
    }
    return to > from ? { from, to } : { from: 0, to: 0 };
}

/** The bytes from its first to its last value in the storage. @param {Stored} stored */
function spanBytes({ info: { shape, dtype, bytes }, strides }) {
    return strides ? DTYPE_BYTES[dtype] * strides.reduce((sum, stride, i) => sum + (shape[i] - 1) * stride, 1) : bytes;
}

/**
 * @param {RandomAccess} source
 * @param {Stored} stored
 */
async function readStored(source, stored) {
    const bytes = await source.read(stored.storage.at + stored.from, spanBytes(stored));
    if (!stored.strides) return bytes;
    const all = new Uint8Array(stored.info.bytes);
    for (const piece of reordered('', stored, bytes, stored.from)) all.set(piece.bytes, piece.at);
    return all;
}

const ELEMENTS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array };

/**
 * The values of a tensor in C order, if they are stored in another order.
 * @param {string} name
 * @param {Stored} stored
 * @param {Uint8Array<ArrayBuffer>} held a part of its storage
 * @param {number} heldFrom the position of that part in the storage
 * @returns {Generator<TensorPiece, void, void>}
 */
function* reordered(name, { info: { shape, dtype, bytes }, from, strides = [] }, held, heldFrom) {
    const size = DTYPE_BYTES[dtype];
    const Elements = ELEMENTS[size];
    const values = new Elements(held.buffer);
    const index = shape.map(() => 0);
    let place = (from - heldFrom) / size;
    for (let at = 0; at < bytes; at += PIECE_BYTES) {
        const out = new Elements(Math.min(PIECE_BYTES, bytes - at) / size);
        for (let i = 0; i < out.length; i++) {
            out[i] = values[place];
            for (let axis = shape.length - 1; axis >= 0; axis--) {
                place += strides[axis];
                if (++index[axis] < shape[axis]) break;
                place -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
        yield { name, at, bytes: new Uint8Array(out.buffer) };
    }
}
