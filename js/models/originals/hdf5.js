// Reads HDF5 as Keras 2 writes it: superblock 0, groups as symbol tables, contiguous datasets, and the attribute model_config. Refuses anything
// else with a sentence that names it. The format: https://docs.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
import { addByShortName } from './keras_names.js';
import { broken, readJson, readU64, readUtf8, tensorInfo, unsupported, viewOf } from './numbers.js';
import { PageReader } from './page_reader.js';
import { openStorages } from './storages.js';

/**
 * @typedef {import('./original.js').Dtype} Dtype
 * @typedef {{ type: number, bytes: Uint8Array }} Message a part of an object's header
 * @typedef {{ name: string, at: number }} Member of a group; at: the position of its header
 */

export const HDF5_SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

const NOWHERE = 0xffffffffffffffffn;
const MAX_HEADER_BYTES = 2 ** 20;
const MAX_CONFIG_BYTES = 2 ** 22;
const MAX_DEPTH = 32;
const MAX_MEMBERS = 2 ** 16;
const MAX_NAME_BYTES = 1024;

const MESSAGE = {
    DATASPACE: 1,
    DATATYPE: 3,
    EXTERNAL: 7,
    LAYOUT: 8,
    FILTERS: 11,
    ATTRIBUTE: 12,
    CONTINUATION: 16,
    SYMBOL_TABLE: 17,
};
const IS_SHARED = 2;

/**
 * @param {import('./original.js').RandomAccess} source
 * @returns {Promise<import('./original.js').Original>}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
 */
export async function openHdf5(source) {
    const file = new PageReader(source);
    const root = await readHeader(file, await readSuperblock(file));
    const config = await readAttribute(file, root, 'model_config');
    const members = await readMembers(file, root);
    const weights = members.find(({ name }) => name === 'model_weights');
    const group = weights ? await readHeader(file, weights.at) : root;
    const tensors = await readTensors(file, group);
    return openStorages('hdf5', source, tensors, config && readJson(config, "The file's model_config"));
}

/**
 * @param {PageReader} file
 * @returns {Promise<number>} the position of the root group's header
 */
async function readSuperblock(file) {
    const view = await file.view(0, 96);
    const version = view.getUint8(8);
    if (version !== 0) throw unsupported(`Expected HDF5 with superblock 0, as Keras writes it, but found superblock ${version}`);
    if (view.getUint8(13) !== 8 || view.getUint8(14) !== 8)
        throw unsupported('Expected HDF5 with offsets and lengths of 8 bytes but found other sizes');
    if (readU64(view, 24) !== 0) throw unsupported('The HDF5 file is inside another file');
    const end = readU64(view, 40);
    if (end > file.size) throw broken(`Expected an HDF5 file of ${end} bytes but found ${file.size}: it is damaged or cut short`);
    return readU64(view, 64);
}

/**
 * The messages of an object's header, which may continue at other positions.
 * @param {PageReader} file
 * @param {number} at
 * @returns {Promise<Message[]>}
 */
async function readHeader(file, at) {
    const head = await file.view(at, 16);
    if (head.getUint8(0) !== 1) throw unsupported(`Expected an object of HDF5 in form 1 but found form ${head.getUint8(0)}`);
    let left = head.getUint16(2, true);
    let total = 0;
    /** @type {Message[]} */
    const found = [];
    const blocks = [{ at: at + 16, bytes: head.getUint32(8, true) }];
    for (const block of blocks) {
        total += block.bytes;
        if (total > MAX_HEADER_BYTES)
            throw unsupported(`An object of the HDF5 file has more than ${MAX_HEADER_BYTES} bytes of description`);
        for (const message of messagesIn(await file.bytes(block.at, block.bytes))) {
            if (left-- === 0) throw broken('An object of the HDF5 file has more parts than it says');
            if (message.type !== MESSAGE.CONTINUATION) found.push(message);
            else blocks.push({ at: u64(message.bytes, 0), bytes: u64(message.bytes, 8) });
        }
    }
    return found;
}

/**
 * @param {Uint8Array} block
 * @returns {Generator<Message, void, void>}
 */
