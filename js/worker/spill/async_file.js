// A file of the origin private file system that a worker of its own reads and writes while the caller computes. It has the methods of an
// access handle, but they return promises. The memory that is read into or written from must be shared.

/**
 * @typedef {import('./file_worker.js').FileMessage} FileMessage
 * @typedef {import('./file_worker.js').FileAnswer} FileAnswer
 */

/** @param {FileSystemFileHandle} file */
export async function openAsyncFile(file) {
    // written out in full: bundlers look for this form
    const opened = new AsyncFile(new Worker(new URL('./file_worker.js', import.meta.url), { type: 'module' }));
    await opened.open(file);
    return opened;
}

class AsyncFile {
    #worker;
    /** @type {{ resolve: (n: number) => void, reject: (error: Error) => void }[]} answers come in the order of the messages */
    #waiting = [];

    /** @param {Worker} worker */
    constructor(worker) {
        this.#worker = worker;
        worker.onmessage = ({ data }) => this.#answered(data);
        worker.onerror = (event) => {
            event.preventDefault();
            while (this.#waiting.length) this.#answered({ why: event.message || 'its worker could not be loaded' });
        };
    }

    /** @param {FileSystemFileHandle} file */
    async open(file) {
        try {
            await this.#ask({ kind: 'open', file });
        } catch (error) {
            this.#worker.terminate();
            throw error;
        }
    }

    /** @param {Uint8Array} bytes @param {{ at: number }} options */
    read(bytes, { at }) {
        return this.#ask({ kind: 'read', bytes, at });
    }

    /** @param {Uint8Array} bytes @param {{ at: number }} options */
    write(bytes, { at }) {
        return this.#ask({ kind: 'write', bytes, at });
    }

    async close() {
        await this.#ask({ kind: 'close' });
        this.#worker.terminate();
    }

    /**
     * @param {FileMessage} message
     * @returns {Promise<number>}
     */
    #ask(message) {
        return new Promise((resolve, reject) => {
            this.#waiting.push({ resolve, reject });
            this.#worker.postMessage(message);
        });
    }

    /** @param {FileAnswer} answer */
    #answered(answer) {
        const waiting = this.#waiting.shift();
        if ('n' in answer) waiting?.resolve(answer.n);
        else waiting?.reject(new Error(answer.why));
    }
}
