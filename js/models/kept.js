// Finds models by their ids or by folders of ids, and computes their sizes.
import { AcgError } from '../errors.js';

/** @typedef {import('./manifest.js').Model} Model */

/** The bytes of all files; undefined if the size of one is not known in advance. @param {Model['files']} files */
export function modelBytes(files) {
    if (files.some(({ versions }) => versions.length === 0)) return undefined;
    return files.reduce((sum, { versions }) => sum + versions[0].bytes, 0);
}

/**
 * The models that these ids mean.
 * @param {Model[]} all
 * @param {string[]} ids ids, or folders that ids start with; empty: all models
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