function* messagesIn(block) {
    const view = viewOf(block);
    for (let at = 0; at + 8 <= block.length; ) {
        const type = view.getUint16(at, true);
        const end = at + 8 + view.getUint16(at + 2, true);
        if (end > block.length) throw broken('A part of an object of the HDF5 file is damaged or cut short');
        const isKnown = Object.values(MESSAGE).includes(type);
        if (isKnown && view.getUint8(at + 4) & IS_SHARED) throw unsupported('Objects of the HDF5 file share their descriptions');
        yield { type, bytes: block.subarray(at + 8, end) };
        at = end;
    }
}

/**
 * @param {PageReader} file
 * @param {Message[]} header of a group
 * @returns {Promise<Member[]>}
 */
async function readMembers(file, header) {
    const table = find(header, MESSAGE.SYMBOL_TABLE);
    if (!table) throw unsupported('Expected groups of HDF5 as symbol tables but found a newer form');
    const tree = u64(table, 0);
    const heap = await readHeap(file, u64(table, 8));
    /** @type {Member[]} */
    const members = [];
    for await (const member of treeMembers(file, tree, heap)) {
        if (members.push(member) > MAX_MEMBERS) throw unsupported(`A group of the HDF5 file has more than ${MAX_MEMBERS} members`);
    }
    return members;
}

/**
 * The heap with the names of a group's members.
 * @param {PageReader} file
 * @param {number} at
 */
async function readHeap(file, at) {
    const view = await file.view(at, 32);
    checkSignature(view, 'HEAP');
    const bytes = readU64(view, 8);
    if (bytes > MAX_HEADER_BYTES) throw unsupported(`The names of a group of the HDF5 file take ${bytes} bytes`);
    return file.bytes(readU64(view, 24), bytes);
}

/**
 * @param {PageReader} file
 * @param {number} at the position of a node of the tree
 * @param {Uint8Array} heap
 * @param {number} [level] the level that the node must have
 * @returns {AsyncGenerator<Member, void, void>}
 */
async function* treeMembers(file, at, heap, level) {
    const head = await file.view(at, 24);
    checkSignature(head, 'TREE');
    const own = head.getUint8(5);
    if (head.getUint8(4) !== 0 || (level !== undefined && own !== level))
        throw broken('Expected a tree of names in the HDF5 file but found another');
    const n = head.getUint16(6, true);
    const children = await file.view(at + 24, n * 16 + 8);
    for (let i = 0; i < n; i++) {
        const child = readU64(children, 8 + i * 16);
        if (own > 0) yield* treeMembers(file, child, heap, own - 1);
        else yield* symbols(file, child, heap);
    }
}

const SYMBOL_BYTES = 40;
const IS_LINK = 2;

/**
 * @param {PageReader} file
 * @param {number} at
 * @param {Uint8Array} heap
 */
async function* symbols(file, at, heap) {
    const head = await file.view(at, 8);
    checkSignature(head, 'SNOD');
    const n = head.getUint16(6, true);
    const entries = await file.view(at + 8, n * SYMBOL_BYTES);
    for (let i = 0; i < n; i++) {
        if (entries.getUint32(i * SYMBOL_BYTES + 16, true) === IS_LINK) throw unsupported('The HDF5 file has links to other places');
        const begin = readU64(entries, i * SYMBOL_BYTES);
        const bytes = heap.subarray(begin, begin + MAX_NAME_BYTES);
        if (!bytes.includes(0)) throw broken('Expected a name in the HDF5 file but found none');
        yield { name: readUtf8(bytes.subarray(0, bytes.indexOf(0))), at: readU64(entries, i * SYMBOL_BYTES + 8) };
    }
}

/**
 * @param {PageReader} file
 * @param {Message[]} root
 * @returns {Promise<import('./storages.js').Tensors>}
 */
