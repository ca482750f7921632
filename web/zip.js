// All results in one file.
import { downloadZip } from 'client-zip';

/**
 * @param {{ folder: string, name: string, blob: Blob }[]} results
 * @returns {Promise<Blob>}
 */
export function zipped(results) {
    /** @type {Set<string>} */
    const taken = new Set();
    const files = results.map(({ folder, name, blob }) => ({ name: unlike(taken, folder + name), input: blob, lastModified: new Date() }));
    return downloadZip(files).blob();
}

/**
 * `name`, or the first of "name (2)", "name (3)" … that is not taken; then that one is.
 * @param {Set<string>} taken
 * @param {string} name
 */
export function unlike(taken, name) {
    const dot = name.lastIndexOf('.');
    let free = name;
    for (let n = 2; taken.has(free); n++) {
        free = `${name.slice(0, dot)} (${n})${name.slice(dot)}`;
    }
    taken.add(free);
    return free;
}
