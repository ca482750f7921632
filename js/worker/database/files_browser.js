// Files for SQLite in a browser: in the origin private file system, by SQLite's own "opfs-sahpool", which needs no isolation headers. It
// keeps all files of a pool open, so only one tab can have them. A web lock marks this tab, and others wait for it.
import { AcgError } from '../../errors.js';
import { quieten } from './serve.js';

/** @typedef {import('./serve.js').Files} Files */

const FOLDER = 'acg2vec-index';
const VFS_NAME = 'acg2vec-browser';
/** A closed or killed tab may hold its files for a while: on a busy machine a browser takes seconds to end its workers. */
const TRIES = 600;
const TRY_MS = 100;
/** The copy of an imported file: SQLite can read it only in the pool. */
const IMPORTED = '/imported';
/** For this copy, and for the journal. */
const SPARE_FILES = 2;
const PIECE_BYTES = 2 ** 20;

/** @returns {Files} */
export function browserFiles() {
    /** @type {any} */
    let pool;
    const last = noticeWrites();
    return {
        async open({ location, create, sqlite }) {
            const sqlite3 = await loadSqlite(sqlite);
            const directory = `${FOLDER}/${encodeURIComponent(location)}`;
            if (!create && !(await folderOf(directory).catch(() => undefined)))
                throw new AcgError('NOT_FOUND', `The index ${location} cannot be opened: there is no such file`);
            await waitForFiles(directory, location);
            pool = await sqlite3.installOpfsSAHPoolVfs({ name: VFS_NAME, directory });
            pool.unlink(IMPORTED); // left by a killed tab
            const isFull = () => {
                const was = last.isFull;
                last.isFull = false;
                return was;
            };
            const opened = (/** @type {any} */ db) => heedJournals(sqlite3, db);
            return { sqlite3, file: { name: location, path: `/${location}`, vfs: VFS_NAME, opened, isFull } };
        },
        async attachable(source) {
            if (!(source instanceof Blob)) throw new AcgError('BAD_ARGUMENT', 'Expected a File or a Blob');
            await pool.reserveMinimumCapacity(pool.getFileCount() + SPARE_FILES);
            await copyInto(pool, source);
            return IMPORTED;
        },
        async release() {
            pool.unlink(IMPORTED);
        },
        async close() {
            pool?.pauseVfs();
        },
    };
}

/**
 * SQLite reports only that it could not write, not why. Without space Chromium does not throw: it writes nothing and returns a wrong number of
 * bytes, which parts of SQLite do not check.
 * @returns {{ isFull: boolean }} whether a write has failed for lack of space since it was set to false
 */
function noticeWrites() {
    const last = { isFull: false };
    const { prototype } = /** @type {any} */ (globalThis).FileSystemSyncAccessHandle;
    const { write } = prototype;
    prototype.write = function (/** @type {ArrayBufferView} */ bytes, /** @type {object} */ options) {
        const written = write.call(this, bytes, options);
        if (written === bytes.byteLength) return written;
        last.isFull = true;
        throw new DOMException('There is no room left', 'QuotaExceededError');
    };
    return last;
}

/**
 * The pool tells SQLite that another connection is writing to each of its files. So SQLite would take the journal of a killed tab for that of
 * this writer, and leave the database half-written (hasHotJournal in SQLite's pager.c). But only this connection has the files. Mended in the
 * package's version 3.54, which needs Node 22.
 * @param {import('@sqlite.org/sqlite-wasm').Sqlite3Static} sqlite3
 * @param {import('@sqlite.org/sqlite-wasm').Database} db opened, but not yet read
 */
function heedJournals({ capi, wasm }, db) {
    const scope = wasm.scopedAllocPush();
    try {
        const pointer = wasm.scopedAlloc(wasm.ptrSizeof);
        db.checkRc(capi.sqlite3_file_control(db, 'main', capi.SQLITE_FCNTL_FILE_POINTER, pointer));
        const file = new capi.sqlite3_file(wasm.peekPtr(pointer));
        const methods = new capi.sqlite3_io_methods(file.$pMethods); // of all files of the pool
        methods.installMethod('xCheckReservedLock', (/** @type {number} */ _file, /** @type {number} */ out) => {
            wasm.poke32(out, 0);
            return 0;
        });
    } finally {
        wasm.scopedAllocPop(scope);
    }
}

/**
 * @param {any} pool
 * @param {Blob} source
 */
async function copyInto(pool, source) {
    let at = 0;
    const next = async () => {
        if (at >= source.size) return undefined;
        const piece = source.slice(at, (at += PIECE_BYTES));
        return new Uint8Array(await piece.arrayBuffer());
    };
    try {
        await pool.importDb(IMPORTED, next);
    } catch (error) {
        const { name } = /** @type {Error} */ (error);
        if (name === 'QuotaExceededError')
            throw new AcgError('NO_MEMORY', 'There is no room for the file beside the index. What is in the index stays as it was', {
                cause: error,
                reason: 'INDEX_NO_ROOM',
            });
        throw new AcgError('BAD_FORMAT', 'Expected an index but the file is no whole SQLite database', { cause: error });
    }
}

/** @param {string} [module] */
async function loadSqlite(module) {
    quieten();
    try {
        // written out in full: bundlers look for this form
        const { default: load } = await (module ? import(/* @vite-ignore */ module) : import('@sqlite.org/sqlite-wasm'));
        return await load();
    } catch (error) {
        const hint = 'install the package @sqlite.org/sqlite-wasm or, without a bundler, say with `sqlite` where its module is';
        throw new AcgError('NOT_FOUND', `SQLite could not be loaded: ${hint}`, { cause: error });
    }
}

/**
 * Waits until each file of the pool can be opened: SQLite would delete a pool that it cannot open.
 * @param {string} directory
 * @param {string} location
 */
async function waitForFiles(directory, location) {
    const folder = await folderOf(`${directory}/.opaque`).catch(() => undefined);
    if (!folder) return; // it does not exist yet
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
