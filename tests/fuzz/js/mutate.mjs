// Changes bytes and values at random, the same way for the same seed.

/** mulberry32: numbers from 0 up to below n, the same for the same seed. */
export function randomOf(seed) {
    return (n) => {
        seed = (seed + 0x6d2b79f5) | 0;
        let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
    };
}

const NUMBERS = [
    0n,
    1n,
    2n,
    127n,
    128n,
    255n,
    256n,
    65535n,
    2n ** 24n,
    2n ** 31n,
    2n ** 32n - 1n,
    2n ** 32n,
    2n ** 53n,
    2n ** 63n,
    2n ** 64n - 1n,
];

function spliced(bytes, from, to, ...parts) {
    return new Uint8Array(Buffer.concat([bytes.subarray(0, from), ...parts, bytes.subarray(to)]));
}

/** Each changes a copy: (bytes, random, another file's bytes) -> bytes */
const CHANGES = [
    function flipBit(bytes, random) {
        bytes[random(bytes.length)] ^= 1 << random(8);
        return bytes;
    },
    function setByte(bytes, random) {
        bytes[random(bytes.length)] = random(256);
        return bytes;
    },
    function setNumber(bytes, random) {
        const size = [1, 2, 4, 8][random(4)];
        const number = Buffer.alloc(8);
        number.writeBigUInt64LE(random(4) === 0 ? BigInt(random(2 * bytes.length)) : NUMBERS[random(NUMBERS.length)]);
        const at = random(Math.max(1, bytes.length - size));
        bytes.set(number.subarray(0, size).subarray(0, bytes.length - at), at);
        return bytes;
    },
    function cut(bytes, random) {
        return bytes.slice(0, random(bytes.length));
    },
    function remove(bytes, random) {
        const from = random(bytes.length);
        return spliced(bytes, from, from + 1 + random(64));
    },
    function repeat(bytes, random) {
        const from = random(bytes.length);
        const part = bytes.subarray(from, from + 1 + random(256));
        return spliced(bytes, from, from, ...Array(1 + random(4)).fill(part));
    },
    function copyInside(bytes, random) {
        const from = random(bytes.length);
        bytes.copyWithin(random(bytes.length), from, from + 1 + random(256));
        return bytes;
    },
    function fromAnother(bytes, random, other) {
        const from = random(other.length);
        const at = random(bytes.length);
        const part = other.subarray(from, from + 1 + random(256));
        return random(2) ? spliced(bytes, at, at + part.length, part) : spliced(bytes, at, at, part);
    },
];

/** Up to three changes of a copy. */
export function changed(bytes, random, other = bytes) {
    let copy = new Uint8Array(bytes);
    for (let left = 1 + random(3); left > 0 && copy.length > 0; left--) copy = CHANGES[random(CHANGES.length)](copy, random, other);
    return copy;
}

const VALUES = [
    null,
    undefined,
    true,
    0,
    -1,
    1.5,
    2 ** 31,
    2 ** 53,
    NaN,
    Infinity,
    '',
    'x',
    '\u0000',
    '__proto__',
    '../..',
    'x'.repeat(70000),
    [],
    {},
    [[]],
];

export const oneOf = (random, values) => values[random(values.length)];

/** A copy of a value of JSON in which one part, at any depth, is another value, is gone, or is there twice. */
export function changedValue(value, random) {
    const copy = structuredClone(value);
    let holder = { root: copy };
    let key = 'root';
    while (typeof holder[key] === 'object' && holder[key] !== null && Object.keys(holder[key]).length > 0 && random(8) > 0) {
        holder = holder[key];
        key = oneOf(random, Object.keys(holder));
    }
    if (random(4) === 0) Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key];
    else if (random(8) === 0 && Array.isArray(holder)) holder.push(holder[key]);
    else if (typeof holder[key] === 'string' && random(2))
        holder[key] = new TextDecoder().decode(changed(Buffer.from(holder[key]), random));
    else holder[key] = oneOf(random, VALUES);
    return key === 'root' && 'root' in holder ? holder.root : copy;
}
