// Reads the directory of a .zip, its local headers, and its files as a Folder. PyTorch's files are .zip archives too: see torch_zip.js.
import { AcgError } from '../../errors.js';
import { joinBytes } from '../../shared/bytes.js';
import { bytesAccess, partAccess } from './access.js';
import { broken, readU64, readUtf8, unsupported, viewOf } from './numbers.js';

/**
 * @typedef {import('./original.js').RandomAccess} RandomAccess
 * @typedef {import('./original.js').Folder} Folder
 * @typedef {{ name: string, flags: number, method: number, crc: number, packedBytes: number, bytes: number, at: number }} Entry at: the
 *   position of its local header
 * @typedef {{ name: string, flags: number, method: number, packedBytes: number, bytes: number, headerBytes: number }} LocalHeader
 */

export const LOCAL_HEADER = 0x04034b50;
export const DIRECTORY_ENTRY = 0x02014b50;
export const DESCRIPTOR = 0x08074b50;
export const LOCAL_HEADER_BYTES = 30;
export const HAS_DESCRIPTOR = 8;
export const STORED = 0;

const DIRECTORY_END = 0x06054b50;
export const DIRECTORY_END_BYTES = 22;
const ZIP64_DIRECTORY_END = 0x06064b50;
const ZIP64_LOCATOR = 0x07064b50;
const DEFLATED = 8;
const IS_ENCRYPTED = 1;
const IS_ELSEWHERE = 0xffffffff; // the size or position is in the zip64 field
const ZIP64_FIELD = 1;

const MAX_DIRECTORY_BYTES = 2 ** 24;
const MAX_ENTRIES = 2 ** 16;
/** Deflate expands a byte to at most so many bytes. */
const MAX_DEFLATE_RATIO = 1032;
/** The limit for files that are decompressed in memory. The caller has to store larger ones. */
const MAX_INFLATED_BYTES = 2 ** 22;
/** How many bytes DecompressionStream gets at once: a browser holds all that they expand to. */
const INFLATE_PIECE_BYTES = 2 ** 14;

/** Whether the file begins like a .zip. @param {RandomAccess} source */
export async function isZip(source) {
    if (source.size < LOCAL_HEADER_BYTES) return false;
    return viewOf(await source.read(0, 4)).getUint32(0, true) === LOCAL_HEADER;
}

/**
 * The files of a .zip.
 * @param {RandomAccess} source
 * @returns {Promise<Map<string, Entry>>} by name, in the order of the directory, without folders
 * @throws {AcgError} BAD_FORMAT, UNSUPPORTED
 */
export async function readDirectory(source) {
    const { at, bytes, entries } = await findDirectory(source);
    if (bytes > MAX_DIRECTORY_BYTES || entries > MAX_ENTRIES) {
        throw unsupported(`The .zip has a directory of ${entries} files in ${bytes} bytes; ${MAX_ENTRIES} files are the most that is read`);
    }
    const directory = await source.read(at, bytes);
    const found = new Map();
    let next = 0;
    for (let i = 0; i < entries; i++) {
        const { entry, end } = readEntry(directory, next);
        next = end;
        if (entry.name.endsWith('/') || entry.name.startsWith('__MACOSX/')) continue; // folders, and metadata of macOS
        if (found.has(entry.name)) throw broken(`Expected one file ${entry.name} in the .zip but found two`);
        found.set(entry.name, entry);
    }
    return found;
}

/** @param {RandomAccess} source */
async function findDirectory(source) {
    const tailBytes = Math.min(source.size, DIRECTORY_END_BYTES + 0xffff); // a comment may follow
    const tail = await source.read(source.size - tailBytes, tailBytes);
    const view = viewOf(tail);
    for (let i = tail.length - DIRECTORY_END_BYTES; i >= 0; i--) {
        if (view.getUint32(i, true) !== DIRECTORY_END || !endsDirectory(tail.subarray(i))) continue;
        const end = source.size - tail.length + i;
        const entries = view.getUint16(i + 10, true);
        const bytes = view.getUint32(i + 12, true);
        const at = view.getUint32(i + 16, true);
        const large = entries === 0xffff || bytes === IS_ELSEWHERE || at === IS_ELSEWHERE;
        return (large && (await findZip64Directory(source, end))) || { entries, bytes, at };
    }
    throw broken('Expected a .zip with a directory at its end but found none: it is damaged or cut short');
}

/**
 * Whether the last bytes of a file are the end of a directory and a comment.
 * @param {Uint8Array} tail
 */
export function endsDirectory(tail) {
    if (tail.length < DIRECTORY_END_BYTES || viewOf(tail).getUint32(0, true) !== DIRECTORY_END) return false;
    return viewOf(tail).getUint16(20, true) === tail.length - DIRECTORY_END_BYTES;
}

