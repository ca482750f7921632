// Examines the path of an output: nothing or a file, which is replaced, or a pipe or a device, which is written into.
import { statOrNothing } from './folders.js';
import { descriptorOf, isStandardOutput, linksFrom } from './streams.js';
import { UsageError } from './usage.js';

/**
 * @typedef {{ kind: 'file', path: string } | { kind: 'pipe' | 'device', path: string } | { kind: 'open', number: number, path: string }} Place
 *   path: the target of symbolic links; of an open file: the user's name for it
 */

/**
 * @param {string} output
 * @returns {Place}
 * @throws {UsageError} for anything else
 */
export function placeOf(output) {
    const number = output === '-' ? 1 : descriptorOf(output);
    if (number !== undefined) return { kind: 'open', number, path: output };
    const path = /** @type {string} */ (linksFrom(output).at(-1));
    const stats = statOrNothing(path);
    if (!stats || stats.isFile()) return { kind: 'file', path };
    if (stats.isFIFO()) return { kind: 'pipe', path };
    if (stats.isCharacterDevice()) return { kind: 'device', path };
    throw new UsageError(`Expected a file for the output but ${output} is ${describePlace(output)}`);
}

/** @param {string} output */
export function describePlace(output) {
    if (isStandardOutput(output)) return 'standard output';
    const stats = statOrNothing(output);
    if (stats?.isDirectory()) return 'a folder';
    if (stats?.isFIFO()) return 'a pipe';
    if (stats?.isSocket()) return 'a socket';
    if (stats?.isBlockDevice()) return 'a whole disk';
    return stats?.isCharacterDevice() ? 'a device' : 'a file';
}
