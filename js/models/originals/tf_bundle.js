// Reads the variables of TensorFlow's SavedModel. variables.index is a table of all tensors by checkpoint keys. variables.data-00000-of-00001 has
// the values one after the other, and a graph of objects that maps Keras's names to these keys.
import { addByShortName } from './keras_names.js';
import { broken, isCount, readUtf8, tensorInfo, unsupported, viewOf } from './numbers.js';
import { ProtobufReader, fieldsOf } from './protobuf.js';
import { openStorages } from './storages.js';

/**
 * @typedef {import('./original.js').RandomAccess} RandomAccess
 * @typedef {{ dtype: number, shape: number[], shard: number, at: number, bytes: number, isSliced: boolean }} TableEntry
 */

export const INDEX_NAME = 'variables/variables.index';
export const DATA_NAME = 'variables/variables.data-00000-of-00001';

const GRAPH_KEY = '_CHECKPOINTABLE_OBJECT_GRAPH';
/** Keys of an optimizer's values for each variable. Their names end like the name of the variable. */
const OF_OPTIMIZER = /\.OPTIMIZER_SLOT|(^|\/)optimizer\//;
const FLOAT = 1;

const MAX_INDEX_BYTES = 2 ** 22;
const MAX_GRAPH_BYTES = 2 ** 22;
const MAX_ENTRIES = 2 ** 16;
const MAX_KEY_BYTES = 1024;

/**
 * Opens the variables of Keras's layers: float32 tensors whose names have a layer and a variable.
 * @param {RandomAccess} index
 * @param {RandomAccess} data
 * @returns {Promise<import('./original.js').Original>}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
 */
export async function openTfBundle(index, data) {
    if (index.size > MAX_INDEX_BYTES)
        throw unsupported(`variables.index has ${index.size} bytes; ${MAX_INDEX_BYTES} are the most that is read`);
    const entries = new Map();
    for (const { key, value } of tableRows(await index.read(0, index.size))) {
        if (key === '') checkHeader(value);
        else entries.set(key, readEntry(value));
    }
    const graph = entries.get(GRAPH_KEY);
    if (!graph) throw unsupported("The variables were saved without their objects' names");
    const tensors = new Map();
    for (const [key, name] of await readNames(data, graph)) {
        const entry = entries.get(key);
        if (!name.includes('/') || OF_OPTIMIZER.test(key) || entry?.dtype !== FLOAT) continue;
        addByShortName(tensors, name, storedIn(entry, name));
    }
    return openStorages('tf-bundle', data, tensors);
}

/**
 * @param {TableEntry} entry
 * @param {string} name
 * @returns {import('./storages.js').Stored}
 */
function storedIn({ shape, shard, at, bytes, isSliced }, name) {
    if (shard !== 0 || isSliced) throw unsupported(`${name} of the SavedModel is split into parts, or is in a file that is not read`);
    const info = tensorInfo('F32', shape);
    if (bytes !== info.bytes || !isCount(at)) throw broken(`Expected ${info.bytes} bytes for ${name} but found ${bytes}`);
    return { info, from: 0, storage: { at, bytes } };
}

const FOOTER_BYTES = 48;
const FOOTER_MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];

/** @param {Uint8Array} bytes */
export function isTable(bytes) {
    return FOOTER_MAGIC.every((byte, i) => byte === bytes[bytes.length - 8 + i]);
}

/**
 * The rows of a LevelDB table, in ascending order of keys.
 * @param {Uint8Array} table
 * @returns {Generator<{ key: string, value: Uint8Array }, void, void>}
 */
function* tableRows(table) {
    if (table.length < FOOTER_BYTES || !isTable(table))
        throw broken('Expected a table of TensorFlow as variables.index but found something else');
    const footer = new ProtobufReader(table.subarray(-FOOTER_BYTES));
    footer.varint();
    footer.varint(); // position and size of a filter, which is not needed
    let last;
    let left = MAX_ENTRIES;
    for (const { value: handle } of blockRows(blockAt(table, footer))) {
        for (const { key: bytes, value } of blockRows(blockAt(table, new ProtobufReader(handle)))) {
            if (left-- === 0) throw unsupported(`The SavedModel has more than ${MAX_ENTRIES} variables`);
            if (last && compare(bytes, last) <= 0)
                throw broken('Expected each variable of the SavedModel once and in order but found another');
            last = bytes;
            yield { key: readUtf8(bytes), value };
        }
    }
}

