// A temporary file for data that do not fit into the engine's memory, in Node. Its name is removed as soon as it is open, so that nothing is left
// when the process ends, for any reason.
import { closeSync, openSync, read, readSync, rmSync, statfsSync, write, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AcgError, sentence } from '../../errors.js';
import { readableError, whyUnwritten } from '../../platform/node/system_errors.js';

/** @typedef {import('../upscale.js').Storage} Storage */

const TMPFS = 0x01021994; // a "disk" in memory is of no use
const SHARE_OF_FREE = 0.9;

/** @type {Storage} */
export const nodeStorage = {
    async room(temp) {
        return bestFolder(temp).room;
    },
    async open(temp, isShared) {
        const { folder } = bestFolder(temp);
        const path = join(folder, `acg2vec-${process.pid}-${crypto.randomUUID()}.tmp`);
        return new TemporaryFile(folder, path, isShared);
    },
};

/** @param {string | boolean} temp */
function bestFolder(temp) {
    if (temp === false) return { folder: '', room: 0 };
    if (typeof temp === 'string') return { folder: temp, room: roomIn(temp) };
    const usual = process.platform === 'linux' ? [tmpdir(), '/var/tmp'] : [tmpdir()];
    const folders = usual.map((folder) => ({ folder, room: roomOnDisk(folder) }));
    return folders.reduce((best, next) => (next.room > best.room ? next : best));
}

/** @param {string} folder that the caller chose */
function roomIn(folder) {
    try {
        const { bavail, bsize } = statfsSync(folder);
        return Math.floor(bavail * bsize * SHARE_OF_FREE);
    } catch (error) {
        throw new AcgError('NOT_FOUND', `The folder for temporary files cannot be used: ${sentence(readableError(error, folder))}`, {
            cause: error,
        });
    }
}

/** @param {string} folder */
function roomOnDisk(folder) {
    try {
        return statfsSync(folder).type === TMPFS ? 0 : roomIn(folder);
    } catch {
        return 0;
    }
}

// These run on threads of Node while this thread computes.
const readAsync = promisify(read);
const writeAsync = promisify(write);

class TemporaryFile {
    #folder;
    #path;
    #isShared;
    #file;

    /**
     * @param {string} folder
     * @param {string} path
     * @param {boolean} isShared
     */
    constructor(folder, path, isShared) {
        this.#folder = folder;
        this.#path = path;
        this.#isShared = isShared;
        this.#file = openSync(path, 'wx+', 0o600);
        this.#removeName();
    }

    /**
     * @param {Uint8Array} bytes
     * @param {number} at
     */
    async read(bytes, at) {
        for (let done = 0; done < bytes.byteLength; ) {
            const part = /** @type {const} */ ([this.#file, bytes, done, bytes.byteLength - done, at + done]);
            const n = this.#isShared ? (await readAsync(...part)).bytesRead : readSync(...part);
            if (n === 0) throw new AcgError('INTERNAL', 'The temporary file is shorter than what was written to it');
            done += n;
        }
    }

    /**
     * @param {Uint8Array} bytes
     * @param {number} at
     */
    async write(bytes, at) {
        try {
            for (let done = 0; done < bytes.byteLength; ) {
                const part = /** @type {const} */ ([this.#file, bytes, done, bytes.byteLength - done, at + done]);
                done += this.#isShared ? (await writeAsync(...part)).bytesWritten : writeSync(...part);
            }
        } catch (error) {
            const how = 'Name another folder for it, or allow none, which takes longer';
            throw new AcgError('NO_MEMORY', `The temporary file in ${this.#folder} could not be written: ${whyUnwritten(error)}. ${how}`, {
                cause: error,
            });
        }
    }

    async close() {
        closeSync(this.#file);
        this.#removeName();
    }

    // An open file whose name cannot be removed (in some network folders) is removed at close.
    #removeName() {
        try {
            rmSync(this.#path, { force: true });
        } catch {
            // the second attempt may succeed
        }
    }
}
