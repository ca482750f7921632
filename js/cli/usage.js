// Reads arguments. Errors in the call itself are separate from errors while it runs.
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
        // Node's message is long; its first sentence is enough
        throw new UsageError(sentence(error).split(/\.\s/)[0], { cause: error });
    }
}

/**
 * Reports an error of `check` as an error in the call.
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
 * `text` as a number; any other text is returned unchanged, so that the check of the option refuses it.
 * @param {string | undefined} text
 */
export function number(text) {
    return text !== undefined && /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : text;
}
