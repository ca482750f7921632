// Reads Hugging Face's safetensors: the length of the header, the header (JSON with all tensors and their positions), the values.
import { broken, isCount, readJson, readU64, tensorInfo, unsupported, viewOf, DTYPE_BYTES } from './numbers.js';
import { infosOf, openStorages, storagePieces } from './storages.js';

/**
 * @typedef {import('./original.js').Original} Original
 * @typedef {import('./original.js').Dtype} Dtype
 * @typedef {import('./storages.js').Tensors} Tensors
 */

const MAX_HEADER_BYTES = 2 ** 22;

/**
 * @param {import('./original.js').RandomAccess} source
 * @returns {Promise<Original>}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
 */
export async function openSafetensors(source) {
    const length = headerLength(await source.read(0, 8));
    const { tensors, end, metadata } = readHeader(await source.read(8, length));
    if (end !== source.size) throw broken(`Expected ${end} bytes but the file has ${source.size}: it is damaged or cut short`);
    return { ...openStorages('safetensors', source, tensors), metadata };
}

/**
 * Opens a stream.
 * @param {import('./byte_reader.js').ByteReader} reader at the file's beginning
 * @returns {Promise<Original>}
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT, UNSUPPORTED
 */
export async function openSafetensorsStream(reader) {
    const { tensors, end } = readHeader(await reader.take(headerLength(await reader.take(8))));
    async function* stream() {
        for (const entry of tensors) yield* storagePieces(entry[1].storage, [entry], reader);
        if (!(await reader.isAtEnd())) throw broken(`Expected ${end} bytes but the file has more`);
    }
    return { container: 'safetensors', tensors: infosOf(tensors), stream };
}

/** @param {Uint8Array} bytes */
function headerLength(bytes) {
    const length = readU64(viewOf(bytes), 0);
    if (length > MAX_HEADER_BYTES)
        throw unsupported(`The file has a header of ${length} bytes; ${MAX_HEADER_BYTES} are the most that is read`);
    return length;
}

/**
 * @param {Uint8Array} bytes
 * @returns {{ tensors: Tensors, end: number, metadata: Record<string, unknown> }} tensors: in
 *   the order of the file, without gaps; end: the position after the last one
 */
function readHeader(bytes) {
    const header = readJson(bytes, "The file's header");
    if (typeof header !== 'object' || header === null || Array.isArray(header)) throw broken('Expected tensors by name in the header');
    /** @type {Tensors} */
    const tensors = new Map();
    let end = 8 + bytes.length;
    const inFile = Object.entries(header)
        .filter(([name]) => name !== '__metadata__')
        .map(([name, entry]) => ({ name, ...readTensor(name, entry) }))
        .sort((a, b) => a.from - b.from || a.to - b.to);
    for (const { name, info, from, to } of inFile) {
        const at = 8 + bytes.length + from;
        if (at !== end) throw broken(`Expected the values of ${name} directly behind those before them but found gaps or overlaps`);
        end = 8 + bytes.length + to;
        tensors.set(name, { info, from: 0, storage: { at, bytes: info.bytes } });
    }
    const { __metadata__: metadata } = /** @type {any} */ (header);
    return { tensors, end, metadata: typeof metadata === 'object' && metadata !== null ? metadata : {} };
}

/**
 * @param {string} name
 * @param {any} entry
 */
function readTensor(name, entry) {
    const { dtype, shape, data_offsets: offsets } = entry ?? {};
    if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
        throw broken(`Expected the place of ${name} but found none`);
    if (typeof dtype !== 'string') throw broken(`Expected the kind of ${name}'s values but found none`);
    if (!Object.hasOwn(DTYPE_BYTES, dtype)) throw unsupported(`${name} has values of the kind ${dtype}, which is not read`);
    const info = tensorInfo(/** @type {Dtype} */ (dtype), shape);
    const [from, to] = offsets;
    if (to - from !== info.bytes) throw broken(`Expected ${info.bytes} bytes for ${name} but found ${to - from}`);
    return { info, from, to };
}
