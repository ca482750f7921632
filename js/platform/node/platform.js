// The platform of Node: worker_threads, files, and the folders where weights are kept.
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { cacheFolder, dataFolder } from './cache_folder.js';
import { AcgError, cancelled, sentence } from '../../errors.js';
import { fetchBytes } from '../../models/download.js';
import { clearKept, listKept, listOriginals } from './kept.js';
import { streamModelFile } from './stream.js';
import { readableError } from './system_errors.js';
import { fileExists, fileOf, listFolder } from './pictures.js';
import { writeWhole } from './temporary.js';
import { readManifest } from './weights.js';

/** @typedef {import('../platform.js').Platform} Platform */

/** @returns {Platform} */
export function nodePlatform() {
    return {
        host: { cores: availableParallelism(), isolated: true },
        startWorker: (listener) => startWorker(new URL('../../worker/entry_node.js', import.meta.url), listener),
        readUrl,
        resolveUrl,
        notes: { read: () => readFile(notesFile(), 'utf8'), write: (text) => writeWhole(notesFile(), text) },
        readManifest,
        streamModelFile: (file, options) => streamModelFile(file, { ...options, resolveUrl }),
        hashesStreams: true,
        startDatabase: (listener) => startWorker(new URL('../../worker/database/database_node.js', import.meta.url), listener),
        indexLocation: (location) => (location === undefined ? join(dataFolder(), 'acg2vec.db') : resolve(location)),
        pictures: { fileOf, exists: fileExists, listFolder, thumbnail: async () => undefined },
        keptModels: { check: async () => {}, list: listKept, listOriginals, clear: clearKept },
    };
}

const notesFile = () => join(cacheFolder(), 'speed.json');

// V8 before 13 (Node 22 and older) compiles WebAssembly with an older compiler unless it is told otherwise, and that one keeps
// too few values of the innermost loops in registers: a quarter of the speed. The flag is for the whole process, so it is set
// only where it is known.
function useNewerCompiler() {
    const major = Number(process.versions.v8.split('.')[0]);
    if (major === 12) setFlagsFromString('--turboshaft-wasm');
}

/**
 * @param {URL} script
 * @param {import('../../client/rpc.js').WorkerListener} listener
 * @returns {import('../../client/rpc.js').WorkerPort}
 */
function startWorker(script, { onMessage, onDeath }) {
    useNewerCompiler();
    // without the arguments of this process: some (--input-type) are not for files
    const worker = new Worker(script, { execArgv: [] });
    worker.on('message', onMessage);
    worker.on('messageerror', (error) => onDeath(error.message));
    worker.on('error', (error) => onDeath(error.message));
    worker.on('exit', (code) => onDeath(`it ended with code ${code}`));
    return {
        post: (message, transfer) => worker.postMessage(message, /** @type {any} */ (transfer)),
        hold: (busy) => (busy ? worker.ref() : worker.unref()),
        stop: () => worker.terminate(),
    };
}

/** @param {string | URL} location */
function isPath(location) {
    // C:\… would pass for a URL
    return typeof location === 'string' && (/^[a-z]:[\\/]/i.test(location) || !URL.canParse(location));
}

/** @param {string | URL} location a URL or a path */
function resolveUrl(location) {
    if (!isPath(location)) return new URL(location).href;
    const url = pathToFileURL(resolve(String(location))).href;
    return /[\\/]$/.test(String(location)) ? `${url}/` : url;
}

/** @type {Platform['readUrl']} */
async function readUrl(location, signal) {
    const url = new URL(resolveUrl(location));
    if (url.protocol !== 'file:') return fetchBytes(url, signal);
    try {
        return new Uint8Array(await readFile(fileURLToPath(url), { signal }));
    } catch (error) {
        if (signal?.aborted) throw cancelled(signal);
        throw new AcgError('NOT_FOUND', `The file could not be read: ${sentence(readableError(error))}`, { cause: error });
    }
}
