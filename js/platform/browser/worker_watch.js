// Notices that a worker does not come back from making another worker: a thread's, or the decoders'. In Firefox it can wait there for ever while
// developer tools or an automation watch the page (WaitForIsDebuggerRegistered in Firefox's source, dom/workers/WorkerPrivate.h), and only the page
// can still act.
import { AcgError } from '../../errors.js';

/** Making a worker takes some milliseconds, a second or two on a machine with much else to do. */
const STALL_MS = 5000;

/** What a worker posts before and after it makes another. @typedef {{ type: 'worker', isMade: boolean }} WorkerMade */

export class WorkerWatch {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #timer;
    #onStall;

    /** @param {(error: AcgError) => void} onStall */
    constructor(onStall) {
        this.#onStall = onStall;
    }

    /** @param {WorkerMade} message */
    note({ isMade }) {
        this.end();
        if (!isMade) this.#timer = setTimeout(() => this.#onStall(stalled()), STALL_MS);
    }

    end() {
        clearTimeout(this.#timer);
    }
}

function stalled() {
    const words =
        'The browser did not start a worker of the engine. Firefox may do this while its developer tools are open: close them, and try again';
    return new AcgError('INTERNAL', words, { reason: 'WORKERS_STALLED' });
}

/**
 * A function that makes a worker, in a worker, so that the page learns of it.
 * @template {unknown[]} A
 * @template R
 * @param {(message: WorkerMade) => void} post
 * @param {(...args: A) => R} start
 * @returns {(...args: A) => R}
 */
export function announced(post, start) {
    return (...args) => {
        post({ type: 'worker', isMade: false });
        const made = start(...args);
        post({ type: 'worker', isMade: true });
        return made;
    };
}
