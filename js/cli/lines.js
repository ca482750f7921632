// Shared by the commands for pictures and sentences: they print a JSON line for each input, and a failed input does not stop the others.
import { basename } from 'node:path';
import { createEngine } from '../node.js';
import { checkPictureOptions, checkThreads } from '../options/upscale.js';
import { Bar } from './bar.js';
import { isHopeless, readPicture } from './inputs.js';
import { Report, say, sayWarnings } from './report.js';
import { asUsage, number, UsageError } from './usage.js';

/**
 * @typedef {import('../client/engine.js').Engine} Engine
 * @typedef {import('../types.js').CallOptions} CallOptions
 * @typedef {import('../types.js').PictureOptions} PictureOptions
 *
 * @typedef {Record<string, unknown> & { warnings?: string[] }} Facts
 * @typedef {object} Task
 * @property {string} what the kind of input
 * @property {(input: string) => string} [name] its name beside the progress bar
 * @property {(engine: Engine, input: string, options: CallOptions) => Promise<Facts>} one computes the contents of its line, and warnings
 * @property {(facts: any) => string} [line] the line without --json, if that is not JSON
 * @property {Pick<import('./folders.js').Found, 'passedOver' | 'unread'>} [found] files in folders that are not inputs
 *
 * @typedef {{ threads?: string, models?: string, damaged?: string, 'max-pixels'?: string, json?: boolean }} Values of COMMON
 */

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
export const COMMON = {
    threads: { type: 'string' },
    models: { type: 'string' },
    damaged: { type: 'string' },
    'max-pixels': { type: 'string' },
    json: { type: 'boolean' },
};

/**
 * @param {string[]} inputs
 * @param {Values} values
 * @param {AbortSignal} signal
 * @param {Task} task
 * @returns {Promise<number>} exit status
 */
export async function writeLines(inputs, { threads, models, json }, signal, { what, name = basename, one, line, found }) {
    const most = /** @type {number | undefined} */ (number(threads));
    asUsage(() => checkThreads(most));
    if (inputs.length === 0) throw new UsageError(`Expected ${what} but received none`);
    const report = new Report({ json });
    report.passedOver(found?.passedOver ?? []);
    for (const { input, error } of found?.unread ?? []) report.failure(input, error);
    const engine = await createEngine({ threads: most, models, onWarning: (warning) => say(`${warning}.`) });
    try {
        for (const input of inputs) {
            if (signal.aborted) break;
            const bar = new Bar(name(input));
            try {
                const { warnings = [], ...facts } = await one(engine, input, { signal, onProgress: (progress) => bar.update(progress) });
                bar.stop();
                sayWarnings(input, warnings);
                const all = JSON.stringify({ input, ...facts, ...(warnings.length > 0 && { warnings }) }, shorten);
                report.result(line && !json ? line(facts) : all);
            } catch (error) {
                bar.stop();
                if (signal.aborted) break;
                report.failure(input, error);
                if (isHopeless(error)) break;
            }
        }
    } finally {
        await engine.close();
    }
    return report.failures > 0 ? 1 : 0;
}

/**
 * The same, of pictures.
 * @param {string[]} paths
 * @param {Values} values
 * @param {AbortSignal} signal
 * @param {(engine: Engine, picture: Uint8Array, options: CallOptions & PictureOptions) => Promise<Facts>} one
 * @param {Task['found']} [found] in folders
 */
export async function writePictureLines(paths, values, signal, one, found) {
    const settings = readPictureOptions(values);
    return writeLines(paths, values, signal, {
        what: 'at least one picture',
        one: async (engine, path, options) => one(engine, await readPicture(path, signal), { ...settings, ...options }),
        found,
    });
}

/**
 * @param {Pick<Values, 'damaged' | 'max-pixels'>} values
 * @throws {UsageError}
 */
export function readPictureOptions({ damaged, 'max-pixels': maxPixels }) {
    return asUsage(() => checkPictureOptions(/** @type {PictureOptions} */ ({ damaged, maxPixels: number(maxPixels) })));
}

/**
 * For JSON: numbers with the fewest digits that distinguish float32 values.
 * @param {string} _key
 * @param {unknown} value
 */
function shorten(_key, value) {
    if (value instanceof Float32Array) return Array.from(value);
    return typeof value === 'number' ? Number(value.toPrecision(9)) : value;
}
