// Keeps a large file on disk while it comes: <path>.<process>.part, and beside it what the server said of it. What a process that
// is gone has left is taken over by the next.
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** @typedef {import('./download.js').Store} Store */

/** Those that this process is writing. @type {Set<string>} */
const busy = new Set();

const READ_BYTES = 2 ** 20;

/** @implements {Store} */
export class PartFile {
    #part;

    /** @param {string} path of the whole file */
    constructor(path) {
        /** @readonly */
        this.path = path;
        this.#part = `${path}.${process.pid}.part`;
        for (let i = 2; busy.has(this.#part); i++) this.#part = `${path}.${process.pid}-${i}.part`;
        busy.add(this.#part);
    }

    /**
     * @param {string} url
     * @returns {Promise<import('./download.js').Begun>}
     */
    async begun(url) {
        for (const part of await this.#left()) {
            const note = await readFile(`${part}.json`, 'utf8').then(JSON.parse).catch(() => undefined);
            if (note?.url !== url || note.validator === undefined) {
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
     * @param {import('./download.js').Begun} begun
     */
    async begin(url, { total, validator }) {
        await mkdir(dirname(this.path), { recursive: true });
        await writeFile(this.#part, '');
        await writeFile(`${this.#part}.json`, JSON.stringify({ url, total, validator }));
    }

    /** @param {Uint8Array<ArrayBuffer>} piece */
    async append(piece) {
        await appendFile(this.#part, piece);
    }

    /** The file is whole and what it should be. */
    async keep() {
        await rename(this.#part, this.path);
        await this.discard();
    }

    /** It is not what it should be. */
    async discard() {
        await remove(this.#part);
        await this.close();
    }

    /** Leaves what is there for the next call. */
    async close() {
        busy.delete(this.#part);
    }

    /** Parts of the same file that nobody is writing. */
    async #left() {
        const folder = dirname(this.path);
        const names = await readdir(folder).catch(() => []);
        return names
            .filter((name) => name.startsWith(`${basename(this.path)}.`))
            .filter((name) => {
                const found = /\.(\d+)(-\d+)?\.part$/.exec(name);
                const pid = Number(found?.[1]);
                const full = join(folder, name);
                return found && (full === this.#part || (pid === process.pid ? !busy.has(full) : !isAlive(pid)));
            })
            .map((name) => join(folder, name));
    }
}

/**
 * @param {string} path
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>}
 */
export async function* readPieces(path) {
    for await (const piece of createReadStream(path, { highWaterMark: READ_BYTES })) {
        // a copy of its own: what is read may lie in memory that is shared, and the taker transfers it
        yield new Uint8Array(piece);
    }
}

/** @param {string} part */
async function remove(part) {
    await rm(part, { force: true });
    await rm(`${part}.json`, { force: true });
}

/** @param {number} pid */
function isAlive(pid) {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
    }
}
