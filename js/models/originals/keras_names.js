// Shortens paths of Keras to <layer>/<variable>.
import { broken } from './numbers.js';

/** @example shortName('model_weights/conv1/conv1/kernel:0') // 'conv1/kernel' @param {string} path */
export function shortName(path) {
    return path.split(':')[0].split('/').slice(-2).join('/');
}

/**
 * Adds a tensor under its short name.
 * @template T
 * @param {Map<string, T>} tensors
 * @param {string} path
 * @param {T} tensor
 * @throws {import('../../errors.js').AcgError} BAD_FORMAT
 */
export function addByShortName(tensors, path, tensor) {
    const name = shortName(path);
    if (tensors.has(name)) throw broken(`Expected one tensor ${name} but found two`);
    tensors.set(name, tensor);
}
