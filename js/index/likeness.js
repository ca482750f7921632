// When two pictures count as the same: equal bytes, or perceptual hashes that are near each other and vectors that confirm it.
import { fromHalf } from '../models/convert/floats.js';

/** @typedef {{ sha256: string, hash: Uint8Array, mirrored: Uint8Array, contrast: number }} Seen mirrored: the hash of the mirrored picture */

/** How many of 256 bits may differ. */
export const HASH_DISTANCE = 64;
/** The cosine that vectors must have at least. */
export const ALIKE_COSINE = 0.9;
/** The hash of a picture of nearly one colour is meaningless. */
export const MIN_CONTRAST = 3;

/** How many bits of a byte are 1. */
const BITS = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/**
 * Mirrored pictures count as well.
 * @param {Seen} a
 * @param {Seen} b
 * @param {() => [Uint16Array | undefined, Uint16Array | undefined]} vectors of the two, float16 of length 1
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
