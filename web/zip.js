// All results in one file.
import { downloadZip } from 'client-zip';
import { unlike } from './format.js';

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
