// Makes one safetensors file of two that hold the same network in different dtypes.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

function readFile(path) {
    const bytes = readFileSync(path);
    const headerBytes = Number(bytes.readBigUInt64LE());
    const { __metadata__: metadata, ...tensors } = JSON.parse(bytes.toString('utf8', 8, 8 + headerBytes));
    return { metadata, tensors: Object.entries(tensors), data: bytes.subarray(8 + headerBytes) };
}

/**
 * @param {string} first path; its metadata are kept
 * @param {string} second path
 * @param {(name: string) => boolean} isOfFirst whether a tensor is taken from the first file
 * @param {string} to path
 */
export function mixFiles(first, second, isOfFirst, to) {
    const files = [readFile(first), readFile(second)];
    const taken = files.flatMap(({ tensors, data }, i) =>
        tensors
            .filter(([name]) => isOfFirst(name) === (i === 0))
            .map(
                ([
                    name,
                    {
                        dtype,
                        shape,
                        data_offsets: [from, end],
                    },
                ]) => ({ name, dtype, shape, bytes: data.subarray(from, end) }),
            ),
    );
    taken.sort((a, b) => 'F32 F16 I8'.indexOf(a.dtype) - 'F32 F16 I8'.indexOf(b.dtype)); // the widest first, so that all are aligned
    let at = 0;
    const header = { __metadata__: files[0].metadata };
    for (const { name, dtype, shape, bytes } of taken) header[name] = { dtype, shape, data_offsets: [at, (at += bytes.length)] };
    const text = JSON.stringify(header);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(Math.ceil(text.length / 8) * 8));
    const file = openSync(to, 'w');
    for (const bytes of [length, Buffer.from(text.padEnd(Number(length.readBigUInt64LE()))), ...taken.map((tensor) => tensor.bytes)])
        writeSync(file, bytes);
    closeSync(file);
}
