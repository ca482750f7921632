// Reads a model's file in pieces. The file is checked after the last piece, so the receiver may use the pieces only then. Storing and hashing
// differ between a browser and Node, so they are passed in.
import { NO_STORE, download, pieces } from './download.js';
import { AcgError, cancelled, sentence } from '../errors.js';
import { joinBytes, sha256 as sha256Of } from '../shared/bytes.js';
import { FUNCTION } from './location.js';
import { checkSha256, checkSize, missingModel, passedOver, publishedSha256, sidecarSha256 } from './manifest.js';

/**
 * @typedef {import('./manifest.js').ModelFile} ModelFile
 * @typedef {AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>} Pieces
 * @typedef {{ add: (piece: Uint8Array<ArrayBuffer>) => void, end: () => Promise<string | undefined> }} Hash end: gives the SHA-256
 *   in hexadecimal digits, or undefined if this platform cannot compute it
 * @typedef {import('./download.js').Store & { keep: (sha256?: string) => Promise<void>, discard: () => Promise<void>,
 *   close: () => Promise<void> }} KeepingStore
 * @typedef {{ signal?: AbortSignal, onBytes?: (bytes: number) => void, onSha256?: (sha256: string) => void }} StreamOptions
 * @typedef {import('../platform/platform.js').ReadModelOptions} ReadModelOptions
 * @typedef {import('../platform/platform.js').Platform['streamModelFile']} StreamModelFile
 */

/**
 * Passes a file to `take`. If a copy on this computer is damaged, calls `take` again with the file from the next source.
 * @template T
 * @param {StreamModelFile} stream
 * @param {ModelFile} file
 * @param {Omit<ReadModelOptions, 'avoid' | 'sha256'>} options
 * @param {(open: (sha256?: ReadModelOptions['sha256']) => AsyncIterable<Uint8Array<ArrayBuffer>>) => Promise<T>} take
 *   reads all pieces
 * @returns {Promise<T>}
 * @throws {AcgError}
 */
export async function takeModelFile(stream, file, options, take) {
    /** @type {Map<string, unknown>} */
    const avoid = new Map();
    for (;;) {
        const known = avoid.size;
        let came = 0;
        const onBytes = (/** @type {number} */ bytes) => {
            came += bytes;
            options.onBytes?.(bytes);
        };
        try {
            const taken = await take((sha256) => stream(file, { ...options, onBytes, avoid, sha256 }));
            for (const error of avoid.values()) if (error) options.onWarning?.(passedOver(error));
            return taken;
        } catch (error) {
            if (avoid.size === known || options.signal?.aborted) {
                const isMissing = error instanceof AcgError && error.code === 'NOT_FOUND';
                throw (isMissing && [...avoid.values()].find(Boolean)) || error;
            }
            options.onBytes?.(-came);
        }
    }
}

/**
 * Reads a small file into memory.
 * @param {StreamModelFile} stream
 * @param {ModelFile} file
 * @param {Omit<ReadModelOptions, 'avoid' | 'sha256'>} options
 * @throws {AcgError}
 */
export function readModelFile(stream, file, options) {
    return takeModelFile(stream, file, options, async (open) => {
        /** @type {Uint8Array<ArrayBuffer>[]} */
        const parts = [];
        for await (const piece of open(() => sha256Of(joinBytes(parts)))) parts.push(piece);
        return joinBytes(parts);
    });
}

/**
 * Passes each piece to `take`. If that fails, throws the error into `pieces` too, so that the source learns that the copy may be damaged.
 * @param {AsyncIterable<Uint8Array<ArrayBuffer>>} pieces
 * @param {(piece: Uint8Array<ArrayBuffer>) => Promise<void>} take
 */
export async function takeEach(pieces, take) {
    const iterator = pieces[Symbol.asyncIterator]();
    for (let next = await iterator.next(); !next.done; ) {
        try {
            await take(next.value);
        } catch (error) {
            await iterator.throw?.(error);
            throw error;
        }
        next = await iterator.next();
    }
}

/**
 * Whether an error means that a model's file is unusable. The engine throws BAD_FORMAT or UNSUPPORTED if it cannot read the bytes.
 * @param {unknown} error
 */
export function blamesFile(error) {
    return error instanceof AcgError && ['BAD_MODEL', 'BAD_FORMAT', 'UNSUPPORTED'].includes(error.code);
}

/**
 * Reads a file from the first source that has it.
 * @param {ModelFile} file
 * @param {string[]} sources
 * @param {(source: string) => Pieces} read
 * @param {string} [hint] what the user can do
 * @returns {Pieces}
 * @throws {AcgError} NOT_FOUND whose message names all sources that were tried, BAD_MODEL, CANCELLED
 */
