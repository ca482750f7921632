// Reads a model's file from where the `models` option or the manifest says. Checks no hashes and keeps nothing.
import { AcgError, badArgument, cancelled, sentence } from './errors.js';
import { fetchBytes, readResponse } from './fetch.js';
import { missingModel } from './models.js';

/**
 * @typedef {import('./types.js').ModelLocation} ModelLocation
 * @typedef {{ bytes: Uint8Array<ArrayBuffer>, from: string }} Found
 * @typedef {{ signal?: AbortSignal, onBytes?: (bytes: number) => void }} ReadOptions
 */

/**
 * @param {ModelLocation} models
 * @param {string} path
 * @param {(location: string | URL) => string} resolveUrl
 * @param {ReadOptions} options
 * @returns {Promise<Found>}
 * @throws {AcgError} NOT_FOUND, BAD_ARGUMENT, CANCELLED
 */
export async function readModelLocation(models, path, resolveUrl, { signal, onBytes }) {
    if (typeof models === 'function') return readByFunction(models, path, { signal, onBytes });
    const from = modelUrl(models, path, resolveUrl);
    return { bytes: await fetchBytes(from, { signal, onBytes }), from };
}

/**
 * @param {Exclude<ModelLocation, Function>} models
 * @param {string} path
 * @param {(location: string | URL) => string} resolveUrl
 * @throws {AcgError} NOT_FOUND, BAD_ARGUMENT
 */
export function modelUrl(models, path, resolveUrl) {
    if (typeof models !== 'string' && (typeof models !== 'object' || models === null)) {
        throw badArgument('a prefix, a map of paths to URLs or a function', 'models', models);
    }
    const url = typeof models === 'string' || models instanceof URL ? below(models, path) : models[path];
    if (url === undefined) throw new AcgError('NOT_FOUND', `The map given as models has no entry for ${path}`);
    return resolveUrl(url);
}

/**
 * The first of several ways that gives the bytes.
 * @param {import('./models.js').ModelFile} file
 * @param {string[]} sources
 * @param {(source: string) => Promise<Uint8Array<ArrayBuffer>>} read
 * @param {string} [hint] what the user can do
 * @returns {Promise<Found>}
 * @throws {AcgError} NOT_FOUND that names all that were tried
 */
export async function readFirst(file, sources, read, hint = '') {
    const failures = [];
    for (const from of sources) {
        try {
            return { bytes: await read(from), from };
        } catch (error) {
            if (error instanceof AcgError && error.code !== 'NOT_FOUND') throw error;
            failures.push(sentence(error));
        }
    }
    throw missingModel(file, failures.join('; ') || 'the manifest names no source for it', hint);
}

/**
 * @param {import('./types.js').ModelReader} read
 * @param {string} path
 * @param {ReadOptions} options
 * @returns {Promise<Found>}
 */
async function readByFunction(read, path, { signal, onBytes }) {
    const from = 'the function given as models';
    try {
        const result = await read(path, { signal });
        if (result instanceof Response) return { bytes: await readResponse(result, onBytes), from };
        if (result instanceof ArrayBuffer) return { bytes: new Uint8Array(result.slice(0)), from };
        if (result instanceof Uint8Array) return { bytes: new Uint8Array(result), from };
    } catch (error) {
        if (signal?.aborted) throw cancelled(signal);
        throw new AcgError('NOT_FOUND', `${path} could not be read by ${from}: ${sentence(error)}`, { cause: error });
    }
    throw new AcgError('BAD_ARGUMENT', `Expected a Response, an ArrayBuffer or a Uint8Array of ${path} from ${from}`);
}

/**
 * @param {string | URL} prefix
 * @param {string} path
 */
function below(prefix, path) {
    const folder = String(prefix);
    return folder.endsWith('/') ? folder + path : `${folder}/${path}`;
}
