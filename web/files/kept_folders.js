// The folders that the user chose, kept in the browser: handles of the File System Access API, which IndexedDB can keep. After a reload
// the browser may ask the user again before their files can be read.
import { findIn } from './save.js';
import { smallStore } from './small_store.js';

/** @typedef {{ name: string, handle: any, isDone: boolean }} KeptFolder isDone: all pictures in it were added */

const inStore = smallStore('acg2vec-search', 'folders', 'name');

/** Whether this browser lets a page read a folder again. */
export const canKeepFolders = 'showDirectoryPicker' in globalThis;

/**
 * To be called at a click, before anything is awaited.
 * @returns {Promise<any>} a handle; null: the user cancelled
 */
export function chooseFolder() {
    return /** @type {any} */ (globalThis).showDirectoryPicker({ id: 'acg2vec-pictures' }).catch((/** @type {Error} */ error) => {
        if (error.name === 'AbortError') return null;
        throw error;
    });
}

/** @returns {Promise<KeptFolder[]>} */
export const keptFolders = () => inStore('readonly', (store) => store.getAll());

/** @param {KeptFolder} folder */
export const keepFolder = (folder) => inStore('readwrite', (store) => store.put(folder));

export const forgetFolders = () => inStore('readwrite', (store) => store.clear());

/**
 * Whether its files may be read. With `ask`, which has to follow a click, the browser asks its user.
 * @param {KeptFolder} folder
 * @param {boolean} [ask]
 */
export async function mayRead({ handle }, ask = false) {
    const state = await handle.queryPermission({ mode: 'read' });
    if (state === 'granted' || !ask) return state === 'granted';
    return (await handle.requestPermission({ mode: 'read' })) === 'granted';
}

/**
 * @param {KeptFolder[]} folders
 * @param {string} path that begins with the name of one of them
 * @returns {Promise<File | null>} null: there is none, or it may not be read
 */
export async function fileInFolders(folders, path) {
    const folder = folders.find(({ name }) => path.startsWith(`${name}/`));
    if (!folder || !(await mayRead(folder))) return null;
    return findIn(folder.handle, path.slice(folder.name.length + 1));
}
