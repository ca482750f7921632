// The destination of a result while it is computed: memory, or files that the user picked. Does not choose file names.
import { t } from '../words/words.js';

/**
 * @typedef {object} Target takes one result's bytes as they come
 * @property {(chunk: Uint8Array<ArrayBuffer>) => void} write
 * @property {() => Promise<void>} restart drops the bytes so far
 * @property {() => Promise<number>} finish resolves when all is on disk, with the number of bytes
 * @property {() => Promise<void>} discard removes the file
 *
 * @typedef {(job: import('../app/job.js').Job, name: string) => Promise<Target>} Targets
 */

/** Whether this browser lets a page write into files. */
export const canWriteFiles = 'showSaveFilePicker' in globalThis;

const TYPES = /** @type {Record<string, string>} */ ({ png: 'image/png', webp: 'image/webp', jpg: 'image/jpeg' });

/**
 * Asks for the destination. To be called at a click, before anything is awaited.
 * @param {number} count of pictures
 * @param {string} name proposed for a single one
 * @param {string} format
 * @returns {Promise<Targets | null>} null: the user cancelled
 */
export async function pickTargets(count, name, format) {
    try {
        if (count > 1) {
            const folder = await /** @type {any} */ (globalThis).showDirectoryPicker({ mode: 'readwrite' });
            return async (job, each) => fileTarget(await fileIn(folder, job.folder + each));
        }
        const types = [{ description: t(`files.type.${format}`), accept: { [TYPES[format]]: [`.${format}`] } }];
        const handle = await /** @type {any} */ (globalThis).showSaveFilePicker({ suggestedName: name, types });
        return () => fileTarget(handle);
    } catch (error) {
        if (/** @type {Error} */ (error).name === 'AbortError') {
            return null;
        }
        throw error;
    }
}

/**
 * Asks for a folder to write into. To be called at a click, before anything is awaited.
 * @returns {Promise<FileSystemDirectoryHandle | null>} null: the user cancelled
 */
export async function pickFolder() {
    return /** @type {any} */ (globalThis).showDirectoryPicker({ mode: 'readwrite' }).catch((/** @type {Error} */ error) => {
        if (error.name === 'AbortError') return null;
        throw error;
    });
}

/**
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} path
 * @returns {Promise<File | null>} null: there is none
 */
export async function findIn(folder, path) {
    try {
        return await (await fileIn(folder, path, false)).getFile();
    } catch (error) {
        if (/** @type {Error} */ (error).name === 'NotFoundError') return null;
        throw error;
    }
}

/**
 * Writes a file in a folder completely, or leaves the old one.
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} path
 * @param {string} text
 */
export async function writeIn(folder, path, text) {
    const target = await fileTarget(await fileIn(folder, path));
    try {
        target.write(new TextEncoder().encode(text));
        await target.finish();
    } catch (error) {
        await target.discard();
        throw error;
    }
}

/** @param {FileSystemDirectoryHandle} folder @param {string} path @param {boolean} [create] what is not there */
async function fileIn(folder, path, create = true) {
    const parts = path.split('/');
    const name = /** @type {string} */ (parts.pop());
    for (const part of parts) {
        folder = await folder.getDirectoryHandle(part, { create });
    }
    return folder.getFileHandle(name, { create });
}

/** @param {FileSystemFileHandle} handle @returns {Promise<Target>} */
async function fileTarget(handle) {
    const before = (await handle.getFile()).size;
    const stream = await handle.createWritable(); // writes to a temporary file, which replaces the file when the stream is closed
    let bytes = 0;
    /** @type {unknown} */
    let failure;
    let last = Promise.resolve();
    return {
        write(chunk) {
            if (failure) {
                throw failure;
            }
            bytes += chunk.byteLength;
            last = last.then(() => stream.write(chunk)).catch((error) => void (failure ??= error));
        },
        async restart() {
            await last;
            await stream.seek(0);
            await stream.truncate(0);
            bytes = 0;
        },
        async finish() {
            await last;
            if (failure) {
                throw failure;
            }
            await stream.close();
            return bytes;
        },
        async discard() {
            await last;
            await stream.abort().catch(() => {});
            if (!before) {
                await /** @type {any} */ (handle).remove?.().catch(() => {}); // picking has created an empty file
            }
        },
    };
}
