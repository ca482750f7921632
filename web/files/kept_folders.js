// The folders that the user chose, kept in the browser: handles of the File System Access API, which IndexedDB can keep. After a reload
// the browser may want to be asked again before their files are read.
import { findIn } from './save.js';

/** @typedef {{ name: string, handle: any, isDone: boolean }} KeptFolder isDone: all in it was looked at */

const NAME = 'acg2vec-search';
const STORE = 'folders';

/** Whether this browser lets a page read a folder again. */
export const canKeepFolders = 'showDirectoryPicker' in globalThis;

/**
 * To be called at a click, before anything is awaited.
 * @returns {Promise<any>} a handle; null: the user thought better of it
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

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} ask
 * @returns {Promise<T>}
 */
async function inStore(mode, ask) {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'name' });
    const database = await resultOf(opening);
    try {
        return await resultOf(ask(database.transaction(STORE, mode).objectStore(STORE)));
    } finally {
        database.close();
    }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function resultOf(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}
