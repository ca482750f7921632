// acg2vec models: lists, checks and deletes weights. get_models.js gets them.
import { stat } from 'node:fs/promises';
import { clearKept, listKept } from '../platform/node/kept.js';
import { chooseModels, modelBytes } from '../models/kept.js';
import { publishedBytes } from '../models/manifest.js';
import { locateModelFile, modelFolders, modelsCacheFolder, readManifest } from '../platform/node/weights.js';
import { convertModels, fetchModels } from './get_models.js';
import { verify } from './verify_model.js';
import { asUsage, parse, UsageError } from './usage.js';

/**
 * @typedef {import('../models/manifest.js').Model} Model
 * @typedef {{ folders: string[], mustBeThere: boolean, publications: import('../models/manifest.js').Publication[] }} Context
 * @typedef {{ id: string, state: string, ok: boolean } & Record<string, unknown>} Line one model's
 */

/** @type {Record<string, (model: Model, context: Context) => Promise<Line>>} */
const ACTIONS = { list, verify, clear };
const NAMES = [...Object.keys(ACTIONS), 'fetch', 'convert', 'path'];

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
const OPTIONS = {
    models: { type: 'string' },
    dtype: { type: 'string' },
    as: { type: 'string', multiple: true },
    to: { type: 'string' },
    json: { type: 'boolean' },
};

/**
 * @param {string[]} args
 * @param {AbortSignal} signal
 * @returns {Promise<number>} exit status
 */
export async function models(args, signal) {
    const { values, positionals } = parse(args, OPTIONS);
    const [action, ...ids] = positionals;
    if (!NAMES.includes(action))
        throw new UsageError(`Expected one of ${NAMES.join(', ')} after models but received ${action ?? 'nothing'}`);
    const write = (/** @type {{ id: string, state: string }} */ line) =>
        process.stdout.write(values.json ? `${JSON.stringify(line)}\n` : `${Object.values(line).join('  ')}\n`);
    if (action === 'path') {
        process.stdout.write(`${modelsCacheFolder()}\n`);
        return 0;
    }
    if (action === 'fetch') return fetchModels(ids, values, signal, write);
    if (action === 'convert') return convertModels(ids, values, signal, write);
    const { models: all, publications } = await readManifest();
    const chosen = asUsage(() => chooseModels(all, ids));
    const context = { folders: await modelFolders(values.models), mustBeThere: ids.length > 0, publications };
    let allOk = true;
    for (const model of chosen) {
        if (signal.aborted) break;
        const { ok, ...line } = await ACTIONS[action](model, context);
        allOk &&= ok;
        write(line);
    }
    return allOk ? 0 : 1;
}

/** @type {(typeof ACTIONS)[string]} */
async function list(model, { folders, publications }) {
    const { id, licence, files, publication } = model;
    const places = await Promise.all(files.map((file) => locateModelFile(file, folders)));
    const here = places.every(Boolean);
    const bytes = modelBytes(files) ?? (here ? await sizeOf(/** @type {string[]} */ (places)) : convertedBytes(files));
    const published = publications.find((each) => each.id === publication);
    return { id, bytes, licence, state: here ? String(places.at(-1)) : `not here${published ? whereFrom(published) : ''}`, ok: true };
}

/** @param {import('../models/manifest.js').Publication} published */
function whereFrom(published) {
    const { page, files } = published;
    const bytes = publishedBytes(published);
    const size = bytes ? `, ${(bytes / 1e9).toFixed(2)} GB` : '';
    return files.length > 0 ? `: fetch gets it (${page}${size})` : `: download it by hand (${page}), then convert it`;
}

/** @param {string[]} paths */
async function sizeOf(paths) {
    const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
    return sizes.reduce((sum, size) => sum + size);
}

/**
 * The smallest size that the converter makes.
 * @param {Model['files']} files
 */
function convertedBytes(files) {
    return files.reduce((sum, { versions, converted }) => sum + (versions[0]?.bytes ?? Math.min(...Object.values(converted ?? {}))), 0);
}

/** @type {(typeof ACTIONS)[string]} */
async function clear(model) {
    const paths = new Set(model.files.map(({ path }) => path));
    const bytes = (await listKept()).filter(({ path }) => paths.has(path)).reduce((sum, kept) => sum + kept.bytes, 0);
    await clearKept(model.files, model.publication === undefined ? [] : [model.publication]);
    return { id: model.id, bytes, state: bytes > 0 ? 'cleared' : 'not here', ok: true };
}
