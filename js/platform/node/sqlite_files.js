// Files for SQLite in Node: implements the file system of its WebAssembly build with node:fs, and a lock that does not outlive a killed process.
// Knows no tables.
import {
    closeSync,
    existsSync,
    fstatSync,
    fsyncSync,
    ftruncateSync,
    openSync,
    readFileSync,
    readSync,
    rmSync,
    statSync,
    writeFileSync,
    writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { systemPath } from './paths.js';
import { isTokenOfGone, temporaryToken } from './temporary.js';

/**
 * @typedef {import('@sqlite.org/sqlite-wasm').Sqlite3Static} Sqlite3
 * @typedef {{ path: string, file: number, lock: FileLock, deleteOnClose: boolean }} OpenFile
 */

export const VFS_NAME = 'acg2vec-node';
/** How long a lock file may be empty: its process is about to write its token, or was killed before that. */
const EMPTY_MS = 2000;
const SECTOR_BYTES = 4096;
const MAX_PATH_BYTES = 4096;

/** One holder at a time, reader or writer, of this computer: SQLite takes it for each transaction. */
class FileLock {
    #path;
    #token = temporaryToken();
    #isHeld = false;

    /** @param {string} path of the database */
    constructor(path) {
        this.#path = `${path}-lock`;
    }

    /** Tries to take the lock; returns whether it has succeeded. */
    take() {
        if (!this.#isHeld) this.#isHeld = create(this.#path, this.#token) || (this.#removeAbandoned() && create(this.#path, this.#token));
        return this.#isHeld;
    }

    give() {
        if (this.#isHeld) rmSync(systemPath(this.#path), { force: true });
        this.#isHeld = false;
    }

    /**
     * Removes the lock of a process that has ended. Only the process that creates the second file may do it: of two, the slower one would
     * remove the lock that the faster one has taken meanwhile.
     */
    #removeAbandoned() {
        if (!isAbandoned(this.#path)) return false;
        const guard = `${this.#path}-removal`;
        if (!create(guard, this.#token)) {
            if (isAbandoned(guard)) rmSync(systemPath(guard), { force: true });
            return false;
        }
        try {
            if (isAbandoned(this.#path)) rmSync(systemPath(this.#path), { force: true });
            return true;
        } finally {
            rmSync(systemPath(guard), { force: true });
        }
    }
}

/**
 * @param {string} path
 * @param {string} token
 * @returns {boolean} false: it is there already
 */
function create(path, token) {
    try {
        writeFileSync(systemPath(path), token, { flag: 'wx' });
        return true;
    } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
        throw error;
    }
}

/** @param {string} path of a lock */
function isAbandoned(path) {
    try {
        const token = readFileSync(systemPath(path), 'latin1');
        return token === '' ? Date.now() - statSync(systemPath(path)).mtimeMs > EMPTY_MS : isTokenOfGone(token);
    } catch {
        return false; // released meanwhile
    }
}

/**
 * Lets SQLite use the files of this computer, as the VFS of VFS_NAME.
 * @param {Sqlite3} sqlite3
 * @returns {{ error?: unknown }} the last system error, for which SQLite has only a number
 */
export function installNodeFiles(sqlite3) {
    const { capi, wasm } = /** @type {any} */ (sqlite3);
    /** @type {{ error?: unknown }} */
    const last = {};
    /** @type {Map<number, OpenFile>} */
    const files = new Map();
    const open = (/** @type {number} */ pointer) => /** @type {OpenFile} */ (files.get(pointer));
    /**
     * @param {number} failure
     * @param {() => unknown} work returns SQLite's code for a failure, or nothing
     */
    const attempt = (failure, work) => {
        try {
            const result = work();
            return typeof result === 'number' ? result : 0;
        } catch (error) {
            last.error = error;
            const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
            return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code) ? capi.SQLITE_FULL : failure;
        }
    };
    /** A view of SQLite's memory. @type {(at: number, bytes: number) => Uint8Array} */
    const memory = (at, bytes) => wasm.heap8u().subarray(Number(at), Number(at) + bytes);

    /** @type {Record<string, (...args: any[]) => number>} */
    const io = {
        xClose: (pointer) => attempt(capi.SQLITE_IOERR_CLOSE, () => close(pointer)),
        xRead: (pointer, to, bytes, at) =>
            attempt(capi.SQLITE_IOERR_READ, () => {
                const count = readFully(open(pointer).file, memory(to, bytes), Number(at));
                memory(to, bytes).fill(0, count);
                return count < bytes ? capi.SQLITE_IOERR_SHORT_READ : 0;
            }),
        xWrite: (pointer, from, bytes, at) =>
            attempt(capi.SQLITE_IOERR_WRITE, () => writeFully(open(pointer).file, memory(from, bytes), Number(at))),
        xTruncate: (pointer, bytes) => attempt(capi.SQLITE_IOERR_TRUNCATE, () => ftruncateSync(open(pointer).file, Number(bytes))),
        xSync: (pointer) => attempt(capi.SQLITE_IOERR_FSYNC, () => fsyncSync(open(pointer).file)),
        xFileSize: (pointer, out) => attempt(capi.SQLITE_IOERR_FSTAT, () => wasm.poke64(out, BigInt(fstatSync(open(pointer).file).size))),
        xLock: (pointer) => attempt(capi.SQLITE_IOERR_LOCK, () => (open(pointer).lock.take() ? 0 : capi.SQLITE_BUSY)),
        xUnlock: (pointer, level) =>
            attempt(capi.SQLITE_IOERR_UNLOCK, () => (level === capi.SQLITE_LOCK_NONE ? open(pointer).lock.give() : undefined)),
        // called while we hold the only lock, so nobody else has one: an existing journal is that of a killed process
        xCheckReservedLock: (_pointer, out) => (wasm.poke32(out, 0), 0),
        xFileControl: () => capi.SQLITE_NOTFOUND,
        xSectorSize: () => SECTOR_BYTES,
        xDeviceCharacteristics: () => 0,
    };
    const ioMethods = new capi.sqlite3_io_methods();
    ioMethods.$iVersion = 1;
    sqlite3.vfs.installVfs({ io: { struct: ioMethods, methods: /** @type {any} */ (io) } });

    /** @param {number} pointer */
    function close(pointer) {
        const { path, file, lock, deleteOnClose } = open(pointer);
        files.delete(pointer);
        lock.give();
        closeSync(file);
        if (deleteOnClose) rmSync(systemPath(path), { force: true });
    }

    /** @type {Record<string, (...args: any[]) => number>} */
    const system = {
        xOpen: (_vfs, name, pointer, flags, outFlags) =>
            attempt(capi.SQLITE_CANTOPEN, () => {
                if (!name) return capi.SQLITE_CANTOPEN; // a temporary file: PRAGMA temp_store keeps them in memory
                const path = wasm.cstrToJs(name);
                const mode = flags & capi.SQLITE_OPEN_READONLY ? 'r' : existsSync(systemPath(path)) ? 'r+' : 'w+';
                if (mode === 'w+' && !(flags & capi.SQLITE_OPEN_CREATE)) return capi.SQLITE_CANTOPEN;
                const file = openSync(systemPath(path), mode === 'w+' ? 'wx+' : mode);
                files.set(pointer, {
                    path,
                    file,
                    lock: new FileLock(path),
                    deleteOnClose: Boolean(flags & capi.SQLITE_OPEN_DELETEONCLOSE),
                });
                const struct = new capi.sqlite3_file(pointer);
                struct.$pMethods = ioMethods.pointer;
                struct.dispose();
                if (outFlags) wasm.poke32(outFlags, flags);
            }),
        xDelete: (_vfs, name, syncFolder) =>
            attempt(capi.SQLITE_IOERR_DELETE, () => {
                const path = wasm.cstrToJs(name);
                rmSync(systemPath(path), { force: true });
                if (syncFolder) syncFolderOf(path);
            }),
        xAccess: (_vfs, name, _flags, out) => (wasm.poke32(out, existsSync(systemPath(wasm.cstrToJs(name))) ? 1 : 0), 0),
        xFullPathname: (_vfs, name, bytes, out) => (wasm.cstrncpy(out, name, bytes) < bytes ? 0 : capi.SQLITE_CANTOPEN),
        xSleep: (_vfs, microseconds) => {
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, microseconds / 1000);
            return microseconds;
        },
        xCurrentTimeInt64: (_vfs, out) => (wasm.poke64(out, 0xbfc83e532200n + BigInt(Date.now())), 0),
        xCurrentTime: (_vfs, out) => (wasm.poke(out, 2440587.5 + Date.now() / 864e5, 'double'), 0),
        xRandomness: (_vfs, bytes, out) => (crypto.getRandomValues(memory(out, bytes)), bytes),
    };
    const vfs = new capi.sqlite3_vfs();
    vfs.$iVersion = 2;
    vfs.$szOsFile = capi.sqlite3_file.structInfo.sizeof;
    vfs.$mxPathname = MAX_PATH_BYTES;
    vfs.$zName = wasm.allocCString(VFS_NAME);
    sqlite3.vfs.installVfs({ vfs: { struct: vfs, methods: /** @type {any} */ (system) } });
    return last;
}

/**
 * @param {number} file
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {number} fewer than requested at the end of the file
 */
function readFully(file, bytes, at) {
    let done = 0;
    for (let count = 1; done < bytes.length && count > 0; done += count)
        count = readSync(file, bytes, done, bytes.length - done, at + done);
    return done;
}

/**
 * @param {number} file
 * @param {Uint8Array} bytes
 * @param {number} at
 */
function writeFully(file, bytes, at) {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, at + done);
}

/**
 * So that a deleted journal does not come back after a power cut.
 * @param {string} path
 */
function syncFolderOf(path) {
    const folder = openSync(systemPath(dirname(path)), 'r');
    try {
        fsyncSync(folder);
    } finally {
        closeSync(folder);
    }
}
