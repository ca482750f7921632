// Makes the layout and the header of a safetensors file, in the order of the safetensors library and of models/convert/write.py.

/** @typedef {'F32' | 'BF16' | 'F16' | 'I8'} StoredDtype */
/** @typedef {{ name: string, shape: number[], dtype: StoredDtype }} StoredTensor */
/** @typedef {StoredTensor & { at: number }} PlacedTensor at: its first byte in the file */

/** The bytes of an element. @type {Record<StoredDtype, number>} */
export const STORED_BYTES = { F32: 4, BF16: 2, F16: 2, I8: 1 };

// the library's order: larger elements first, so that all are aligned
const RANKS = ['F32', 'BF16', 'F16', 'I8'];

/**
 * Places tensors in a file.
 * @param {StoredTensor[]} tensors
 * @param {Record<string, string>} metadata
 * @returns {{ header: Uint8Array<ArrayBuffer>, tensors: Map<string, PlacedTensor>, bytes: number }} header: beginning
 *   with its length; bytes: of the whole file
 */
export function layOut(tensors, metadata) {
    const sorted = [...tensors].sort((a, b) => RANKS.indexOf(a.dtype) - RANKS.indexOf(b.dtype) || byCodePoint(a.name, b.name));
    const sizes = sorted.map(({ shape, dtype }) => shape.reduce((product, dim) => product * dim, STORED_BYTES[dtype]));
    const ends = sizes.map(
        (
            (sum) => (size) =>
                (sum += size)
        )(0),
    );
    const fields = Object.keys(metadata).sort(byCodePoint);
    const entries = [
        `"__metadata__":{${fields.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`).join()}}`,
        ...sorted.map(
            ({ name, dtype, shape }, i) =>
                `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join()}],"data_offsets":[${ends[i] - sizes[i]},${ends[i]}]}`,
        ),
    ];
    const header = encodeHeader(`{${entries.join()}}`);
    const placed = sorted.map((tensor, i) => ({ ...tensor, at: header.length + ends[i] - sizes[i] }));
    return { header, tensors: new Map(placed.map((tensor) => [tensor.name, tensor])), bytes: header.length + (ends.at(-1) ?? 0) };
}

/** @param {string} json */
function encodeHeader(json) {
    const text = new TextEncoder().encode(json);
    const size = Math.ceil(text.length / 8) * 8;
    const header = new Uint8Array(8 + size).fill(0x20, 8 + text.length);
    new DataView(header.buffer).setBigUint64(0, BigInt(size), true);
    header.set(text, 8);
    return header;
}

/**
 * Compares texts by code points, as Python and Rust do. JavaScript's own order differs above U+FFFF.
 * @param {string} a
 * @param {string} b
 */
export function byCodePoint(a, b) {
    const [pointsA, pointsB] = [[...a], [...b]];
    for (let i = 0; i < pointsA.length && i < pointsB.length; i++) {
        const difference = /** @type {number} */ (pointsA[i].codePointAt(0)) - /** @type {number} */ (pointsB[i].codePointAt(0));
        if (difference) return difference;
    }
    return pointsA.length - pointsB.length;
}
