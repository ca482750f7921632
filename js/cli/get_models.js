// acg2vec models fetch and convert: gets weights from their publication, or from published files that the user has.
import { sentence } from '../errors.js';
import { chooseModels } from '../models/kept.js';
import { createEngine } from '../node.js';
import { checkConvertOptions } from '../options/models.js';
import { fetchModelFile } from '../platform/node/stream.js';
import { modelsCacheFolder, readManifest } from '../platform/node/weights.js';
import { ProgressMeter } from '../shared/progress.js';
import { Bar } from './bar.js';
import { asUsage, UsageError } from './usage.js';
import { verify } from './verify_model.js';

/**
 * @typedef {import('../models/manifest.js').Model} Model
 * @typedef {{ dtype?: string, as?: string[], to?: string }} Values
 * @typedef {(line: { id: string, state: string }) => void} Write prints the state of a model
 */

/** Files from this size on have a progress bar. */
const LARGE_BYTES = 2 ** 24;

/**
 * @param {string[]} ids
 * @param {Values} values
 * @param {AbortSignal} signal
 * @param {Write} write
 * @returns {Promise<number>} exit status
 */
export async function fetchModels(ids, { dtype, to }, signal, write) {
    if (ids.length === 0) throw new UsageError('Expected ids of models to fetch but received none (see acg2vec models list)');
    const options = /** @type {import('../types.js').FetchOptions} */ ({ ...(dtype && { dtype }), folder: to });
    asUsage(() => checkConvertOptions(options));
    const { models } = await readManifest();
    const left = new Set(asUsage(() => chooseModels(models, ids)));
    let allOk = true;
    for (const model of left) {
        if (signal.aborted) break;
        const same = [...left].filter(({ publication }) => publication !== undefined && publication === model.publication);
        const group = same.length > 0 ? same : [model];
        const states = await Promise.all(group.map((each) => stateOf(each, options)));
        const missing = group.filter((_, i) => states[i] !== 'is there');
        const error = missing.length > 0 ? await getAll(missing, options, signal) : undefined;
        for (const [i, each] of group.entries()) {
            const state = states[i] === 'is there' ? states[i] : error === undefined ? 'fetched' : sentence(error);
            if (!signal.aborted) write({ id: each.id, state });
            left.delete(each);
        }
        allOk &&= error === undefined;
    }
    return allOk ? 0 : 1;
}

/**
 * @param {string[]} given paths of files, or of one folder
 * @param {Values} values
 * @param {AbortSignal} signal
 * @param {Write} write
 * @returns {Promise<number>} exit status
 */
export async function convertModels(given, { dtype, as: ids, to }, signal, write) {
    if (given.length === 0) throw new UsageError('Expected a published file, or a folder with such files, to convert but received none');
    const options = /** @type {import('../types.js').FetchOptions & { ids?: string[] }} */ ({ dtype, ids, folder: to });
    asUsage(() => checkConvertOptions(options));
    const { models } = await readManifest();
    if (ids) asUsage(() => chooseModels(models, ids));
    /** @type {string[]} */
    let made = [];
    await withEngine(given[0], signal, async (engine, call) => {
        made = await engine.models.add(given, { ...options, ...call });
    });
    for (const id of made) write({ id, state: `converted into ${to ?? modelsCacheFolder()}` });
    return 0;
}

/**
 * @param {Model} model
 * @param {import('../types.js').FetchOptions} options
 */
async function stateOf(model, { dtype, folder }) {
    if (dtype !== undefined && model.publication !== undefined) return 'not here';
    const { ok, state } = await verify(model, {
        folders: folder === undefined ? [modelsCacheFolder()] : [folder, modelsCacheFolder()],
        mustBeThere: true,
    });
    return ok ? 'is there' : state;
}

/**
 * @param {Model[]} models of one publication, or one model that needs no conversion
 * @param {import('../types.js').FetchOptions} options
 * @param {AbortSignal} signal
 * @returns {Promise<unknown>} the error, or undefined
 */
async function getAll(models, options, signal) {
    try {
        const [{ publication, files }] = models;
        if (publication === undefined) for (const file of files) await fetchFile(file, signal);
        else {
            const ids = models.map((model) => model.id);
            const all = { dtype: /** @type {const} */ ('int8'), ...options };
            await withEngine(publication, signal, (engine, call) => engine.models.fetch(ids, { ...all, ...call }));
        }
        return undefined;
    } catch (error) {
        return error;
    }
}

/**
 * @param {string} name beside the bar
 * @param {AbortSignal} signal
 * @param {(engine: import('../client/engine.js').Engine, call: import('../types.js').CallOptions) => Promise<void>} use
 */
async function withEngine(name, signal, use) {
    const bar = new Bar(name);
    const engine = await createEngine({ threads: 1 });
    try {
        await use(engine, { signal, onProgress: (progress) => bar.update(progress) });
    } finally {
        bar.stop();
        await engine.close();
    }
}

/**
 * @param {Model['files'][number]} file
 * @param {AbortSignal} signal
 */
async function fetchFile(file, signal) {
    const total = file.versions[0]?.bytes;
    if (total !== undefined && total < LARGE_BYTES) return fetchModelFile(file, { signal });
    const bar = new Bar(file.path);
    const meter = new ProgressMeter('models', (progress) => bar.update(progress));
    let done = 0;
    try {
        await fetchModelFile(file, { signal, onBytes: (bytes) => meter.update((done += bytes), total ?? done) });
    } finally {
        bar.stop();
    }
}
