// Files for SQLite in a browser: in the origin private file system, by SQLite's own "opfs-sahpool", which needs no isolation headers. It
// keeps all files of a pool open, so that only one tab has them: web locks say which, and wait for it.
import { AcgError } from '../../errors.js';
import { quieten } from './serve.js';

/** @typedef {import('./serve.js').Files} Files */

const FOLDER = 'acg2vec-index';
/** A tab that was closed may hold its files for a moment. */
const TRIES = 20;
const TRY_MS = 100;

/** @returns {Files} */
export function browserFiles() {
    /** @type {any} */
    let pool;
    let path = '';
    return {
        async open({ location, create, sqlite }) {
            const sqlite3 = await loadSqlite(sqlite);
            const directory = `${FOLDER}/${encodeURIComponent(location)}`;
            if (!create && !(await folderOf(directory).catch(() => undefined)))
                throw new AcgError('NOT_FOUND', `The index ${location} cannot be opened: there is no such file`);
            await waitForFiles(directory, location);
            path = `/${location}`;
            pool = await sqlite3.installOpfsSAHPoolVfs({ name: 'acg2vec-browser', directory });
            return { sqlite3, file: { name: location, path, vfs: 'acg2vec-browser' } };
        },
        async replace(bytes) {
            await pool.importDb(path, bytes);
        },
        async close() {
            pool?.pauseVfs();
        },
    };
}

/** @param {string} [module] */
async function loadSqlite(module) {
    quieten();
    try {
        // literally so: bundlers look for this form
        const { default: load } = await (module ? import(/* @vite-ignore */ module) : import('@sqlite.org/sqlite-wasm'));
        return await load();
    } catch (error) {
        const hint = 'install the package @sqlite.org/sqlite-wasm or, without a bundler, say with `sqlite` where its module is';
        throw new AcgError('NOT_FOUND', `SQLite could not be loaded: ${hint}`, { cause: error });
    }
}

/**
 * Until each file of the pool can be opened: SQLite would delete a pool that it could not open.
 * @param {string} directory
 * @param {string} location
 */
async function waitForFiles(directory, location) {
    const folder = await folderOf(`${directory}/.opaque`).catch(() => undefined);
    if (!folder) return; // there is none yet
    for (let left = TRIES; ; left--) {
        try {
            return await openEach(folder);
        } catch (error) {
            if (left === 0)
                throw new AcgError('UNREADABLE', `Another tab has the index ${location} open`, {
                    cause: error,
                    reason: 'INDEX_TAKEN',
                });
            await new Promise((resolve) => setTimeout(resolve, TRY_MS));
        }
    }
}

/** @param {any} folder */
async function openEach(folder) {
    const handles = [];
    try {
        for await (const file of folder.values()) handles.push(await file.createSyncAccessHandle());
    } finally {
        for (const handle of handles) handle.close();
    }
}

/**
 * @param {string} path in the origin private file system
 * @returns {Promise<any>}
 */
async function folderOf(path) {
    let folder = await navigator.storage.getDirectory();
    for (const name of path.split('/')) folder = await folder.getDirectoryHandle(name);
    return folder;
}