export async function* streamFirst(file, sources, read, hint) {
    const failures = [];
    for (const source of sources) {
        let begun = false;
        try {
            return yield* watched(read(source), () => (begun = true));
        } catch (error) {
            if (begun || !(error instanceof AcgError) || error.code !== 'NOT_FOUND') throw error;
            failures.push(sentence(error));
        }
    }
    throw missingModel(file, failures.join('; ') || 'the manifest names no source for it', hint);
}

/**
 * The same pieces; calls `onPiece` for each. Throws an error of the receiver into the source, which `for await` would not do.
 * @param {Pieces} pieces
 * @param {() => void} onPiece
 * @returns {AsyncIterable<Uint8Array<ArrayBuffer>, void, void>}
 */
function watched(pieces, onPiece) {
    const next = async () => {
        const piece = await pieces.next();
        onPiece();
        return piece;
    };
    const iterator = { next, return: () => pieces.return(), throw: (/** @type {unknown} */ error) => pieces.throw(error) };
    return { [Symbol.asyncIterator]: () => iterator };
}

/**
 * Reads a file from a URL, and stores it if there is a store.
 * @param {ModelFile} file
 * @param {string} url
 * @param {StreamOptions & { hash: Hash, store?: KeepingStore }} options
 * @returns {Pieces}
 */
export async function* streamUrl(file, url, { hash, store, ...options }) {
    let isUseful = true; // the stored bytes, also if only a part of the file has come
    try {
        const expected = await expectedSha256(file, () => fetchText(`${url}.sha256`, options.signal));
        const { onSha256 } = options;
        const sha256 = yield* checked(file, download(url, store ?? NO_STORE, options), { hash, expected, from: url, onSha256 });
        await store?.keep(expected[0] && sha256);
    } catch (error) {
        isUseful = !blamesFile(error);
        throw error;
    } finally {
        if (isUseful) await store?.close();
        else await store?.discard();
    }
}

/**
 * The pieces, and a check of their SHA-256 after the last one.
 * @param {ModelFile} file
 * @param {AsyncIterable<Uint8Array<ArrayBuffer>>} pieces
 * @param {{ hash: Hash, expected: string[], from: string } & Pick<StreamOptions, 'onBytes' | 'onSha256'>} known
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, string | undefined, void>} returns the SHA-256
 */
export async function* checked(file, pieces, { hash, expected, from, onBytes, onSha256 }) {
    let bytes = 0;
    for await (const piece of pieces) {
        bytes += piece.length;
        hash.add(piece);
        onBytes?.(piece.length);
        yield piece;
    }
    checkSize(file, bytes, from);
    const sha256 = await hash.end();
    if (sha256 !== undefined) checkSha256(file, expected, sha256, from);
    if (sha256 !== undefined) onSha256?.(sha256);
    return sha256;
}

/**
 * Reads a file that the caller's function gave, such as one chosen from the disk. It is never in memory as a whole, and not stored.
 * @param {ModelFile} file
 * @param {Response} response
 * @param {StreamOptions & { hash: Hash }} options
 * @returns {Pieces}
 */
export async function* streamGiven(file, response, { hash, signal, onBytes, onSha256 }) {
    yield* checked(file, given(file, response, signal), { hash, expected: publishedSha256(file), from: FUNCTION, onBytes, onSha256 });
}

/**
 * @param {ModelFile} file
 * @param {Response} response
 * @param {AbortSignal} [signal]
 */
async function* given({ path }, response, signal) {
    try {
        for await (const piece of pieces(response.body ?? new Blob([]).stream())) {
            if (signal?.aborted) throw cancelled(signal);
            yield piece;
        }
    } catch (error) {
        throw error instanceof AcgError
            ? error
            : new AcgError('NOT_FOUND', `${path} could not be read: ${sentence(error)}`, { cause: error });
    }
}

/**
 * The hashes that the file may have: those in the manifest, or that of the file <path>.sha256; empty: none is known.
 * @param {ModelFile} file
 * @param {() => Promise<string | undefined>} readSidecar reads <path>.sha256
 */
export async function expectedSha256(file, readSidecar) {
    if (file.versions.length > 0) return publishedSha256(file);
    const said = sidecarSha256((await readSidecar()) ?? '');
    return said === undefined ? [] : [said];
}

/**
 * @param {string} url
 * @param {AbortSignal} [signal]
 */
async function fetchText(url, signal) {
    try {
        const response = await fetch(url, { signal });
        return response.ok ? await response.text() : (await response.body?.cancel(), undefined);
    } catch {
        if (signal?.aborted) throw cancelled(signal);
        return undefined; // as if there were no such file
    }
}
