// Reads the files that a command is given, and tells of those that failed.
import { readFile } from 'node:fs/promises';
import { AcgError, sentence } from '../errors.js';

/** @param {string} path */
export async function readPicture(path) {
    try {
        return await readFile(path);
    } catch (error) {
        const code = /** @type {NodeJS.ErrnoException} */ (error).code;
        const words = { ENOENT: 'There is no such file', EISDIR: 'Expected a picture but found a folder' }[String(code)];
        if (words) throw Object.assign(new Error(words, { cause: error }), { code });
        throw error;
    }
}

/**
 * @param {string} input
 * @param {unknown} error
 * @param {boolean} json
 */
export function reportFailure(input, error, json) {
    process.stderr.write(`acg2vec: ${input}: ${sentence(error)}.\n`);
    if (!json) return;
    // of what the system refuses, its own name (ENOENT, EACCES, ENOSPC)
    const code = /** @type {{ code?: string }} */ (error).code ?? 'INTERNAL';
    process.stdout.write(`${JSON.stringify({ input, error: { code, message: sentence(error) } })}\n`);
}

/**
 * One line each on standard error.
 * @param {string} input
 * @param {string[]} warnings
 */
export function reportWarnings(input, warnings) {
    for (const warning of warnings) process.stderr.write(`acg2vec: ${input}: warning: ${warning}\n`);
}

/**
 * Whether no other input can be done either: a model's files are not there, or not what they should be.
 * @param {unknown} error
 */
export function isHopeless(error) {
    return error instanceof AcgError && ['NOT_FOUND', 'BAD_MODEL'].includes(error.code);
}
