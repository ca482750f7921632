// `engine.models`: which models were fetched and are kept, and forgetting them. Fetches nothing: that happens when one is used.
import { AcgError, badArgument } from '../errors.js';

/**
 * @typedef {import('./manifest.js').Model} Model
 * @typedef {import('../platform/platform.js').Platform} Platform
 * @typedef {{ id: string, licence: string, bytes: number | undefined, keptBytes: number }} KeptModel bytes: how large its files are, if
 *   that is known; keptBytes: how much of them is here
 */

export class KeptModels {
    #models;
    #kept;

    /**
     * @param {Model[]} models
     * @param {Platform['keptModels']} kept
     */
    constructor(models, kept) {
        this.#models = models;
        this.#kept = kept;
    }

    /** @returns {Promise<KeptModel[]>} every model there is */
    async list() {
        const sizes = new Map((await this.#kept.list()).map(({ path, bytes }) => [path, bytes]));
        return this.#models.map(({ id, licence, files }) => {
            const keptBytes = files.reduce((sum, { path }) => sum + (sizes.get(path) ?? 0), 0);
            return { id, licence, bytes: modelBytes(files), keptBytes };
        });
    }

    /**
     * Forgets what is kept of all models, or of those that are named, whole or begun.
     * @param {string[]} [ids] whole ids, or the folders that they start with
     * @throws {AcgError} BAD_ARGUMENT
     */
    async clear(ids) {
        if (ids !== undefined && !Array.isArray(ids)) throw badArgument('an array of ids', 'ids', ids);
        await this.#kept.clear(chooseModels(this.#models, ids ?? []).flatMap(({ files }) => files));
    }
}

/** @param {Model['files']} files */
export function modelBytes(files) {
    if (files.some(({ versions }) => versions.length === 0)) return undefined;
    return files.reduce((sum, { versions }) => sum + versions[0].bytes, 0);
}

/**
 * @param {Model[]} all
 * @param {string[]} ids whole ids, or the folders that they start with; none: all
 * @throws {AcgError} BAD_ARGUMENT
 */
export function chooseModels(all, ids) {
    const matches = (/** @type {Model} */ { id }, /** @type {string} */ asked) =>
        id === asked || id.startsWith(asked.endsWith('/') ? asked : `${asked}/`);
    const unknown = ids.find((asked) => !all.some((model) => matches(model, asked)));
    if (unknown !== undefined)
        throw new AcgError('BAD_ARGUMENT', `Expected the id of a model (see acg2vec models list) but received '${unknown}'`);
    return ids.length === 0 ? all : all.filter((model) => ids.some((asked) => matches(model, asked)));
}