/**
 * @param {RandomAccess} source
 * @param {number} end the position of the directory's end record; the zip64 locator is directly before it
 */
async function findZip64Directory(source, end) {
    if (end < 20) return undefined;
    const locator = viewOf(await source.read(end - 20, 20));
    if (locator.getUint32(0, true) !== ZIP64_LOCATOR) return undefined;
    const record = viewOf(await source.read(readU64(locator, 8), 56));
    if (record.getUint32(0, true) !== ZIP64_DIRECTORY_END) throw broken('Expected the end of a zip64 directory but found something else');
    return { entries: readU64(record, 32), bytes: readU64(record, 40), at: readU64(record, 48) };
}

/**
 * @param {Uint8Array} directory
 * @param {number} at
 * @returns {{ entry: Entry, end: number }}
 */
function readEntry(directory, at) {
    const view = viewOf(directory);
    if (at + 46 > directory.length || view.getUint32(at, true) !== DIRECTORY_ENTRY) throw broken("The .zip's directory is damaged");
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((i) => view.getUint16(at + i, true));
    const extraAt = at + 46 + nameBytes;
    const end = extraAt + extraBytes + commentBytes;
    if (end > directory.length) throw broken("The .zip's directory is damaged");
    const extra = directory.subarray(extraAt, extraAt + extraBytes);
    const sizes = [24, 20, 42].map((i) => view.getUint32(at + i, true));
    const [bytes, packedBytes, place] = withZip64(sizes, extra);
    const entry = {
        name: readName(directory.subarray(at + 46, extraAt)),
        flags: view.getUint16(at + 8, true),
        method: view.getUint16(at + 10, true),
        crc: view.getUint32(at + 16, true),
        packedBytes,
        bytes,
        at: place,
    };
    return { entry, end };
}

/**
 * Decodes a name. Old programs write other encodings than UTF-8, which are not known: then each byte becomes a character.
 * @param {Uint8Array} bytes
 */
function readName(bytes) {
    try {
        return readUtf8(bytes);
    } catch {
        return new TextDecoder('latin1').decode(bytes);
    }
}

/**
 * The numbers of a header. Those that need 64 bits are read from its extra fields.
 * @param {number[]} numbers
 * @param {Uint8Array} extra
 */
function withZip64(numbers, extra) {
    if (!numbers.includes(IS_ELSEWHERE)) return numbers;
    const view = viewOf(extra);
    for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
        if (view.getUint16(at, true) !== ZIP64_FIELD) continue;
        const end = Math.min(at + 4 + view.getUint16(at + 2, true), extra.length);
        let next = at + 4;
        return numbers.map((number) => {
            if (number !== IS_ELSEWHERE) return number;
            if (next + 8 > end) throw broken('Expected a size of 64 bits in the .zip but found none');
            next += 8;
            return readU64(view, next - 8);
        });
    }
    throw broken('Expected a size of 64 bits in the .zip but found none');
}

/**
 * Reads a local header without consuming it.
 * @param {(n: number) => Promise<Uint8Array>} peek gives the next n bytes, or fewer at the end
 * @returns {Promise<LocalHeader | undefined>} undefined: something else follows
 * @throws {AcgError} BAD_FORMAT
 */
export async function peekLocalHeader(peek) {
    const fixed = await peek(LOCAL_HEADER_BYTES);
    if (fixed.length < LOCAL_HEADER_BYTES) return undefined;
    const view = viewOf(fixed);
    if (view.getUint32(0, true) !== LOCAL_HEADER) return undefined;
    const nameBytes = view.getUint16(26, true);
    const headerBytes = LOCAL_HEADER_BYTES + nameBytes + view.getUint16(28, true);
    const all = (await peek(headerBytes)).subarray(0, headerBytes);
    if (all.length < headerBytes) throw broken('A header in the .zip is damaged or cut short');
    const sizes = [22, 18].map((i) => view.getUint32(i, true));
    const [bytes, packedBytes] = withZip64(sizes, all.subarray(LOCAL_HEADER_BYTES + nameBytes));
    return {
        name: readName(all.subarray(LOCAL_HEADER_BYTES, LOCAL_HEADER_BYTES + nameBytes)),
        flags: view.getUint16(6, true),
        method: view.getUint16(8, true),
        packedBytes,
        bytes,
        headerBytes,
    };
}

/**
 * The position and size of a file's bytes in the .zip.
 * @param {RandomAccess} source
 * @param {Entry} entry
 */
