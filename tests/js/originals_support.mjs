// The files that originals_fixtures.py wrote, and ways to read them.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { bytesAccess } from '../../js/models/originals/access.js';
import { accessFolder } from '../../js/models/originals/folders.js';
import { openOriginal, openOriginalStream, openSavedModel } from '../../js/models/originals/open.js';

const folder = fileURLToPath(new URL('originals/', import.meta.url));

export const readFixture = (name) => new Uint8Array(readFileSync(join(folder, name)));
export const fixtureNames = () => readdirSync(folder).filter((name) => !/\.json$|^saved_model$/.test(name));

/** file -> { tensors: Map(name -> { dtype, shape, values }), config } */
export const expected = Object.fromEntries(
    Object.entries(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))).map(([name, { tensors, config }]) => [
        name,
        {
            config,
            tensors: new Map(
                tensors.map(([tensor, dtype, shape, values]) => [tensor, { dtype, shape, values: Buffer.from(values, 'base64') }]),
            ),
        },
    ]),
);

/** A file in pieces of `size`, as from a network. */
export async function* inPieces(bytes, size) {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const INDEX = 'variables/variables.index';
export const DATA = 'variables/variables.data-00000-of-00001';
export const openBundle = (index, data) =>
    openSavedModel(
        accessFolder(
            new Map([
                [INDEX, bytesAccess(index)],
                [DATA, bytesAccess(data)],
            ]),
        ),
    );
export const openBytes = (bytes) => openOriginal(bytesAccess(bytes));
export const openStreamed = (bytes, size = 1000) => openOriginalStream(inPieces(bytes, size));

/** All pieces of an Original, put together: name -> bytes. Fails where they are not in order or leave gaps. */
export async function collect(original) {
    const found = new Map([...original.tensors].map(([name, { bytes }]) => [name, { bytes: Buffer.alloc(bytes), at: 0 }]));
    for await (const { name, at, bytes } of original.stream()) {
        const tensor = found.get(name);
        if (at !== tensor.at) throw new Error(`a piece of ${name} at ${at} after ${tensor.at} bytes`);
        if (bytes.byteOffset !== 0 || bytes.buffer.byteLength !== bytes.length || bytes.length > 2 ** 20)
            throw new Error(`a piece of ${name} is not alone`);
        tensor.bytes.set(bytes, at);
        tensor.at += bytes.length;
    }
    for (const [name, { bytes, at }] of found) if (at !== bytes.length) throw new Error(`${name} has ${at} bytes of ${bytes.length}`);
    return new Map([...found].map(([name, { bytes }]) => [name, bytes]));
}

export const u16 = (n) => [n & 255, n >> 8];
export const u32 = (n) => [...u16(n & 0xffff), ...u16(Math.floor(n / 2 ** 16))];
export const u64 = (n) => [...Buffer.from(new BigUint64Array([BigInt(n)]).buffer)];
export const ascii = (text) => [...Buffer.from(text)];
/** Numbers, arrays and bytes, in one another as one likes. */
export function bytesOf(...parts) {
    const all = parts.map((part) => {
        if (typeof part === 'number') return Buffer.of(part);
        if (ArrayBuffer.isView(part)) return part;
        return part.every((each) => typeof each === 'number') ? Buffer.from(part) : bytesOf(...part);
    });
    return new Uint8Array(Buffer.concat(all));
}

/**
 * A .zip of entries { name, data, method, crc, bytes, packedBytes, flags, at, extra, descriptor }: the given fields are written, even if they do not fit the data.
 * With a descriptor of 16 or 24 bytes the header before the data has no sizes, as in PyTorch's files.
 */
export function makeZip(entries, { count = entries.length } = {}) {
    const locals = [];
    const directory = [];
    let begin = 0;
    for (const {
        name,
        data,
        method = 0,
        flags = 0,
        crc = crc32(data),
        bytes = data.length,
        packedBytes = data.length,
        at = begin,
        extra = [],
        descriptor = 0,
    } of entries) {
        const size = descriptor === 24 ? u64 : u32;
        const behind = descriptor ? bytesOf(u32(0x08074b50), u32(crc), size(packedBytes), size(bytes)) : [];
        const sizes = [u32(crc), u32(packedBytes), u32(bytes)];
        const kind = [u16(20), u16(descriptor ? 8 : flags), u16(method), u32(0)];
        const common = [kind, sizes, u16(name.length)];
        const told = descriptor ? [kind, Array(12).fill(0), u16(name.length)] : common;
        locals.push(bytesOf(u32(0x04034b50), told, u16(0), ascii(name)), data, bytesOf(behind));
        directory.push(bytesOf(u32(0x02014b50), u16(20), common, u16(extra.length), u16(0), u32(0), u32(0), u32(at), ascii(name), extra));
        begin += 30 + name.length + data.length + descriptor;
    }
    const table = Buffer.concat(directory);
    const end = bytesOf(u32(0x06054b50), u32(0), u16(count), u16(count), u32(table.length), u32(begin), u16(0));
    return new Uint8Array(Buffer.concat([...locals, table, end]));
}
