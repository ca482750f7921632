// A model's file in pieces, for files too large to be held: checked when the last piece has been taken, so that the taker may use
// them only after that. What differs between a browser and Node, keeping and hashing, comes from outside.
import { NO_STORE, download, pieces } from './download.js';
import { AcgError, cancelled, sentence } from '../errors.js';
import { FUNCTION } from './location.js';
import { checkSha256, checkSize, missingModel, publishedSha256, sidecarSha256 } from './manifest.js';

/**
 * @typedef {import('./manifest.js').ModelFile} ModelFile
 * @typedef {AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>} Pieces
 * @typedef {{ add: (piece: Uint8Array<ArrayBuffer>) => void, end: () => Promise<string | undefined> }} Hash SHA-256 in hexadecimal
 *   digits, or undefined where nobody can tell
 * @typedef {import('./download.js').Store & { keep: (sha256?: string) => Promise<void>, discard: () => Promise<void>,
 *   close: () => Promise<void> }} KeepingStore
 * @typedef {{ signal?: AbortSignal, onBytes?: (bytes: number) => void }} StreamOptions
 */

/**
 * From the first of several URLs that has it.
 * @param {ModelFile} file
 * @param {string[]} urls
 * @param {StreamOptions & { hash: () => Hash, store?: () => KeepingStore, hint?: string }} options
 * @returns {Pieces}
 * @throws {AcgError} NOT_FOUND that names all that were tried, BAD_MODEL, CANCELLED
 */
export async function* streamFirst(file, urls, { hash, store, hint, ...options }) {
    const failures = [];
    for (const url of urls) {
        let begun = false;
        try {
            for await (const piece of streamUrl(file, url, hash(), store?.(), options)) {
                begun = true;
                yield piece;
            }
            return;
        } catch (error) {
            if (begun || !(error instanceof AcgError) || error.code !== 'NOT_FOUND') throw error;
            failures.push(sentence(error));
        }
    }
    throw missingModel(file, failures.join('; ') || 'the manifest names no source for it', hint);
}

/**
 * @param {ModelFile} file
 * @param {string} url
 * @param {Hash} hash
 * @param {KeepingStore | undefined} store
 * @param {StreamOptions} options
 * @returns {Pieces}
 */
async function* streamUrl(file, url, hash, store, options) {
    let refused = true; // by the taker, who leaves in the middle without an abort: whatever was wrong, it is not kept
    try {
        const expected = await expectedSha256(file, () => fetchText(`${url}.sha256`, options.signal));
        const sha256 = yield* checked(file, download(url, store ?? NO_STORE, options), { hash, expected, from: url });
        await store?.keep(expected[0] && sha256);
        refused = false;
    } catch (error) {
        refused = error instanceof AcgError && error.code === 'BAD_MODEL';
        throw error;
    } finally {
        if (refused && !options.signal?.aborted) await store?.discard();
        else await store?.close();
    }
}

/**
 * The pieces, and a look at their SHA-256 behind the last one.
 * @param {ModelFile} file
 * @param {AsyncIterable<Uint8Array<ArrayBuffer>>} pieces
 * @param {{ hash: Hash, expected: string[], from: string }} known
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, string | undefined, void>} at the end the SHA-256
 */
export async function* checked(file, pieces, { hash, expected, from }) {
    let bytes = 0;
    for await (const piece of pieces) {
        bytes += piece.length;
        hash.add(piece);
        yield piece;
    }
    checkSize(file, bytes, from);
    const sha256 = await hash.end();
    if (sha256 !== undefined) checkSha256(file, expected, sha256, from);
    return sha256;
}

/**
 * What a function of the caller's has for a file, such as one chosen from the disk: never held as a whole, and not kept.
 * @param {ModelFile} file
 * @param {Response} response
 * @param {StreamOptions & { hash: () => Hash }} options
 * @returns {Pieces}
 */
export async function* streamGiven(file, response, { hash, signal, onBytes }) {
    for await (const piece of checked(file, given(file, response, signal), {
        hash: hash(),
        expected: publishedSha256(file),
        from: FUNCTION,
    })) {
        onBytes?.(piece.length);
        yield piece;
    }
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
 * @param {ModelFile} file
 * @param {() => Promise<string | undefined>} readSidecar
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
        return undefined; // as good as none
    }
}