export async function dataOf(source, { name, at, flags, packedBytes }) {
    if (flags & IS_ENCRYPTED) throw unsupported(`${name} in the .zip is encrypted`);
    const view = viewOf(await source.read(at, LOCAL_HEADER_BYTES));
    if (view.getUint32(0, true) !== LOCAL_HEADER) throw broken(`Expected the header of ${name} in the .zip but found something else`);
    const begin = at + LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
    if (begin + packedBytes > source.size) throw broken(`${name} in the .zip is damaged or cut short`);
    return { at: begin, bytes: packedBytes };
}

/**
 * Opens a .zip as a folder.
 * @param {RandomAccess} source
 * @returns {Promise<Folder>}
 * @throws {AcgError} BAD_FORMAT, UNSUPPORTED
 */
export async function openZip(source) {
    const entries = await readDirectory(source);
    const find = (/** @type {string} */ name) => {
        const entry = entries.get(name);
        if (!entry) throw new AcgError('NOT_FOUND', `There is no file ${name} in the .zip`);
        return entry;
    };
    async function* stream(/** @type {string} */ name) {
        const entry = find(name);
        yield* entry.method === STORED ? (await openStored(source, entry)).stream() : inflate(source, entry);
    }
    const mustBeStored = (/** @type {string} */ name) => find(name).method !== STORED && find(name).bytes > MAX_INFLATED_BYTES;
    const open = async (/** @type {string} */ name) => {
        if (find(name).method === STORED) return openStored(source, find(name));
        if (mustBeStored(name)) throw unsupported(`${name} is compressed in the .zip: it must be stored as a file first`);
        return bytesAccess(await joined(stream(name)));
    };
    return { names: [...entries.keys()], open, stream, mustBeStored };
}

/** @param {AsyncIterable<Uint8Array>} pieces */
async function joined(pieces) {
    const all = [];
    for await (const piece of pieces) all.push(piece);
    return joinBytes(all);
}

/**
 * @param {RandomAccess} source
 * @param {Entry} entry
 */
async function openStored(source, entry) {
    const { at, bytes } = await dataOf(source, entry);
    if (bytes !== entry.bytes) throw broken(`${entry.name} in the .zip has two sizes`);
    return partAccess(source, at, bytes);
}

/**
 * Decompresses a file. The platform gets it as gzip, which has the same data between a header and a checksum, so that the platform also checks
 * the checksum. Some versions of Node cannot decompress raw deflate.
 * @param {RandomAccess} source
 * @param {Entry} entry
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>}
 */
async function* inflate(source, entry) {
    const { name, method, bytes } = entry;
    if (method !== DEFLATED) throw unsupported(`${name} in the .zip is compressed by method ${method}; deflate is the one that is read`);
    const packed = await dataOf(source, entry);
    if (bytes > packed.bytes * MAX_DEFLATE_RATIO) throw broken(`${name} in the .zip says that it has ${bytes} bytes, which is impossible`);
    const input = streamOf(gzip(source, packed, entry));
    const reader = input.pipeThrough(new DecompressionStream('gzip')).getReader();
    let given = 0;
    try {
        for (;;) {
            const { done, value } = await reader.read().catch((error) => {
                throw error instanceof AcgError ? error : new AcgError('BAD_FORMAT', `${name} in the .zip is damaged`, { cause: error });
            });
            if (done) break;
            given += value.length;
            if (given > bytes) throw broken(`${name} in the .zip decompresses to more than the ${bytes} bytes that the .zip says`);
            yield value;
        }
    } finally {
        await reader.cancel().catch(() => {});
    }
    if (given < bytes) throw broken(`${name} in the .zip decompresses to ${given} bytes but the .zip says ${bytes}`);
}

/**
 * @param {RandomAccess} source
 * @param {{ at: number, bytes: number }} packed
 * @param {Entry} entry
 */
async function* gzip(source, packed, { crc, bytes }) {
    yield new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
    for await (const piece of partAccess(source, packed.at, packed.bytes).stream()) {
        for (let at = 0; at < piece.length; at += INFLATE_PIECE_BYTES) yield piece.subarray(at, at + INFLATE_PIECE_BYTES);
    }
    const checks = new Uint8Array(8);
    viewOf(checks).setUint32(0, crc, true);
    viewOf(checks).setUint32(4, bytes % 2 ** 32, true);
    yield checks;
}

/**
 * A stream of these pieces. Chromium does not have ReadableStream.from.
 * @param {AsyncGenerator<Uint8Array<ArrayBuffer>>} pieces
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
function streamOf(pieces) {
    return new ReadableStream(
        {
            async pull(controller) {
                const { done, value } = await pieces.next();
                if (done) controller.close();
                else controller.enqueue(value);
            },
            cancel: async () => void (await pieces.return(undefined)),
        },
        { highWaterMark: 0 },
    );
}
