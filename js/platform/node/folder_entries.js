// What is directly in a folder of this computer, also under names that are not UTF-8.
import { readdirSync } from 'node:fs';
import { pathFromBytes, systemPath } from './paths.js';

/**
 * By name. A link is neither a folder nor a file: whoever follows it sees what it leads to.
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
