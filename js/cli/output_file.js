// A file that appears under its name only when it is complete: until then its bytes go to a temporary file in the same folder. A symbolic link stays:
// its target is replaced.
import { closeSync, futimesSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemPath } from '../platform/node/paths.js';
import { readableError } from '../platform/node/system_errors.js';
import { removeAbandoned, temporaryBeside, TOUCH_MS } from '../platform/node/temporary.js';

export class OutputFile {
    #path;
    #shown;
    #temporary;
    /** @type {number | undefined} */
    #file;
    /** @type {NodeJS.Timeout | undefined} */
    #touching;

    /**
     * @param {string} path that is not a symbolic link; its folder is created with the first bytes
     * @param {string} shown the user's name for it
     * @throws if it cannot have that name
     */
    constructor(path, shown) {
        this.#path = path;
        this.#shown = shown;
        this.#temporary = temporaryBeside(path);
        this.#try(() => statSync(systemPath(shown)), ['ENOENT']);
    }

    /** @param {Uint8Array} bytes */
    write(bytes) {
        this.#try(() => {
            this.#file ??= this.#open();
            for (let at = 0; at < bytes.byteLength; ) at += writeSync(this.#file, bytes, at);
        });
    }

    /** Gives the file its name. */
    async finish() {
        this.#try(() => {
            this.#close();
            renameSync(systemPath(this.#temporary), systemPath(this.#path));
        });
    }

    /** Removes the temporary file; after finish it does nothing. */
    discard() {
        try {
            this.#close();
            rmSync(systemPath(this.#temporary), { force: true });
        } catch {
            // the next run removes it
        }
    }

    #open() {
        const folder = dirname(this.#path);
        mkdirSync(systemPath(folder), { recursive: true });
        removeAbandoned(folder);
        const file = openSync(systemPath(this.#temporary), 'wx');
        this.#touching = setInterval(() => touch(file), TOUCH_MS).unref();
        return file;
    }

    #close() {
        const file = this.#file;
        this.#file = undefined;
        clearInterval(this.#touching);
        if (file !== undefined) closeSync(file);
    }

    /**
     * @param {() => unknown} act
     * @param {string[]} [allowed] of the system's errors
     */
    #try(act, allowed = []) {
        try {
            act();
        } catch (error) {
            if (!allowed.includes(String(/** @type {NodeJS.ErrnoException} */ (error).code))) throw readableError(error, this.#shown);
        }
    }
}

/** @param {number} file */
function touch(file) {
    try {
        futimesSync(file, new Date(), new Date());
    } catch {
        // the next write will report the error
    }
}
