// acg2vec models: lists, fetches, checks and deletes weights.
import { stat } from 'node:fs/promises';
import { sentence } from '../errors.js';
import { clearKept, listKept } from '../platform/node/kept.js';
import { chooseModels, modelBytes } from '../models/kept.js';
import { fetchModelFile, readChecked } from '../platform/node/stream.js';
import { locateModelFile, modelFolders, modelsCacheFolder, readManifest } from '../platform/node/weights.js';
import { ProgressMeter } from '../shared/progress.js';
import { Bar } from './bar.js';
import { asUsage, parse, UsageError } from './usage.js';

/**
 * @typedef {import('../models/manifest.js').Model} Model
 * @typedef {{ folders: string[], mustBeThere: boolean, signal: AbortSignal }} Context
 * @typedef {{ id: string, state: string, ok: boolean } & Record<string, unknown>} Line one model's
 */

/** Files from this size on have a bar. */
const LARGE_BYTES = 2 ** 24;

/** @type {Record<string, (model: Model, context: Context) => Promise<Line>>} */
const ACTIONS = { list, fetch: fetchModel, verify, clear };

/**
 * @param {string[]} args
 * @param {AbortSignal} signal
 * @returns {Promise<number>} exit status
 */
export async function models(args, signal) {
    const { values, positionals } = parse(args, { models: { type: 'string' }, json: { type: 'boolean' } });
    const [action, ...ids] = positionals;
    if (action === 'path') {
        process.stdout.write(`${modelsCacheFolder()}\n`);
        return 0;
    }
    if (!Object.keys(ACTIONS).includes(action)) {
        throw new UsageError(`Expected list, fetch, verify, clear or path after models but received ${action ?? 'nothing'}`);
    }
    if (action === 'fetch' && ids.length === 0) {
        throw new UsageError('Expected ids of models to fetch but received none (see acg2vec models list)');
    }
    const { models: all } = await readManifest();
    const chosen = asUsage(() => chooseModels(all, ids));
    const context = { folders: await modelFolders(values.models), mustBeThere: ids.length > 0, signal };
    let allOk = true;
    for (const model of chosen) {
        if (signal.aborted) break;
        const line = await ACTIONS[action](model, context);
        allOk &&= line.ok;
        const { ok, ...shown } = line;
        process.stdout.write(values.json ? `${JSON.stringify(shown)}\n` : `${Object.values(shown).join('  ')}\n`);
    }
    return allOk ? 0 : 1;
}

/** @type {(typeof ACTIONS)[string]} */
async function list(model, { folders }) {
    const { id, licence, files } = model;
    const places = await Promise.all(files.map((file) => locateModelFile(file, folders)));
    const here = places.every(Boolean);
    const bytes = modelBytes(files) ?? (here ? await sizeOf(/** @type {string[]} */ (places)) : convertedBytes(files));
    return { id, bytes, licence, state: here ? String(places.at(-1)) : 'not here', ok: true };
}

/** @param {string[]} paths */
async function sizeOf(paths) {
    const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
    return sizes.reduce((sum, size) => sum + size);
}

/**
 * As small as the converter makes them.
 * @param {Model['files']} files
 */
function convertedBytes(files) {
    return files.reduce(
        (sum, { versions, converted }) => sum + (versions[0]?.bytes ?? Math.min(...Object.values(converted?.bytes ?? {}))),
        0,
    );
}

/** @type {(typeof ACTIONS)[string]} */
async function verify(model, { folders, mustBeThere }) {
    const { id, files } = model;
    let state = 'ok';
    let ok = true;
    for (const file of files) {
        const path = await locateModelFile(file, folders);
        if (path === undefined) return { id, state: 'not here', ok: ok && !mustBeThere };
        try {
            for await (const _ of readChecked(file, path));
            const isKnown = file.versions.length > 0 || (await stat(`${path}.sha256`).catch(() => undefined));
            if (!isKnown && ok) state = `not checked: there is no ${path}.sha256`;
        } catch (error) {
            state = sentence(error);
            ok = false;
        }
    }
    return { id, state, ok };
}

/** @type {(typeof ACTIONS)[string]} */
async function fetchModel(model, { signal }) {
    const { ok } = await verify(model, { folders: [modelsCacheFolder()], mustBeThere: true, signal });
    if (ok) return { id: model.id, state: 'is there', ok: true };
    try {
        for (const file of model.files) await fetchFile(file, signal);
        return { id: model.id, state: 'fetched', ok: true };
    } catch (error) {
        return { id: model.id, state: sentence(error), ok: false };
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

/** @type {(typeof ACTIONS)[string]} */
async function clear(model) {
    const paths = new Set(model.files.map(({ path }) => path));
    const bytes = (await listKept()).filter(({ path }) => paths.has(path)).reduce((sum, kept) => sum + kept.bytes, 0);
    await clearKept(model.files);
    return { id: model.id, bytes, state: bytes > 0 ? 'cleared' : 'not here', ok: true };
}
