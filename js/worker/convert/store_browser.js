// Where a worker keeps files of models in a browser: in the origin private file system.
import { AcgError, sentence } from '../../errors.js';
import { PIECE_BYTES } from '../../models/download.js';
import { blobAccess, randomAccess } from '../../models/originals/access.js';
import { chosenFolder } from '../../models/originals/folders.js';
import { pause } from '../../shared/pause.js';
import { baseName } from '../../shared/paths.js';
import { folderOf, HIDDEN, MODELS_FOLDER, ORIGINALS_FOLDER, removeAbandoned } from '../../platform/browser/model_files.js';

/**
 * @typedef {import('./model_store.js').ModelStore} ModelStore
 * @typedef {import('./model_store.js').NewFile} NewFile
 * @typedef {import('../../models/download.js').Begun} Begun
 * @typedef {import('../spill/storage_browser.js').AccessHandle & { truncate: (bytes: number) => void, getSize: () => number,
 *   flush: () => void }} AccessHandle
 */

/** @returns {ModelStore} */
export function browserModelStore() {
    removeAbandoned().catch(() => {}); // a failure does no harm
    return {
        create: (path) => HiddenFile.create(path),
        download: (path, isPinned) => OriginalFile.open(path, isPinned),
        openGiven: async (given) => {
            const chosen = given.flatMap((each) => ('blob' in each ? { name: each.name, file: blobAccess(each.blob) } : []));
            return { ...chosenFolder(chosen), close: async () => {} };
        },
    };
}

/** A file that only this worker has open. */
class OpenFile {
    #path;
    #handle;
    #isOpen = true;

    /**
     * @param {string} path
     * @param {{ folder: FileSystemDirectoryHandle, name: string, file: any, handle: AccessHandle }} opened
     */
    constructor(path, { folder, name, file, handle }) {
        this.#path = path;
        this.#handle = handle;
        /** @readonly */
        this.folder = folder;
        /** @readonly */
        this.name = name;
        /** @readonly */
        this.file = file;
    }

    /**
     * @param {string} root
     * @param {string} path
     */
    static async open(root, path) {
        try {
            const { folder, name } = await folderOf(root, path, true);
            const file = /** @type {any} */ (await folder.getFileHandle(name, { create: true }));
            return new OpenFile(path, { folder, name, file, handle: await file.createSyncAccessHandle() });
        } catch (error) {
            const isTaken = error instanceof DOMException && error.name === 'NoModificationAllowedError';
            const why = isTaken ? 'another tab is writing it' : sentence(error);
            throw new AcgError('NOT_FOUND', `The browser's file for ${path} could not be opened: ${why}`, {
                cause: error,
                reason: isTaken ? 'FILE_TAKEN' : 'NOT_KEPT',
                values: { path, why },
            });
        }
    }

    get size() {
        return this.#handle.getSize();
    }

    /**
     * @param {number} at
     * @param {Uint8Array} bytes
     */
    write(at, bytes) {
        let why = 'no room is left for this page';
        /** @type {import('../../types.js').Reason} */
        let reason = 'NO_ROOM';
        try {
            if (this.#handle.write(bytes, { at }) === bytes.byteLength) return;
        } catch (error) {
            if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) [why, reason] = [sentence(error), 'NOT_KEPT'];
        }
        throw new AcgError('NO_MEMORY', `The browser could not keep ${this.#path}: ${why}`, { reason, values: { path: this.#path, why } });
    }

    access() {
        return randomAccess(this.size, async (at, length) => {
            await pause(); // nothing else waits here, and the message of an abort must be received
            const bytes = new Uint8Array(length);
            this.#handle.read(bytes, { at });
            return bytes;
        });
    }

    clear() {
        this.#handle.truncate(0);
    }

    close() {
        if (!this.#isOpen) return;
        this.#isOpen = false;
        this.#handle.flush();
        this.#handle.close();
    }

    async remove() {
        this.close();
        await this.folder.removeEntry(this.name).catch(() => {});
    }
}

/** @implements {NewFile} */
class HiddenFile {
    #path;
    #open;
    #isDone = false;

    /**
     * @param {string} path
     * @param {OpenFile} open
     */
    constructor(path, open) {
        this.#path = path;
        this.#open = open;
    }

    /** @param {string} path */
    static async create(path) {
        const open = await OpenFile.open(MODELS_FOLDER, path + HIDDEN);
        open.clear();
        return new HiddenFile(path, open);
    }

    /**
     * @param {number} at
     * @param {Uint8Array} bytes
     */
    async write(at, bytes) {
        this.#open.write(at, bytes);
    }

    access() {
        return this.#open.access();
    }

    /** @param {string} [sha256] */
    async keep(sha256) {
        const { folder, file } = this.#open;
        const name = baseName(this.#path);
        this.#open.close();
        this.#isDone = true;
        await folder.removeEntry(name).catch(() => {});
        await file.move(name);
        if (sha256) await writeText(`${this.#path}.sha256`, `${sha256}  ${name}\n`);
    }

    async discard() {
        if (!this.#isDone) await this.#open.remove();
        this.#isDone = true;
    }
}

/**
 * @param {string} path
 * @param {string} text
 */
async function writeText(path, text) {
    const open = await OpenFile.open(MODELS_FOLDER, path);
    open.clear();
    open.write(0, new TextEncoder().encode(text));
    open.close();
}

/** A published file that is being fetched, and a note with its URL. */
class OriginalFile {
    #open;
    #note;
    #isPinned;
    #end = 0;

    /**
     * @param {OpenFile} open
     * @param {OpenFile} note
     * @param {boolean} isPinned
     */
    constructor(open, note, isPinned) {
        this.#open = open;
        this.#note = note;
        this.#isPinned = isPinned;
    }

    /**
     * @param {string} path
     * @param {boolean} isPinned
     */
    static async open(path, isPinned) {
        const open = await OpenFile.open(ORIGINALS_FOLDER, path);
        try {
            return new OriginalFile(open, await OpenFile.open(ORIGINALS_FOLDER, `${path}.json`), isPinned);
        } catch (error) {
            open.close();
            throw error;
        }
    }

    get store() {
        return {
            begun: (/** @type {string} */ url) => this.#begun(url),
            read: () => this.#open.access().stream(),
            begin: (/** @type {string} */ url, /** @type {Begun} */ begun) => this.#begin(url, begun),
            append: async (/** @type {Uint8Array} */ piece) => {
                this.#open.write(this.#end, piece);
                this.#end += piece.length;
            },
        };
    }

    /**
     * @param {string} url
     * @returns {Promise<Begun>}
     */
    async #begun(url) {
        const access = this.#note.access();
        const text = new TextDecoder().decode(await access.read(0, Math.min(access.size, PIECE_BYTES)));
        const note = parsed(text);
        if (note?.url !== url || (note.validator === undefined && !this.#isPinned)) return { bytes: 0 };
        this.#end = this.#open.size;
        return { bytes: this.#end, total: note.total, validator: note.validator };
    }

    /**
     * @param {string} url
     * @param {Begun} begun
     */
    async #begin(url, { total, validator }) {
        this.#open.clear();
        this.#end = 0;
        this.#note.clear();
        this.#note.write(0, new TextEncoder().encode(JSON.stringify({ url, total, validator })));
    }

    async finish() {
        return this.#open.access();
    }

    async leave() {
        this.#open.close();
        this.#note.close();
    }

    async discard() {
        await this.#open.remove();
        await this.#note.remove();
    }
}

/** @param {string} text */
function parsed(text) {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
