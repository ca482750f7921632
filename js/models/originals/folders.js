// Makes Folders of published files: from chosen files, from a folder and files stored elsewhere, from a folder inside another.
import { AcgError } from '../../errors.js';
import { blobAccess } from './access.js';

/**
 * @typedef {import('./original.js').Folder} Folder
 * @typedef {import('./original.js').RandomAccess} RandomAccess
 */

/**
 * A folder of Blobs.
 * @param {Map<string, Blob>} blobs by path
 * @returns {Folder}
 */
export function blobFolder(blobs) {
    return accessFolder(new Map([...blobs].map(([name, blob]) => [name, blobAccess(blob)])));
}

/**
 * A folder of files with random access.
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
 * The folder, with some files taken from `stored` instead: those of a .zip that had to be decompressed into a file first.
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
 * A folder of files that were chosen one by one. If several have the same name, the largest keeps it, and each of the others is put in a folder.
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
 * The files below a path.
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
 * If all files are in one inner folder, as in most releases, that folder; otherwise the given one.
 * @param {Folder} folder
 * @returns {Folder}
 */
export function innerFolder(folder) {
    const [first] = folder.names;
    const top = first?.slice(0, first.indexOf('/') + 1);
    if (!top || !folder.names.every((name) => name.startsWith(top))) return folder;
    return innerFolder(subFolder(folder, top));
}
