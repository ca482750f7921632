// Checks the options of engine.models.fetch and engine.models.add.
import { badArgument } from '../errors.js';
import { refuseUnknown } from './known.js';

export const DTYPES = /** @type {const} */ (['int8', 'f16', 'bf16', 'f32']);

/**
 * @param {import('../types.js').FetchOptions & { ids?: string[] }} options
 * @throws {import('../errors.js').AcgError} BAD_ARGUMENT
 */
export function checkConvertOptions(options) {
    if (typeof options !== 'object' || options === null) throw badArgument('an object', 'options', options);
    refuseUnknown(options, 'models');
    const { dtype, ids, folder } = options;
    if (dtype !== undefined && !DTYPES.includes(dtype)) throw badArgument(`one of ${DTYPES.join(', ')}`, 'dtype', dtype);
    if (ids !== undefined && (!Array.isArray(ids) || ids.length === 0)) throw badArgument('an array of ids', 'ids', ids);
    if (folder !== undefined && typeof folder !== 'string') throw badArgument('the path of a folder', 'folder', folder);
}
