// acg2vec upscale: one picture after the other through one engine; a picture that fails does not stop the others.
import { basename } from 'node:path';
import { findModel } from '../models.js';
import { createEngine } from '../node.js';
import { checkThreads, checkUpscaleOptions } from '../options.js';
import { readManifest } from '../weights_node.js';
import { Bar } from './bar.js';
import { isHopeless, readPicture, reportFailure, reportWarnings } from './inputs.js';
import { OutputFile } from './output_file.js';
import { fileFormat, planOutputs } from './outputs.js';
import { announce, showPlan } from './plan.js';
import { asUsage, number, parse, UsageError } from './usage.js';

/**
 * @typedef {import('../client.js').Engine} Engine
 * @typedef {import('../types.js').UpscaleOptions} UpscaleOptions
 * @typedef {{ input: string, output: string }} Job
 */

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
const OPTIONS = {
    output: { type: 'string', short: 'o' },
    scale: { type: 'string' },
    model: { type: 'string' },
    denoise: { type: 'string' },
    strength: { type: 'string' },
    tile: { type: 'string' },
    sync: { type: 'string' },
    memory: { type: 'string' },
    temp: { type: 'string' },
    tta: { type: 'boolean' },
    guard: { type: 'boolean' },
    format: { type: 'string' },
    quality: { type: 'string' },
    metadata: { type: 'string' },
    grey: { type: 'string' },
    damaged: { type: 'string' },
    'max-pixels': { type: 'string' },
    threads: { type: 'string' },
    models: { type: 'string' },
    'dry-run': { type: 'boolean' },
    json: { type: 'boolean' },
};

/**
 * @param {string[]} args
 * @param {AbortSignal} signal
 * @returns {Promise<number>} exit status
 */
export async function upscale(args, signal) {
    const { values, positionals } = parse(args, OPTIONS);
    const { output, models, json = false } = values;
    const threads = /** @type {number | undefined} */ (number(values.threads));
    asUsage(() => checkThreads(threads));
    const format = asUsage(() => fileFormat(values.format, output));
    const options = await readOptions({ ...values, format });
    const jobs = planOutputs(positionals, output, format);

    const engine = await createEngine({ threads, models });
    const carryOut = values['dry-run'] ? planFile : upscaleFile;
    let failures = 0;
    try {
        for (const job of jobs) {
            if (signal.aborted) break;
            try {
                const { line, ...facts } = await carryOut(engine, job, options, signal);
                process.stdout.write(`${json ? JSON.stringify({ ...job, ...facts }) : line}\n`);
            } catch (error) {
                if (signal.aborted) break;
                failures++;
                reportFailure(job.input, error, json);
                if (isHopeless(error)) break;
            }
        }
    } finally {
        await engine.close();
    }
    return failures > 0 ? 1 : 0;
}

/**
 * @param {ReturnType<typeof parse<typeof OPTIONS>>['values']} values
 * @returns {Promise<UpscaleOptions>}
 */
async function readOptions({ scale, model, denoise, strength, tile, sync, memory, temp, tta, guard, format, quality, metadata, grey, damaged, 'max-pixels': maxPixels }) {
    const texts = { model, denoise, sync, tta, guard, format, metadata, grey, damaged };
    const megabytes = number(memory);
    const bytes = typeof megabytes === 'number' ? megabytes * 2 ** 20 : megabytes;
    const options = { ...texts, scale: number(scale), strength: number(strength), tile: number(tile), quality: number(quality), memory: bytes, maxPixels: number(maxPixels), temp: temp === 'off' ? false : temp };
    const { models } = await readManifest();
    asUsage(() => findModel({ models }, checkUpscaleOptions(/** @type {any} */ (options))));
    return /** @type {UpscaleOptions} */ (options);
}

/**
 * What is to be said of a picture: a line, and the facts in it.
 * @param {Engine} engine
 * @param {Job} job
 * @param {UpscaleOptions} options
 * @param {AbortSignal} signal
 */
async function upscaleFile(engine, { input, output }, options, signal) {
    const bytes = await readPicture(input);
    const file = new OutputFile(output);
    const bar = new Bar(basename(input));
    const onProgress = bar.update.bind(bar);
    try {
        announce(input, await engine.plan(bytes, { ...options, signal, onProgress }));
        const result = await engine.upscale(bytes, { ...options, signal, onProgress, onChunk: (chunk) => file.write(chunk) });
        file.finish();
        const { width, height, frames, grey, warnings, tiles, heap, timings } = result;
        reportWarnings(input, warnings);
        return { line: output, width, height, frames, grey, warnings, tiles, heap, timings };
    } finally {
        bar.stop();
        file.discard();
    }
}

/** @type {(engine: Engine, job: Job, options: UpscaleOptions, signal: AbortSignal) => Promise<{ line: string }>} */
async function planFile(engine, { input, output }, options, signal) {
    const plan = await engine.plan(await readPicture(input), { ...options, signal });
    reportWarnings(input, plan.warnings);
    return { line: `${output}: ${showPlan(plan)}`, ...plan };
}