/**
 * @param {Uint8Array} table
 * @param {ProtobufReader} handle reads its position and size
 */
function blockAt(table, handle) {
    const [at, bytes] = [handle.varint(), handle.varint()];
    if (at + bytes + 5 > table.length) throw broken('A block of variables.index is damaged or cut short');
    const kind = table[at + bytes];
    if (kind !== 0) throw unsupported(`A block of variables.index is compressed (kind ${kind}), as TensorFlow does not write it`);
    return table.subarray(at, at + bytes);
}

/**
 * @param {Uint8Array} block
 * @returns {Generator<{ key: Uint8Array, value: Uint8Array }, void, void>}
 */
function* blockRows(block) {
    const restarts = block.length < 4 ? -1 : viewOf(block).getUint32(block.length - 4, true);
    const end = block.length - 4 - 4 * restarts;
    if (restarts < 0 || end < 0) throw broken('A block of variables.index is damaged');
    const reader = new ProtobufReader(block.subarray(0, end));
    let key = new Uint8Array();
    for (let left = MAX_ENTRIES; !reader.isAtEnd; left--) {
        const [shared, own, bytes] = [reader.varint(), reader.varint(), reader.varint()];
        if (shared > key.length || shared + own > MAX_KEY_BYTES || left === 0) throw broken('A key of variables.index is damaged');
        const next = new Uint8Array(shared + own);
        next.set(key.subarray(0, shared));
        next.set(reader.take(own), shared);
        key = next;
        yield { key, value: reader.take(bytes) };
    }
}

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
function compare(a, b) {
    const at = a.findIndex((byte, i) => byte !== b[i]);
    return at < 0 ? a.length - b.length : a[at] - (b[at] ?? -1);
}

/** @param {Uint8Array} header */
function checkHeader(header) {
    for (const { field, number } of fieldsOf(header)) {
        if (field === 1 && number !== 1) throw unsupported(`Expected the variables of a SavedModel in one file but they are in ${number}`);
        if (field === 2 && number !== 0) throw unsupported('Expected little-endian values but found big-endian ones');
    }
}

/**
 * @param {Uint8Array} value a BundleEntryProto
 * @returns {TableEntry}
 */
function readEntry(value) {
    const entry = { dtype: 0, shape: /** @type {number[]} */ ([]), shard: 0, at: 0, bytes: 0, isSliced: false };
    for (const { field, number, bytes } of fieldsOf(value)) {
        if (field === 1) entry.dtype = number;
        else if (field === 2) entry.shape = readShape(bytes);
        else if (field === 3) entry.shard = number;
        else if (field === 4) entry.at = number;
        else if (field === 5) entry.bytes = number;
        else if (field === 7) entry.isSliced = true;
    }
    return entry;
}

/** @param {Uint8Array} message a TensorShapeProto */
function readShape(message) {
    const shape = [];
    for (const { field, bytes } of fieldsOf(message)) {
        if (field !== 2) continue;
        let dim = 0;
        for (const { field: part, number } of fieldsOf(bytes)) if (part === 1) dim = number;
        shape.push(dim);
    }
    return shape;
}

/**
 * @param {RandomAccess} data
 * @param {TableEntry} graph a text tensor: its length, a checksum of the length, a TrackableObjectGraph
 * @returns {Promise<Map<string, string>>} Keras's names by checkpoint key
 */
async function readNames(data, graph) {
    if (graph.bytes > MAX_GRAPH_BYTES) throw unsupported(`The SavedModel's graph of objects has ${graph.bytes} bytes`);
    const reader = new ProtobufReader(await data.read(graph.at, graph.bytes));
    const length = reader.varint();
    reader.take(4);
    const names = new Map();
    for (const { field, bytes: node } of fieldsOf(reader.take(length))) {
        if (field !== 1) continue;
        for (const { field: part, bytes: attribute } of fieldsOf(node)) {
            if (part !== 2) continue;
            const [name, key] = [2, 3].map((wanted) => readUtf8(lastOf(attribute, wanted)));
            names.set(key, name);
        }
    }
    return names;
}

/**
 * @param {Uint8Array} message
 * @param {number} wanted a field number
 */
function lastOf(message, wanted) {
    let found = message.subarray(0, 0);
    for (const { field, bytes } of fieldsOf(message)) if (field === wanted) found = bytes;
    return found;
}