async function readTensors(file, root) {
    const tensors = new Map();
    const seen = new Set();
    /** @type {(header: Message[], path: string, depth: number) => Promise<void>} */
    const walk = async (header, path, depth) => {
        if (depth > MAX_DEPTH) throw unsupported(`Groups of the HDF5 file lie in each other deeper than ${MAX_DEPTH} times`);
        for (const { name, at } of await readMembers(file, header)) {
            if (depth === 0 && name.startsWith('optimizer_weights')) continue;
            if (seen.has(at)) throw broken('Expected each object of the HDF5 file under one name but found one under two');
            seen.add(at);
            const inside = `${path}${name}`;
            const child = await readHeader(file, at);
            if (find(child, MESSAGE.LAYOUT)) addByShortName(tensors, inside, readDataset(child, inside));
            else await walk(child, `${inside}/`, depth + 1);
        }
    };
    await walk(root, '', 0);
    return tensors;
}

/**
 * @param {Message[]} header
 * @param {string} name
 * @returns {import('./storages.js').Stored}
 */
function readDataset(header, name) {
    const [space, type, layout] = [MESSAGE.DATASPACE, MESSAGE.DATATYPE, MESSAGE.LAYOUT].map((each) => find(header, each));
    if (!space || !type || !layout) throw broken(`Expected the shape and the kind of ${name} in the HDF5 file but found none`);
    if (find(header, MESSAGE.FILTERS)) throw unsupported(`${name} in the HDF5 file is compressed`);
    if (find(header, MESSAGE.EXTERNAL)) throw unsupported(`The values of ${name} lie outside of the HDF5 file`);
    const info = tensorInfo(readDatatype(type, name), readShape(space, name));
    const { at, bytes } = readLayout(layout, name);
    if (bytes !== info.bytes) throw broken(`Expected ${info.bytes} bytes for ${name} but found ${bytes}`);
    return { info, from: 0, storage: { at, bytes } };
}

const LAYOUTS = ['compact', 'contiguous', 'chunked', 'virtual'];
const CONTIGUOUS = 1;

/**
 * @param {Uint8Array} layout
 * @param {string} name
 */
function readLayout(layout, name) {
    const view = need(layout, 2);
    const [version, kind] = layout;
    if (version !== 3) throw unsupported(`${name} in the HDF5 file has a layout of version ${version}; version 3 is read`);
    if (kind !== CONTIGUOUS)
        throw unsupported(`${name} in the HDF5 file is ${LAYOUTS[kind] ?? 'of an unknown layout'}; contiguous is read`);
    need(layout, 18);
    const bytes = readU64(view, 10);
    const isThere = view.getBigUint64(2, true) !== NOWHERE;
    if (!isThere && bytes > 0) throw unsupported(`${name} in the HDF5 file has no values`);
    return { at: isThere ? readU64(view, 2) : 0, bytes };
}

/**
 * @param {Uint8Array} space
 * @param {string} name
 */
function readShape(space, name) {
    const view = need(space, 4);
    const [version, rank] = space;
    const first = version === 1 ? 8 : 4;
    if (version !== 1 && version !== 2) throw unsupported(`${name} in the HDF5 file has a shape of version ${version}`);
    if (version === 2 && space[3] === 2) throw unsupported(`${name} in the HDF5 file has no shape`);
    need(space, first + 8 * rank);
    return Array.from({ length: rank }, (_, i) => readU64(view, first + 8 * i));
}

const INTEGER = 0;
const FLOAT = 1;
const STRING = 3;
const VARIABLE = 9;
const SIGNED = 8;

/** IEEE floats by size: the bytes of their description after the class (bit field, position and size of exponent and mantissa). */
/** @type {Record<number, { dtype: Dtype, form: number[] }>} */
const FLOATS = {
    2: { dtype: 'F16', form: [0x20, 15, 0, 2, 0, 0, 0, 0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0] },
    4: { dtype: 'F32', form: [0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0] },
    8: { dtype: 'F64', form: [0x20, 63, 0, 8, 0, 0, 0, 0, 0, 64, 0, 52, 11, 0, 52, 255, 3, 0, 0] },
};
/** @type {Record<number, Dtype>} */
const SIGNED_INTEGERS = { 1: 'I8', 2: 'I16', 4: 'I32', 8: 'I64' };

/**
 * @param {Uint8Array} type
 * @param {string} name
 * @returns {Dtype}
 */
