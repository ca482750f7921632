// Reads the input files of a command.
import { readFile, stat } from 'node:fs/promises';
import { AcgError, sentence } from '../errors.js';
import { systemPath } from '../platform/node/paths.js';
import { fetchBytes } from '../models/download.js';
import { isStandardInput, isUrl, readPipe, readStandardInput } from './streams.js';

/**
 * @param {string} path or a URL, or -, standard input
 * @param {AbortSignal} signal
 */
export async function readPicture(path, signal) {
    if (isStandardInput(path)) return readStandardInput(signal);
    if (isUrl(path)) return fetchPicture(path, signal);
    try {
        const stats = await stat(systemPath(path));
        if (stats.isFIFO()) return await readPipe(path, signal);
        if (stats.isSocket()) throw new Error('Expected a picture but found a socket');
        if (stats.isCharacterDevice() || stats.isBlockDevice()) throw new Error('Expected a picture but found a device');
        return await readFile(systemPath(path), { signal });
    } catch (error) {
        const code = /** @type {NodeJS.ErrnoException} */ (error).code;
        const words = { ENOENT: 'There is no such file', EISDIR: 'Expected a picture but found a folder' }[String(code)];
        if (words) throw Object.assign(new Error(words, { cause: error }), { code });
        throw error;
    }
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 */
async function fetchPicture(url, signal) {
    try {
        return await fetchBytes(url, signal);
    } catch (error) {
        if (signal.aborted) throw error;
        throw new Error(sentence(error), { cause: error }); // only this picture failed: the others may succeed
    }
}

/**
 * Whether the error concerns all inputs: a model's files are missing or wrong.
 * @param {unknown} error
 */
export function isHopeless(error) {
    return error instanceof AcgError && ['NOT_FOUND', 'BAD_MODEL'].includes(error.code);
}
