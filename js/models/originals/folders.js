// Folders of published files: chosen Blobs, a folder with files stored elsewhere, what is inside of a release's only folder.
import { AcgError } from '../../errors.js';
import { blobAccess } from './access.js';

/**
 * @typedef {import('./original.js').Folder} Folder
 * @typedef {import('./original.js').RandomAccess} RandomAccess
 */

/**
 * @param {Map<string, Blob>} blobs by path
 * @returns {Folder}
 */
export function blobFolder(blobs) {
    return accessFolder(new Map([...blobs].map(([name, blob]) => [name, blobAccess(blob)])));
}

/**
 * @param {Map<string, RandomAccess>} files by path
 * @returns {Folder}
 */
export function accessFolder(files) {
    const find = (/** @type {string} */ name) => {
        const file = files.get(name);
        if (!file) throw new AcgError('NOT_FOUND', `There is no file ${name} in the folder`);
        return file;
    };
    return {
        names: [...files.keys()],
        open: async (name) => find(name),
        stream: (name) => find(name).stream(),
        mustBeStored: () => false,
    };
}

/**
 * The folder, with some files from elsewhere: those of a .zip that must be stored, once they are.
 * @param {Folder} folder
 * @param {Map<string, RandomAccess>} stored by path
 * @returns {Folder}
 */
export function withStored(folder, stored) {
    return {
        names: folder.names,
        open: async (name) => stored.get(name) ?? folder.open(name),
        stream: (name) => stored.get(name)?.stream() ?? folder.stream(name),
        mustBeStored: (name) => !stored.has(name) && folder.mustBeStored(name),
    };
}

/**
 * What is in the folder that holds everything, as in most releases; the folder itself if there is no such one.
 * @param {Folder} folder
 * @returns {Folder}
 */
export function innerFolder(folder) {
    const [first] = folder.names;
    const top = first?.slice(0, first.indexOf('/') + 1);
    if (!top || !folder.names.every((name) => name.startsWith(top))) return folder;
    return innerFolder({
        names: folder.names.map((name) => name.slice(top.length)),
        open: (name) => folder.open(top + name),
        stream: (name) => folder.stream(top + name),
        mustBeStored: (name) => folder.mustBeStored(top + name),
    });
}
