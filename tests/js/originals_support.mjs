// The files that originals_fixtures.py wrote, and ways to read them.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

/** As a network gives it: in pieces of `size`. */
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
