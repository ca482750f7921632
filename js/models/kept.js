// Which models an id or a folder of ids means, and how large they are.
import { AcgError } from '../errors.js';

/** @typedef {import('./manifest.js').Model} Model */

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
