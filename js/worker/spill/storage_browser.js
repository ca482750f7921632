// A temporary file for data that do not fit into the engine's memory, in the origin private file system of a browser. The next task removes files
// of tabs that have crashed. An open file cannot be removed, so no tab loses its own.
import { AcgError, badArgument, sentence } from '../../errors.js';
import { openAsyncFile } from './async_file.js';

/**
 * @typedef {import('../upscale.js').Storage} Storage
 *
 * @typedef {object} AccessHandle
 * @property {(bytes: Uint8Array, options: { at: number }) => number} read
 * @property {(bytes: Uint8Array, options: { at: number }) => number} write
 * @property {() => void} close
 *
 * @typedef {Awaited<ReturnType<typeof openAsyncFile>>} AsyncFile
 */

const FOLDER = 'acg2vec-temporary';
const SHARE_OF_FREE = 0.9;

/** @type {Storage} */
export const browserStorage = {
    async room(temp) {
        if (typeof temp === 'string') throw badArgument('true or false', 'temp', temp);
        if (!temp) return 0;
        try {
            await openFolder(removeOld);
            const { quota = 0, usage = 0 } = await navigator.storage.estimate();
            return Math.max(0, Math.floor((quota - usage) * SHARE_OF_FREE));
        } catch {
            return 0; // a private window, a page without a secure context, an old browser
        }
    },
    async open(_, isShared) {
        return openFolder(async (folder) => {
            const name = crypto.randomUUID();
            const file = /** @type {any} */ (await folder.getFileHandle(name, { create: true }));
            const asyncFile = isShared && (await openAsyncFile(file).catch(() => undefined));
            return new TemporaryFile(folder, name, asyncFile || (await file.createSyncAccessHandle()));
        });
    },
};

/**
 * Runs `use` while no other tab creates or removes files: a file that is not open yet would be lost.
 * @template T
 * @param {(folder: FileSystemDirectoryHandle) => Promise<T>} use
 * @returns {Promise<T>}
 */
async function openFolder(use) {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    return /** @type {Promise<T>} */ (navigator.locks.request(FOLDER, () => use(folder)));
}

/** @param {FileSystemDirectoryHandle} folder */
async function removeOld(folder) {
    const names = [];
    for await (const name of /** @type {any} */ (folder).keys()) names.push(name);
    await Promise.allSettled(names.map((name) => folder.removeEntry(name)));
}

class TemporaryFile {
    #folder;
    #name;
    #handle;

    /**
     * @param {FileSystemDirectoryHandle} folder
     * @param {string} name
     * @param {AccessHandle | AsyncFile} handle
     */
    constructor(folder, name, handle) {
        this.#folder = folder;
        this.#name = name;
        this.#handle = handle;
    }

    /**
     * @param {Uint8Array} bytes
     * @param {number} at
     */
    async read(bytes, at) {
        if ((await this.#handle.read(bytes, { at })) === bytes.byteLength) return;
        throw new AcgError('INTERNAL', 'The temporary file is shorter than what was written to it');
    }

    /**
     * @param {Uint8Array} bytes
     * @param {number} at
     */
    async write(bytes, at) {
        let why = 'no room is left';
        try {
            if ((await this.#handle.write(bytes, { at })) === bytes.byteLength) return;
        } catch (error) {
            why = sentence(error);
        }
        throw new AcgError(
            'NO_MEMORY',
            `The browser's temporary file could not be written: ${why}. Allow none (temp: false), which takes longer`,
            { reason: 'NO_ROOM_TEMPORARY' },
        );
    }

    async close() {
        await this.#handle.close();
        await this.#folder.removeEntry(this.#name).catch(() => {}); // if that fails, the next task does it
    }
}
