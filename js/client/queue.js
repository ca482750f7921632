// Runs tasks one after another: callers may start several at once, but the engine runs one at a time.
import { cancelled } from '../errors.js';

export class Queue {
    /** @type {Promise<void>} */
    #last = Promise.resolve();

    /**
     * Runs `task` when all earlier tasks have ended. If `signal` aborts before that, `task` never runs.
     * @template T
     * @param {() => Promise<T>} task
     * @param {AbortSignal} signal
     * @returns {Promise<T>}
     */
    async run(task, signal) {
        const turn = this.#last;
        let leave = () => {};
        /** @type {Promise<void>} */
        const left = new Promise((resolve) => (leave = resolve));
        this.#last = turn.then(() => left);
        try {
            await unlessAborted(turn, signal);
            return await task();
        } finally {
            leave();
        }
    }
}

/**
 * @param {Promise<void>} turn
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function unlessAborted(turn, signal) {
    return new Promise((resolve, reject) => {
        const abort = () => reject(cancelled(signal));
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        turn.then(() => {
            signal.removeEventListener('abort', abort);
            resolve();
        });
    });
}
