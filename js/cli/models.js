// acg2vec models: what weights there are, fetching and checking them.
import { readFile } from 'node:fs/promises';
import { sentence } from '../errors.js';
import { checkFile } from '../models.js';
import { fetchModelFile, locateModelFile, modelFolders, modelsCacheFolder, readManifest } from '../weights_node.js';
import { parse, UsageError } from './usage.js';

/**
 * @typedef {import('../models.js').Model} Model
 * @typedef {{ folders: string[], mustBeThere: boolean, signal: AbortSignal }} Context
 * @typedef {{ id: string, state: string, ok: boolean } & Record<string, unknown>} Line one model's
 */

/** @type {Record<string, (model: Model, context: Context) => Promise<Line>>} */
const ACTIONS = { list, fetch: fetchModel, verify };

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
        throw new UsageError(`Expected list, fetch, verify or path after models but received ${action ?? 'nothing'}`);
    }
    if (action === 'fetch' && ids.length === 0) {
        throw new UsageError('Expected ids of models to fetch but received none (see acg2vec models list)');
    }
    const chosen = chooseModels((await readManifest()).models, ids);
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

/**
 * @param {Model[]} all
 * @param {string[]} ids whole ids, or the folders that they start with
 */
function chooseModels(all, ids) {
    const matches = (/** @type {Model} */ { id }, /** @type {string} */ asked) =>
        id === asked || id.startsWith(asked.endsWith('/') ? asked : `${asked}/`);
    const unknown = ids.find((asked) => !all.some((model) => matches(model, asked)));
    if (unknown) throw new UsageError(`Expected the id of a model (see acg2vec models list) but received '${unknown}'`);
    return ids.length === 0 ? all : all.filter((model) => ids.some((asked) => matches(model, asked)));
}

/** @type {(typeof ACTIONS)[string]} */
async function list(model, { folders }) {
    const { id, licence, files } = model;
    const bytes = files.reduce((sum, file) => sum + file.versions[0].bytes, 0);
    const places = await Promise.all(files.map((file) => locateModelFile(file, folders)));
    const state = places.every(Boolean) ? String(places.at(-1)) : 'not here';
    return { id, bytes, licence, state, ok: true };
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
            await checkFile(file, new Uint8Array(await readFile(path)), path);
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
        for (const file of model.files) await fetchModelFile(file, { signal });
        return { id: model.id, state: 'fetched', ok: true };
    } catch (error) {
        return { id: model.id, state: sentence(error), ok: false };
    }
}
