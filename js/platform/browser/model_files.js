// Converted model files in the origin private file system. A worker writes them (worker/convert/store_browser.js); a page reads, lists and
// removes them. Without such a file system (private windows) results are undefined or empty.

export const MODELS_FOLDER = 'acg2vec-models';
export const ORIGINALS_FOLDER = 'acg2vec-originals';

/** The ending of a file's name until it is complete. */
export const HIDDEN = '.new';

const ABANDONED_MS = 36e5;

/**
 * The folder that a file is in, and its name there.
 * @param {string} root
 * @param {string} path
 * @param {boolean} [create]
 */
export async function folderOf(root, path, create = false) {
    const parts = path.split('/');
    const name = /** @type {string} */ (parts.pop());
    let folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(root, { create });
    for (const part of parts) folder = await folder.getDirectoryHandle(part, { create });
    return { folder, name };
}

/**
 * @param {string} path of a model's file
 * @returns {Promise<File | undefined>}
 */
export async function findModelFile(path) {
    try {
        const { folder, name } = await folderOf(MODELS_FOLDER, path);
        return await (await folder.getFileHandle(name)).getFile();
    } catch {
        return undefined;
    }
}

/** @returns {Promise<{ path: string, bytes: number }[]>} */
export const listModelFiles = () => listRoot(MODELS_FOLDER);

/** @returns {Promise<{ path: string, bytes: number }[]>} published files, complete or not, that are waiting for their conversion */
export const listOriginals = () => listRoot(ORIGINALS_FOLDER);

/** @param {string} root */
async function listRoot(root) {
    try {
        return await listBelow(await (await navigator.storage.getDirectory()).getDirectoryHandle(root), '');
    } catch {
        return [];
    }
}

/**
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} prefix
 * @returns {Promise<{ path: string, bytes: number }[]>}
 */
async function listBelow(folder, prefix) {
    const found = [];
    for await (const [name, handle] of /** @type {any} */ (folder).entries()) {
        if (handle.kind === 'directory') found.push(...(await listBelow(handle, `${prefix}${name}/`)));
        else found.push({ path: prefix + name, bytes: (await handle.getFile()).size });
    }
    return found;
}

/** Removes unfinished files of closed tabs. Files that another tab is writing are locked, or younger. */
export async function removeAbandoned() {
    for (const { path } of await listModelFiles()) {
        if (!path.endsWith(HIDDEN)) continue;
        const file = await findModelFile(path);
        if (file && Date.now() - file.lastModified > ABANDONED_MS) await removeFrom(MODELS_FOLDER, path);
    }
}

/** @param {string} path of a model's file; removed with the files beside it */
export async function removeModelFile(path) {
    for (const each of [path, `${path}.sha256`, `${path}${HIDDEN}`]) await removeFrom(MODELS_FOLDER, each);
}

/** @param {string} name of a publication */
export async function removeOriginal(name) {
    await removeFrom(ORIGINALS_FOLDER, name);
}

/**
 * @param {string} root
 * @param {string} path
 */
async function removeFrom(root, path) {
    try {
        const { folder, name } = await folderOf(root, path);
        await folder.removeEntry(name, { recursive: true });
    } catch {
        // it is not there, or in use
    }
}
