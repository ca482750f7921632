// Finds a model's file by the `models` option.
import { AcgError, badArgument, cancelled, sentence } from '../errors.js';
import { refused } from './download.js';

/** @typedef {import('../types.js').ModelLocation} ModelLocation */

/** The name of the caller's function in messages. */
export const FUNCTION = 'the function given as models';

/**
 * The URL of a file, or a Response with its content from the caller's function; undefined: the function leaves it to the default places.
 * @param {ModelLocation} models
 * @param {string} path
 * @param {(location: string | URL) => string} resolveUrl
 * @param {AbortSignal} [signal]
 * @returns {Promise<string | Response | undefined>}
 * @throws {AcgError} NOT_FOUND, BAD_ARGUMENT, CANCELLED
 */
export async function locateModel(models, path, resolveUrl, signal) {
    if (typeof models !== 'function') return modelUrl(models, path, resolveUrl);
    const given = await askReader(models, path, signal);
    if (given === undefined) return undefined;
    if (typeof given === 'string' || given instanceof URL) return resolveUrl(given);
    if (given instanceof Response && !given.ok) throw notRead(path, refused(given));
    if (given instanceof Response) return given;
    if (given instanceof Blob || given instanceof ArrayBuffer || given instanceof Uint8Array) return new Response(given);
    throw new AcgError('BAD_ARGUMENT', `Expected a URL, a Blob, a Response, an ArrayBuffer or a Uint8Array of ${path} from ${FUNCTION}`);
}

/**
 * @param {Exclude<ModelLocation, Function>} models
 * @param {string} path
 * @param {(location: string | URL) => string} resolveUrl
 * @throws {AcgError} NOT_FOUND, BAD_ARGUMENT
 */
function modelUrl(models, path, resolveUrl) {
    if (typeof models !== 'string' && (typeof models !== 'object' || models === null)) {
        throw badArgument('a prefix, a map of paths to URLs or a function', 'models', models);
    }
    const url = typeof models === 'string' || models instanceof URL ? below(models, path) : models[path];
    if (url === undefined) throw new AcgError('NOT_FOUND', `The map given as models has no entry for ${path}`);
    return resolveUrl(url);
}

/**
 * @param {import('../types.js').ModelReader} read
 * @param {string} path
 * @param {AbortSignal} [signal]
 */
async function askReader(read, path, signal) {
    try {
        return await read(path, { signal });
    } catch (error) {
        if (signal?.aborted) throw cancelled(signal);
        throw notRead(path, error);
    }
}

/**
 * @param {string} path
 * @param {unknown} error
 */
function notRead(path, error) {
    return new AcgError('NOT_FOUND', `${path} could not be read by ${FUNCTION}: ${sentence(error)}`, { cause: error });
}

/**
 * @param {string | URL} prefix
 * @param {string} path
 */
function below(prefix, path) {
    const folder = String(prefix);
    return folder.endsWith('/') ? folder + path : `${folder}/${path}`;
}
