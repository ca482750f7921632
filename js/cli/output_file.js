// A file that appears under its name only when it is complete: until then its bytes go to a temporary neighbour.
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export class OutputFile {
    #path;
    #temporary;
    /** @type {number | undefined} */
    #file;

    /** @param {string} path its folder is made with the first bytes */
    constructor(path) {
        this.#path = path;
        this.#temporary = `${path}.${process.pid}.part`;
    }

    /** @param {Uint8Array} bytes */
    write(bytes) {
        if (this.#file === undefined) {
            mkdirSync(dirname(this.#path), { recursive: true });
            this.#file = openSync(this.#temporary, 'wx');
        }
        for (let at = 0; at < bytes.byteLength;) at += writeSync(this.#file, bytes, at);
    }

    /** Gives the file its name. */
    finish() {
        this.#close();
        renameSync(this.#temporary, this.#path);
    }

    /** Leaves nothing behind; after finish it does nothing. */
    discard() {
        this.#close();
        rmSync(this.#temporary, { force: true });
    }

    #close() {
        if (this.#file !== undefined) closeSync(this.#file);
        this.#file = undefined;
    }
}
