// Keeps a large file on disk during its download: <path>.<token of the process>.part, and a file with the server's headers. An unfinished file
// of an earlier call or process is named <path>.left-….part; the next call continues it.
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PIECE_BYTES } from '../../models/download.js';
import { joinBytes } from '../../shared/bytes.js';
import { readableError } from './system_errors.js';
import { isAbandoned, randomToken, temporaryToken, writeWhole } from './temporary.js';

/** @typedef {import('../../models/download.js').Store} Store */

/** @implements {Store} */
export class PartFile {
    #part;
    #isPinned;
    #onUnkept;
    #isUnkept = false;
    /** @type {Uint8Array[] | undefined} a file of at most one piece, which is written when it is complete */
    #small;

    /**
     * @param {string} path of the whole file
     * @param {(error: unknown) => void} onUnkept called with the reason why nothing can be kept. If it throws, the download ends
     * @param {boolean} [isPinned] its SHA-256 is known: an unfinished download may be continued even if the server does not say whether
     *   the file is still the same
     */
    constructor(path, onUnkept, isPinned = false) {
        /** @readonly */
        this.path = path;
        this.#part = `${path}.${temporaryToken()}.part`;
        this.#onUnkept = onUnkept;
        this.#isPinned = isPinned;
    }

    /**
     * @param {string} url
     * @returns {Promise<import('../../models/download.js').Begun>}
     */
    async begun(url) {
        for (const part of await this.#left()) {
            const note = await readFile(`${part}.json`, 'utf8')
                .then(JSON.parse)
                .catch(() => undefined);
            if (note?.url !== url || (note.validator === undefined && !this.#isPinned)) {
                await remove(part);
                continue;
            }
            try {
                await rename(part, this.#part);
                await rename(`${part}.json`, `${this.#part}.json`);
            } catch {
                continue; // another process was faster
            }
            const { size } = await stat(this.#part);
            return { bytes: size, total: note.total, validator: note.validator };
        }
        return { bytes: 0 };
    }

    /** @returns {AsyncIterable<Uint8Array<ArrayBuffer>>} */
    async *read() {
        yield* readPieces(this.#part);
    }

    /**
     * @param {string} url
     * @param {import('../../models/download.js').Begun} begun
     */
    async begin(url, { total, validator }) {
        this.#small = total !== undefined && total <= PIECE_BYTES ? [] : undefined;
        if (this.#small) return;
        await this.attempt(async () => {
            await mkdir(dirname(this.path), { recursive: true });
            await writeFile(this.#part, '');
            await writeFile(`${this.#part}.json`, JSON.stringify({ url, total, validator }));
        });
    }

    /** @param {Uint8Array<ArrayBuffer>} piece */
    async append(piece) {
        if (this.#small) return void this.#small.push(piece.slice()); // the receiver may transfer it
        await this.attempt(() => appendFile(this.#part, piece));
    }

    /** The file is complete and correct. */
    async keep() {
        const small = this.#small;
        if (small) return this.attempt(() => writeWhole(this.path, joinBytes(small)));
        await this.attempt(async () => {
            await rename(this.#part, this.path);
            await remove(this.#part);
        });
    }

    /** The file is wrong. */
    async discard() {
        await remove(this.#part);
    }

    /** Leaves the unfinished file for a later call. */
    async close() {
        const left = `${this.path}.left-${randomToken()}.part`;
        try {
            await rename(`${this.#part}.json`, `${left}.json`); // first: a process that finds the .part needs it
            await rename(this.#part, left);
        } catch {
            // nothing was written, or the file is kept
        }
    }

    /** Unfinished parts of the same file that no process is writing. */
    async #left() {
        const folder = dirname(this.path);
        const start = `${basename(this.path)}.`;
        const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(start) && name.endsWith('.part'));
        return names
            .filter((name) => name.startsWith(`${start}left-`) || isAbandoned(join(folder, name)))
            .map((name) => join(folder, name));
    }

    /**
     * If nothing more can be written, the part is removed to free its space.
     * @protected
     * @param {() => Promise<void>} write
     */
    async attempt(write) {
        if (this.#isUnkept) return;
        try {
            await write();
        } catch (error) {
            this.#isUnkept = true;
            await remove(this.#part);
            this.#onUnkept(readableError(error, this.path));
        }
    }
}

/**
 * @param {string} path
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>}
 */
export async function* readPieces(path) {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES })) {
        // a copy: the read memory may be shared, and the receiver transfers it
        yield new Uint8Array(piece);
    }
}

/** @param {string} part */
async function remove(part) {
    await rm(part, { force: true }).catch(() => {});
    await rm(`${part}.json`, { force: true }).catch(() => {});
}
