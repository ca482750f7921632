// Lists the models in the user's cache folder, complete or unfinished.
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { modelsCacheFolder, originalsCacheFolder } from './cache_folder.js';

// the names of files that belong to a file: <file>.sha256, <file>.damaged (damaged_node.js), <file>.<whose>.part (part_file.js) and
// <file>.<whose>.part.json
const NEIGHBOUR = /(\.sha256|\.damaged|\.(left-)?[\da-f-]+\.part(\.json)?)$/;

/** @returns {Promise<{ path: string, bytes: number }[]>} */
export function listKept() {
    return listFolder(modelsCacheFolder());
}

/** @returns {Promise<{ path: string, bytes: number }[]>} published files, complete or not, that are waiting for their conversion */
export function listOriginals() {
    return listFolder(originalsCacheFolder());
}

/** @param {string} root */
async function listFolder(root) {
    /** @type {Map<string, number>} */
    const sizes = new Map();
    for (const full of await filesBelow(root)) {
        const path = relative(root, full).split(sep).join('/').replace(NEIGHBOUR, '');
        sizes.set(path, (sizes.get(path) ?? 0) + (await stat(full)).size);
    }
    return [...sizes].map(([path, bytes]) => ({ path, bytes }));
}

/**
 * @param {import('../../models/manifest.js').ModelFile[]} files
 * @param {string[]} [publications]
 */
export async function clearKept(files, publications = []) {
    for (const name of publications) await rm(join(originalsCacheFolder(), name), { recursive: true, force: true });
    for (const { path } of files) {
        const full = join(modelsCacheFolder(), path);
        const all = await filesBelow(dirname(full));
        for (const each of all.filter((name) => name.replace(NEIGHBOUR, '') === full)) await rm(each, { force: true });
    }
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
async function filesBelow(folder) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