function readDatatype(type, name) {
    const size = need(type, 8).getUint32(4, true);
    const kind = type[0] & 15;
    const { dtype, form } = FLOATS[size] ?? {};
    if (kind === FLOAT && dtype && form?.every((byte, i) => type[i + 1] === byte)) return dtype;
    if (kind === INTEGER && type[1] === SIGNED && size in SIGNED_INTEGERS) return SIGNED_INTEGERS[size];
    if (kind === INTEGER && type[1] === 0 && size === 1) return 'U8';
    throw unsupported(`${name} in the HDF5 file has values that are neither little-endian floats nor such integers`);
}

/**
 * The text of an object's attribute; undefined: it has none of this name.
 * @param {PageReader} file
 * @param {Message[]} header
 * @param {string} wanted
 * @returns {Promise<Uint8Array | undefined>}
 */
async function readAttribute(file, header, wanted) {
    for (const { type, bytes } of header) {
        if (type !== MESSAGE.ATTRIBUTE) continue;
        const view = need(bytes, 8);
        const [version] = bytes;
        const padded = (/** @type {number} */ n) => (version === 1 ? (n + 7) & ~7 : n);
        const nameAt = version === 3 ? 9 : 8;
        const [nameBytes, typeBytes, spaceBytes] = [2, 4, 6].map((at) => view.getUint16(at, true));
        const typeAt = nameAt + padded(nameBytes);
        if (readUtf8(bytes.subarray(nameAt, nameAt + nameBytes)) !== `${wanted}\0`) continue;
        const value = bytes.subarray(typeAt + padded(typeBytes) + padded(spaceBytes));
        return readText(file, bytes.subarray(typeAt, typeAt + typeBytes), value, wanted);
    }
    return undefined;
}

/**
 * @param {PageReader} file
 * @param {Uint8Array} type
 * @param {Uint8Array} value
 * @param {string} name
 */
async function readText(file, type, value, name) {
    need(type, 8);
    const kind = type[0] & 15;
    if (kind === STRING) return value.subarray(0, value.indexOf(0) < 0 ? value.length : value.indexOf(0));
    if (kind !== VARIABLE || (type[1] & 15) !== 1)
        throw unsupported(`Expected a text as ${name} of the HDF5 file but found something else`);
    const bytes = need(value, 16).getUint32(0, true);
    if (bytes > MAX_CONFIG_BYTES)
        throw unsupported(`${name} of the HDF5 file has ${bytes} bytes; ${MAX_CONFIG_BYTES} are the most that is read`);
    return readGlobalHeap(file, { at: u64(value, 4), index: viewOf(value).getUint32(12, true), bytes });
}

/**
 * @param {PageReader} file
 * @param {{ at: number, index: number, bytes: number }} place
 */
async function readGlobalHeap(file, { at, index, bytes }) {
    const head = await file.view(at, 16);
    checkSignature(head, 'GCOL');
    const end = at + readU64(head, 8);
    for (let next = at + 16; next + 16 <= end; ) {
        const object = await file.view(next, 16);
        const size = readU64(object, 8);
        const own = object.getUint16(0, true);
        if (own === 0) break;
        if (own === index) {
            if (size < bytes) throw broken('A text of the HDF5 file is damaged');
            return file.bytes(next + 16, bytes);
        }
        next += 16 + Math.ceil(size / 8) * 8;
    }
    throw broken('Expected a text in the HDF5 file but found none');
}

/**
 * @param {Message[]} header
 * @param {number} type
 */
function find(header, type) {
    return header.find((message) => message.type === type)?.bytes;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} n how many bytes there must be
 */
function need(bytes, n) {
    if (bytes.length < n) throw broken('A part of the HDF5 file is damaged or cut short');
    return viewOf(bytes);
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 */
function u64(bytes, at) {
    return readU64(need(bytes, at + 8), at);
}

/**
 * @param {DataView} view
 * @param {string} expected
 */
function checkSignature(view, expected) {
    const found = String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(i)));
    if (found !== expected) throw broken(`Expected ${expected} in the HDF5 file but found something else: it is damaged`);
}
