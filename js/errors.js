// The only error class that users see, and messages that several places need.

/**
 * @typedef {import('./types.js').ErrorCode} ErrorCode
 * @typedef {ErrorOptions & { reason?: import('./types.js').Reason, values?: import('./types.js').Values }} AcgErrorOptions
 */

export class AcgError extends Error {
    /**
     * @param {ErrorCode} code
     * @param {string} message one sentence: what was expected and what was found; a missing full stop is added
     * @param {AcgErrorOptions} [options]
     */
    constructor(code, message, { reason, values = {}, ...options } = {}) {
        super(/[.!?]$/.test(message) ? message : `${message}.`, options);
        this.name = 'AcgError';
        /** @type {ErrorCode} */
        this.code = code;
        /** The cause in more detail than the code; `values`: the values in the message. @type {import('./types.js').Reason | undefined} */
        this.reason = reason;
        this.values = values;
    }
}

/**
 * The error about a bad option.
 * @param {string} what was expected
 * @param {string} name of the option
 * @param {unknown} received
 */
export function badArgument(what, name, received) {
    return new AcgError('BAD_ARGUMENT', `Expected ${what} for ${name} but received ${show(received)}`);
}

/** The error of aborted work. @param {AbortSignal} [signal] */
export function cancelled(signal) {
    return new AcgError('CANCELLED', 'The work was cancelled', { cause: signal?.reason });
}

/**
 * The message of an error without its full stop, for use in another sentence.
 * @param {unknown} error
 */
export function sentence(error) {
    return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}

/**
 * The notes of a result, and their sentences.
 * @param {import('./types.js').Note[]} notes
 */
export function withWarnings(notes) {
    return { warnings: notes.map((note) => note.sentence), notes };
}

/** @param {unknown} value */
function show(value) {
    if (typeof value === 'string') return `'${value}'`;
    if (typeof value === 'function') return 'a function';
    if (typeof value !== 'object' || value === null) return String(value);
    return Object.prototype.toString.call(value).slice(8, -1);
}
