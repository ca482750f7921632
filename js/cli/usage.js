// Errors in the call itself, as opposed to errors while it runs; reading of arguments.
import { parseArgs } from 'node:util';
import { AcgError, sentence } from '../errors.js';

/** The call is wrong: exit status 2. */
export class UsageError extends Error {}

/**
 * @template {import('node:util').ParseArgsConfig['options']} T
 * @param {string[]} args
 * @param {T} options
 * @returns {ReturnType<typeof parseArgs<{ options: T, allowPositionals: true }>>}
 */
export function parse(args, options) {
    try {
        return parseArgs({ args, options, allowPositionals: true });
    } catch (error) {
        // Node explains at length; its first sentence says it
        throw new UsageError(sentence(error).split(/\.\s/)[0], { cause: error });
    }
}

/**
 * An error of `check` is one of the call.
 * @template T
 * @param {() => T} check
 */
export function asUsage(check) {
    try {
        return check();
    } catch (error) {
        if (error instanceof AcgError) throw new UsageError(sentence(error), { cause: error });
        throw error;
    }
}

/**
 * The number that `text` writes; anything else as it is, for the check of the value to refuse.
 * @param {string | undefined} text
 */
export function number(text) {
    return text !== undefined && /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : text;
}
