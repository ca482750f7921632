// Decides whether two pictures are duplicates: equal bytes, or similar perceptual hashes that the vectors confirm.
import { fromHalf } from '../models/convert/floats.js';

/** @typedef {{ sha256: string, hash: Uint8Array, mirrored: Uint8Array, contrast: number }} Seen mirrored: the hash of the mirrored picture */

/** How many of the 256 bits of two hashes may differ. */
export const HASH_DISTANCE = 64;
/** The minimal cosine of two vectors. */
export const ALIKE_COSINE = 0.9;
/** Below this contrast a picture has nearly one colour, and its hash is meaningless. */
export const MIN_CONTRAST = 3;

/** The number of 1 bits of each byte. */
const BITS = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/**
 * Whether two pictures are the same, or one is the other mirrored.
 * @param {Seen} a
 * @param {Seen} b
 * @param {() => [Uint16Array | undefined, Uint16Array | undefined]} vectors of the two: float16, scaled to
 *   length 1; undefined: there is none
 */
export function areAlike(a, b, vectors) {
    if (a.sha256 === b.sha256) return true;
    if (Math.min(a.contrast, b.contrast) < MIN_CONTRAST) return false;
    if (differentBits(a.hash, b.hash) > HASH_DISTANCE && differentBits(a.hash, b.mirrored) > HASH_DISTANCE) return false;
    const [x, y] = vectors();
    return !x || !y || cosine(fromHalf(x), fromHalf(y)) >= ALIKE_COSINE;
}

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export function differentBits(a, b) {
    let count = 0;
    for (let i = 0; i < a.length; i++) count += BITS[a[i] ^ b[i]];
    return count;
}

/**
 * @param {ArrayLike<number>} a of length 1
 * @param {ArrayLike<number>} b
 */
export function cosine(a, b) {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
    return sum;
}
