// Shared functions for bytes: concatenation and SHA-256.

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<string | undefined>} hexadecimal digits; undefined on a page that is not a secure context (plain http, not
 *   localhost), which has no crypto.subtle
 */
export async function sha256(bytes) {
    return globalThis.crypto?.subtle && hexDigits(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** @param {Uint8Array} bytes */
export function hexDigits(bytes) {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Concatenates arrays.
 * @param {Uint8Array[]} parts
 */
export function joinBytes(parts) {
    const all = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
    parts.reduce((at, part) => (all.set(part, at), at + part.byteLength), 0);
    return all;
}
