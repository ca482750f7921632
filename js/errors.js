// The one error type that users see, and the sentences that several places need. Knows no workers and no files.

/**
 * @typedef {import('./types.js').ErrorCode} ErrorCode
 * @typedef {ErrorOptions & { reason?: import('./types.js').Reason, values?: import('./types.js').Values }} AcgErrorOptions
 */

export class AcgError extends Error {
    /**
     * @param {ErrorCode} code
     * @param {string} message one sentence: what was expected and what was found; gets its full stop if it has none
     * @param {AcgErrorOptions} [options]
     */
    constructor(code, message, { reason, values = {}, ...options } = {}) {
        super(/[.!?]$/.test(message) ? message : `${message}.`, options);
        this.name = 'AcgError';
        /** @type {ErrorCode} */
        this.code = code;
        /** Says more closely what went wrong, and `values` what the message names. @type {import('./types.js').Reason | undefined} */
        this.reason = reason;
        this.values = values;
    }
}

/**
 * @param {string} what
 * @param {string} name
 * @param {unknown} received
 */
export function badArgument(what, name, received) {
    return new AcgError('BAD_ARGUMENT', `Expected ${what} for ${name} but received ${show(received)}`);
}

/** @param {AbortSignal} [signal] */
export function cancelled(signal) {
    return new AcgError('CANCELLED', 'The work was cancelled', { cause: signal?.reason });
}

/**
 * What went wrong, without the full stop, to be a part of another sentence.
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
