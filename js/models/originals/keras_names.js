// Keras's names: of a path, the layer and its variable.
import { broken } from './numbers.js';

/** @param {string} path such as model_weights/conv1/conv1/kernel:0 */
export function shortName(path) {
    return path.split(':')[0].split('/').slice(-2).join('/');
}

/**
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
