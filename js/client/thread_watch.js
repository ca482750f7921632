// Notices that a worker does not come back from making the worker of a thread. In Firefox it can wait there for ever while developer tools or an
// automation watch the page (WaitForIsDebuggerRegistered in Firefox's source, dom/workers/WorkerPrivate.h), and only the page can still act.
import { AcgError } from '../errors.js';

/** Making a worker takes some milliseconds, a second or two on a machine with much else to do. */
const STALL_MS = 5000;

export class ThreadStalled extends AcgError {
    constructor() {
        const what = 'The browser did not start the threads of the engine';
        super('INTERNAL', `${what}. Firefox may do this while its developer tools are open: close them, and try again`, {
            reason: 'ENGINE_STOPPED',
            values: { why: what },
        });
    }
}

export class ThreadWatch {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #timer;
    #onStall;

    /** @param {(error: ThreadStalled) => void} onStall */
    constructor(onStall) {
        this.#onStall = onStall;
    }

    /** Takes the worker's event. @type {(event: import('../shared/protocol.js').Events['thread']) => void} */
    note = ({ isMade }) => {
        this.end();
        if (!isMade) this.#timer = setTimeout(() => this.#onStall(new ThreadStalled()), STALL_MS);
    };

    end() {
        clearTimeout(this.#timer);
    }
}
