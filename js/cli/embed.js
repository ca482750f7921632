// acg2vec embed: one JSON line for each picture or sentence; one that fails does not stop the others.
import { basename } from 'node:path';
import { checkEmbedOptions } from '../embed.js';
import { createEngine } from '../node.js';
import { checkThreads } from '../options.js';
import { Bar } from './bar.js';
import { isHopeless, readPicture, reportFailure } from './inputs.js';
import { asUsage, number, parse, UsageError } from './usage.js';

/**
 * @typedef {import('../client.js').Engine} Engine
 * @typedef {import('../types.js').EmbedOptions} EmbedOptions
 */

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
const OPTIONS = {
    text: { type: 'boolean' },
    model: { type: 'string' },
    normalize: { type: 'boolean' },
    clean: { type: 'string' },
    threads: { type: 'string' },
    models: { type: 'string' },
    json: { type: 'boolean' },
};

/**
 * @param {string[]} args
 * @param {AbortSignal} signal
 * @returns {Promise<number>} exit status
 */
export async function embed(args, signal) {
    const { values, positionals: inputs } = parse(args, OPTIONS);
    const { text = false, models, json = false, model, normalize, clean } = values;
    const threads = /** @type {number | undefined} */ (number(values.threads));
    asUsage(() => checkThreads(threads));
    const given = /** @type {EmbedOptions} */ ({ model, normalize, clean });
    const options = /** @type {EmbedOptions & { model: string }} */ (asUsage(() => checkEmbedOptions(given)));
    if (inputs.length === 0) throw new UsageError(`Expected ${text ? 'sentences' : 'pictures'} to embed but received none`);

    const engine = await createEngine({ threads, models });
    let failures = 0;
    try {
        for (const input of inputs) {
            if (signal.aborted) break;
            try {
                report(input, options.model, await embedOne(engine, input, text, options, signal));
            } catch (error) {
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
 * @param {Engine} engine
 * @param {string} input
 * @param {boolean} isText
 * @param {EmbedOptions} options
 * @param {AbortSignal} signal
 */
async function embedOne(engine, input, isText, options, signal) {
    const bar = new Bar(isText ? 'sentence' : basename(input));
    const onProgress = (/** @type {import('../types.js').Progress} */ progress) => bar.update(progress);
    try {
        if (isText) return await engine.embedText(input, { ...options, signal, onProgress });
        return await engine.embedImage(await readPicture(input), { ...options, signal, onProgress });
    } finally {
        bar.stop();
    }
}

/**
 * @param {string} input
 * @param {string} model
 * @param {Float32Array} vector
 */
function report(input, model, vector) {
    process.stdout.write(`${JSON.stringify({ input, model, dim: vector.length, vector: Array.from(vector, shortest) })}\n`);
}

/**
 * As few digits as tell float32 values apart.
 * @param {number} value
 */
const shortest = (value) => Number(value.toPrecision(9));
