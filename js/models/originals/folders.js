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
 * Of files that were chosen one by one. Of several with the same name the largest keeps it, and the others get a folder each.
 * @param {{ name: string, file: RandomAccess }[]} chosen
 */
export function chosenFolder(chosen) {
    const files = new Map();
    for (const { name, file } of [...chosen].sort((a, b) => b.file.size - a.file.size)) {
        let free = name;
        for (let n = 2; files.has(free); n++) free = `${n}/${name}`;
        files.set(free, file);
    }
    return accessFolder(files);
}

/**
 * @param {Folder} folder
 * @param {string} prefix ends with /, or is empty
 * @returns {Folder}
 */
export function subFolder(folder, prefix) {
    return {
        names: folder.names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
        open: (name) => folder.open(prefix + name),
        stream: (name) => folder.stream(prefix + name),
        mustBeStored: (name) => folder.mustBeStored(prefix + name),
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
    return innerFolder(subFolder(folder, top));
}
