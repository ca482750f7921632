// acg2vec upscale: one picture after the other through one engine; a picture that fails does not stop the others.
import { basename } from 'node:path';
import { choicesOf } from '../models/choices.js';
import { findModel } from '../models/manifest.js';
import { createEngine } from '../node.js';
import { checkThreads, checkUpscaleOptions } from '../options/upscale.js';
import { readManifest } from '../platform/node/weights.js';
import { Bar } from './bar.js';
import { isHopeless, readPicture } from './inputs.js';
import { OutputFile } from './output_file.js';
import { placeOf } from './output_place.js';
import { OutputStream, refuseTerminal } from './output_stream.js';
import { fileFormat, planOutputs } from './outputs.js';
import { announce, showPlan } from './plan.js';
import { Report, say, sayWarnings } from './report.js';
import { isStandardOutput } from './streams.js';
import { asUsage, number, parse } from './usage.js';

/**
 * @typedef {import('../client/engine.js').Engine} Engine
 * @typedef {import('../types.js').UpscaleOptions} UpscaleOptions
 * @typedef {import('./outputs.js').Job} Job
 */

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
const OPTIONS = {
    output: { type: 'string', short: 'o' },
    scale: { type: 'string' },
    width: { type: 'string' },
    height: { type: 'string' },
    fit: { type: 'string' },
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
    name: { type: 'string' },
    quality: { type: 'string' },
    metadata: { type: 'string' },
    grey: { type: 'string' },
    colour: { type: 'string' },
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
    const { output, models, json } = values;
    const threads = /** @type {number | undefined} */ (number(values.threads));
    asUsage(() => checkThreads(threads));
    const format = asUsage(() => fileFormat(values.format, output));
    const { options, facts } = await readOptions({ ...values, format });
    const { jobs, passedOver, unread } = planOutputs(positionals, output, {
        format,
        name: values.name,
        facts,
    });
    const isDry = values['dry-run'] ?? false;
    const isPiped = !isDry && jobs.some((job) => isStandardOutput(job.output));
    if (!isDry) for (const job of jobs) refuseTerminal(job.output);

    const report = new Report({ json, results: isPiped ? process.stderr : process.stdout });
    report.passedOver(passedOver);
    for (const { input, error } of unread) report.failure(input, error);
    const engine = await createEngine({ threads, models, onWarning: (warning) => say(`${warning}.`) });
    try {
        await carryOut(jobs, { engine, options, report, signal, act: isDry ? planFile : upscaleFile });
    } finally {
        await engine.close();
    }
    return report.failures > 0 ? 1 : 0;
}

/**
 * Enlarges one picture after the other. A picture that fails does not stop the others.
 * @param {Job[]} jobs
 * @param {{ engine: Engine, options: UpscaleOptions, report: Report, signal: AbortSignal, act: typeof planFile | typeof upscaleFile }} how
 */
async function carryOut(jobs, { engine, options, report, signal, act }) {
    for (const job of jobs) {
        if (signal.aborted) break;
        try {
            const { line, ...facts } = await act(engine, job, options, signal);
            report.result(line, { ...job, ...facts });
        } catch (error) {
            if (signal.aborted) break;
            report.failure(job.input, error);
            if (isHopeless(error)) break;
        }
    }
}

/**
 * @param {ReturnType<typeof parse<typeof OPTIONS>>['values']} values
 * @returns {Promise<{ options: UpscaleOptions, facts: import('./output_names.js').Facts }>} facts: for names of outputs
 */
async function readOptions({
    scale,
    width,
    height,
    fit,
    model,
    denoise,
    strength,
    tile,
    sync,
    memory,
    temp,
    tta,
    guard,
    format,
    quality,
    metadata,
    grey,
    colour,
    damaged,
    'max-pixels': maxPixels,
}) {
    const texts = { fit, model, denoise, sync, tta, guard, format, metadata, grey, colour, damaged };
    const megabytes = number(memory);
    const bytes = typeof megabytes === 'number' ? megabytes * 2 ** 20 : megabytes;
    const options = {
        ...texts,
        scale: number(scale),
        width: number(width),
        height: number(height),
        strength: number(strength),
        tile: number(tile),
        quality: number(quality),
        memory: bytes,
        maxPixels: number(maxPixels),
        temp: temp === 'off' ? false : temp,
    };
    const manifest = await readManifest();
    const facts = asUsage(() => checkUpscaleOptions(/** @type {any} */ (options), choicesOf(manifest).upscalers));
    asUsage(() => findModel(manifest, facts));
    return { options: /** @type {UpscaleOptions} */ (options), facts };
}

/**
 * The report about a picture: a line of text, and the same facts for --json.
 * @param {Engine} engine
 * @param {Job} job
 * @param {UpscaleOptions} options
 * @param {AbortSignal} signal
 */
async function upscaleFile(engine, { input, output }, options, signal) {
    const place = placeOf(output);
    const file = place.kind === 'file' ? new OutputFile(place.path, output) : new OutputStream(place, signal);
    const bytes = await readPicture(input, signal);
    const bar = new Bar(basename(input));
    const onProgress = bar.update.bind(bar);
    try {
        announce(input, await engine.plan(bytes, { ...options, signal, onProgress }));
        const result = await engine.upscale(bytes, { ...options, signal, onProgress, onChunk: (chunk) => file.write(chunk) });
        await file.finish();
        const { width, height, frames, grey, warnings, tiles, heap, timings } = result;
        sayWarnings(input, warnings);
        return { line: isStandardOutput(output) ? '' : output, width, height, frames, grey, warnings, tiles, heap, timings };
    } finally {
        bar.stop();
        file.discard();
    }
}

/** @type {(engine: Engine, job: Job, options: UpscaleOptions, signal: AbortSignal) => Promise<{ line: string }>} */
async function planFile(engine, { input, output }, options, signal) {
    const plan = await engine.plan(await readPicture(input, signal), { ...options, signal });
    sayWarnings(input, plan.warnings);
    const { notes, ...told } = plan; // the line already has the sentences
    return { line: `${output}: ${showPlan(plan)}`, ...told };
}
