// What the commands that look at pictures or sentences have in common: a JSON line for each, and one that fails does not stop the others.
import { basename } from 'node:path';
import { createEngine } from '../node.js';
import { checkThreads } from '../options.js';
import { Bar } from './bar.js';
import { isHopeless, readPicture, reportFailure } from './inputs.js';
import { asUsage, number, UsageError } from './usage.js';

/**
 * @typedef {import('../client.js').Engine} Engine
 * @typedef {import('../types.js').CallOptions} CallOptions
 */

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
export const COMMON = {
    threads: { type: 'string' },
    models: { type: 'string' },
    json: { type: 'boolean' },
};

/**
 * @param {string[]} inputs
 * @param {{ threads?: string, models?: string, json?: boolean }} values of COMMON
 * @param {AbortSignal} signal
 * @param {{ what: string, name?: (input: string) => string, one: (engine: Engine, input: string, options: CallOptions) => Promise<object> }} task
 *   what the inputs are, what each is called beside its progress, and what of it goes into its line
 * @returns {Promise<number>} exit status
 */
export async function writeLines(inputs, { threads, models, json = false }, signal, { what, name = basename, one }) {
    const most = /** @type {number | undefined} */ (number(threads));
    asUsage(() => checkThreads(most));
    if (inputs.length === 0) throw new UsageError(`Expected ${what} but received none`);
    const engine = await createEngine({ threads: most, models });
    let failures = 0;
    try {
        for (const input of inputs) {
            if (signal.aborted) break;
            const bar = new Bar(name(input));
            try {
                const line = await one(engine, input, { signal, onProgress: (progress) => bar.update(progress) });
                bar.stop();
                process.stdout.write(`${JSON.stringify({ input, ...line }, shorten)}\n`);
            } catch (error) {
                bar.stop();
                failures++;
                reportFailure(input, error, json);
                if (isHopeless(error)) break;
            }
        }
    } finally {
        await engine.close();
    }
    return failures > 0 ? 1 : 0;
}

/**
 * The same, of pictures.
 * @param {string[]} paths
 * @param {Parameters<typeof writeLines>[1]} values
 * @param {AbortSignal} signal
 * @param {(engine: Engine, picture: Uint8Array, options: CallOptions) => Promise<object>} one
 */
export async function writePictureLines(paths, values, signal, one) {
    return writeLines(paths, values, signal, {
        what: 'at least one picture',
        one: async (engine, path, options) => one(engine, await readPicture(path), options),
    });
}

/**
 * For JSON: numbers with as few digits as tell float32 values apart.
 * @param {string} _key
 * @param {unknown} value
 */
function shorten(_key, value) {
    if (value instanceof Float32Array) return Array.from(value);
    return typeof value === 'number' ? Number(value.toPrecision(9)) : value;
}
