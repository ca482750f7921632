// The entries of a folder, also those whose names are not UTF-8.
import { readdirSync } from 'node:fs';
import { pathFromBytes, systemPath } from './paths.js';

/**
 * Sorted by name. A link counts neither as a folder nor as a file; a caller that follows it finds out its target.
 * @param {string} folder
 * @returns {{ name: string, isFolder: boolean, isFile: boolean, isLink: boolean }[]}
 * @throws {Error} the system's
 */
export function entriesOf(folder) {
    const entries = readdirSync(systemPath(folder), { withFileTypes: true, encoding: 'buffer' });
    const named = entries.map((entry) => ({
        name: pathFromBytes(/** @type {any} */ (entry.name)),
        isFolder: entry.isDirectory(),
        isFile: entry.isFile(),
        isLink: entry.isSymbolicLink(),
    }));
    return named.sort((a, b) => (a.name < b.name ? -1 : 1));
}
