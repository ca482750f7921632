// Where a worker keeps files of models in Node: in the user's cache folder, or in a given one.
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AcgError, sentence } from '../../errors.js';
import { blobAccess, randomAccess } from '../../models/originals/access.js';
import { chosenFolder } from '../../models/originals/folders.js';
import { modelsCacheFolder, originalsCacheFolder } from '../../platform/node/cache_folder.js';
import { openFileAccess, openFolderAccess, readFully } from '../../platform/node/file_access.js';
import { PartFile, readPieces } from '../../platform/node/part_file.js';
import { readableError, whyUnwritten } from '../../platform/node/system_errors.js';
import { removeAbandoned, temporaryBeside, writeWhole } from '../../platform/node/temporary.js';

/**
 * @typedef {import('./model_store.js').ModelStore} ModelStore
 * @typedef {import('./model_store.js').NewFile} NewFile
 * @typedef {import('./model_store.js').Given} Given
 */

/**
 * @param {string} [folder] for the result
 * @returns {ModelStore}
 */
export function nodeModelStore(folder = modelsCacheFolder()) {
    return {
        create: (path) => HiddenFile.create(join(folder, path)),
        download: async (path, isPinned) => new OriginalFile(join(originalsCacheFolder(), path), isPinned),
        openGiven,
    };
}

/** @implements {NewFile} */
class HiddenFile {
    #path;
    #hidden;
    #file;
    #size = 0;
    #isDone = false;

    /**
     * @param {string} path
     * @param {string} hidden
     * @param {import('node:fs/promises').FileHandle} file
     */
    constructor(path, hidden, file) {
        this.#path = path;
        this.#hidden = hidden;
        this.#file = file;
    }

    /** @param {string} path */
    static async create(path) {
        const hidden = temporaryBeside(path);
        try {
            await mkdir(dirname(path), { recursive: true });
            removeAbandoned(dirname(path));
            return new HiddenFile(path, hidden, await open(hidden, 'wx+'));
        } catch (error) {
            throw readableError(error, path);
        }
    }

    /**
     * @param {number} at
     * @param {Uint8Array} bytes
     */
    async write(at, bytes) {
        try {
            for (let done = 0; done < bytes.length; ) {
                done += (await this.#file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
            }
        } catch (error) {
            throw new AcgError('NO_MEMORY', `The model file ${this.#path} could not be written: ${whyUnwritten(error)}`, { cause: error });
        }
        this.#size = Math.max(this.#size, at + bytes.length);
    }

    access() {
        return randomAccess(this.#size, (at, length) => readFully(this.#file, this.#path, at, length));
    }

    /** @param {string} [sha256] */
    async keep(sha256) {
        await this.#file.close();
        this.#isDone = true;
        await rename(this.#hidden, this.#path);
        if (sha256) await writeWhole(`${this.#path}.sha256`, `${sha256}  ${basename(this.#path)}\n`);
    }

    async discard() {
        if (this.#isDone) return;
        this.#isDone = true;
        await this.#file.close();
        await rm(this.#hidden, { force: true });
    }
}

/** A published file that is being fetched: under its name when complete, before that under the name of a PartFile. */
class OriginalFile {
    #path;
    #part;
    /** @type {Awaited<ReturnType<typeof openFileAccess>> | undefined} */
    #access;

    /**
     * @param {string} path
     * @param {boolean} isPinned
     */
    constructor(path, isPinned) {
        this.#path = path;
        this.#part = new WholeOrPart(path, isPinned);
    }

    get store() {
        return this.#part;
    }

    async finish() {
        await this.#part.keepUnlessWhole();
        this.#access = await openFileAccess(this.#path);
        return this.#access;
    }

    async leave() {
        await this.#close();
        await this.#part.close();
    }

    async #close() {
        await this.#access?.close();
        this.#access = undefined;
    }

    async discard() {
        await this.#close();
        await this.#part.discard();
        await rm(this.#path, { force: true });
    }
}

class WholeOrPart extends PartFile {
    #isWhole = false;

    /**
     * @param {string} path
     * @param {boolean} isPinned
     */
    constructor(path, isPinned) {
        const fail = (/** @type {unknown} */ error) => {
            throw error;
        };
        super(path, fail, isPinned);
    }

    /** @param {string} url */
    async begun(url) {
        const found = await stat(this.path).catch(() => undefined);
        this.#isWhole = found !== undefined;
        return found ? { bytes: found.size, total: found.size } : super.begun(url);
    }

    read() {
        return this.#isWhole ? readPieces(this.path) : super.read();
    }

    async keepUnlessWhole() {
        if (!this.#isWhole) await this.keep();
    }
}

/** @param {Given[]} given */
async function openGiven(given) {
    const [first] = given;
    if (given.length === 1 && 'path' in first && (await isFolder(first.path))) return openFolderAccess(first.path);
    const open = async (/** @type {Given} */ each) =>
        'path' in each
            ? { name: basename(each.path), file: await openFileAccess(each.path) }
            : { name: each.name, file: { ...blobAccess(each.blob), close: async () => {} } };
    const chosen = await Promise.all(given.map(open));
    const close = async () => {
        for (const { file } of chosen) await file.close();
    };
    return { ...chosenFolder(chosen), close };
}

/** @param {string} path */
async function isFolder(path) {
    try {
        return (await stat(path)).isDirectory();
    } catch (error) {
        throw new AcgError('NOT_FOUND', sentence(readableError(error, path)), { cause: error });
    }
}
