// Downloads files in pieces. After a lost connection, or when an earlier download was stopped, it resumes. Knows no models and no hashes; a
// store keeps the pieces.
import { AcgError, cancelled, sentence } from '../errors.js';

/**
 * @typedef {{ bytes: number, total?: number, validator?: string }} Begun the part of a file that is stored; total: bytes of the whole file;
 *   validator: the server's mark of this version of the file (ETag or date)
 *
 * @typedef {object} Store keeps one file while it is downloaded
 * @property {(url: string) => Promise<Begun>} begun the part that an earlier call has stored
 * @property {() => AsyncIterable<Uint8Array<ArrayBuffer>>} read gives the stored bytes
 * @property {(url: string, begun: Begun) => Promise<void>} begin removes the stored bytes. An error of this or of
 *   append ends the download
 * @property {(piece: Uint8Array<ArrayBuffer>) => Promise<void>} append stores a copy of the piece
 *
 * @typedef {{ from: number, total?: number, validator?: string, body: ReadableStream<Uint8Array> }} Answer
 * @typedef {{ signal?: AbortSignal, onBytes?: (bytes: number) => void, retryMs?: number }} DownloadOptions
 */

export const PIECE_BYTES = 2 ** 20;

/** Stores nothing. @type {Store} */
export const NO_STORE = { begun: async () => ({ bytes: 0 }), async *read() {}, begin: async () => {}, append: async () => {} };

const MAX_FAILURES = 5;

/**
 * Gives a file in pieces: first the stored bytes, then the rest from the network. Tries again after errors.
 * @param {string} url
 * @param {Store} store
 * @param {DownloadOptions} [options]
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>} pieces that the caller may keep or transfer
 * @throws {AcgError} NOT_FOUND, BAD_MODEL, CANCELLED
 */
export async function* download(url, store, { signal, onBytes, retryMs = 500 } = {}) {
    let { bytes: have, total, validator } = await store.begun(url);
    let given = 0;
    let failures = 0;
    let wasAnswered = false; // a server that never answered may not exist: then the caller soon tries another source
    /** Waits before another attempt, or gives up. */
    const waitAfter = async (/** @type {unknown} */ error) => {
        if (signal?.aborted) throw cancelled(signal);
        if (!wasAnswered || error instanceof AcgError || ++failures > MAX_FAILURES) throw notFetched(url, error);
        await pause(retryMs * 2 ** (failures - 1), signal);
    };
    for (;;) {
        if (have > given && have === total) {
            for await (const piece of store.read()) yield counted(piece);
            return;
        }
        let answer;
        try {
            answer = await requestFrom(url, have, validator, signal);
            wasAnswered = true;
        } catch (error) {
            await waitAfter(error);
            continue;
        }
        if (given > 0 && (answer.validator !== validator || answer.total !== total)) {
            await answer.body.cancel();
            throw new AcgError('BAD_MODEL', `${url} became another file while it was fetched; fetch it again`, {
                reason: 'FILE_CHANGED',
                values: { url },
            });
        }
        if (given === 0 && answer.from !== have) have = 0;
        ({ total, validator } = answer);
        if (have === 0) await store.begin(url, { bytes: 0, total, validator });
        if (given < have) for await (const piece of store.read()) yield counted(piece);
        /** @type {unknown} */
        let broken;
        let skip = have - answer.from; // a server without ranges sends the file from its beginning
        for await (const whole of untilError(pieces(answer.body), (error) => (broken = error))) {
            const piece = whole.slice(Math.min(skip, whole.length));
            skip -= whole.length - piece.length;
            if (piece.length === 0) continue;
            await store.append(piece);
            have += piece.length;
            failures = 0;
            yield counted(piece);
        }
        if (!broken && (total === undefined || given >= total)) return;
        await waitAfter(broken ?? new Error(`the connection ended after ${given} of ${total} bytes`));
    }

    /** @param {Uint8Array<ArrayBuffer>} piece */
    function counted(piece) {
        given += piece.length;
        onBytes?.(piece.length);
        return piece;
    }
}

/**
 * Downloads a small file into memory.
 * @param {string | URL} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {AcgError} NOT_FOUND, CANCELLED
 */
export async function fetchBytes(url, signal) {
    try {
        const response = await fetch(url, { signal });
        if (!response.ok) throw refused(response);
        return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
        if (signal?.aborted) throw cancelled(signal);
        throw notFetched(url, error);
    }
}

/**
 * Gives the pieces up to an error, and passes the error to `onError` instead of throwing it.
 * @param {AsyncIterable<Uint8Array<ArrayBuffer>>} pieces
 * @param {(error: unknown) => void} onError
 */
async function* untilError(pieces, onError) {
    try {
        yield* pieces;
    } catch (error) {
        onError(error);
    }
}

/**
 * Requests the file from byte `from` on. If the file has changed or the server has no ranges, the answer is the whole file.
 * @param {string} url
 * @param {number} from
 * @param {string | undefined} validator
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer>}
 */
async function requestFrom(url, from, validator, signal) {
    // The validators are compared here and not with If-Range, which would need a preflight request (CORS).
    // no-store: a browser's cache would store the file a second time.
    const response = await fetch(url, { signal, cache: 'no-store', headers: from > 0 ? { Range: `bytes=${from}-` } : {} });
    const found = validatorOf(response);
    if (from > 0 && (response.status === 416 || (response.status === 206 && found !== validator))) {
        await response.body?.cancel();
        return requestFrom(url, 0, undefined, signal);
    }
    if (!response.ok || !response.body) {
        const error = refused(response);
        await response.body?.cancel();
        throw response.status >= 500 || response.status === 429 ? error : new AcgError('NOT_FOUND', error.message, { cause: error });
    }
    const isPart = response.status === 206;
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
    const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
    const start = isPart ? Number(range?.[1] ?? from) : 0;
    if (start !== from && start !== 0)
        throw new AcgError('NOT_FOUND', `expected bytes from ${from} but the server sent them from ${start}`);
    const total = range ? Number(range[2]) : length !== null ? start + Number(length) : undefined;
    return { from: start, total, validator: found, body: response.body };
}

/** @param {Response} response */
export function refused({ status, statusText }) {
    return Object.assign(new Error(`the server answered ${status} ${statusText}`.trim()), { status });
}

/** @param {Response} response */
function validatorOf({ headers }) {
    return headers.get('etag') ?? headers.get('last-modified') ?? undefined;
}

/**
 * The body in pieces of PIECE_BYTES. After an error, gives the bytes that came before it, then throws the error.
 * @param {ReadableStream<Uint8Array>} body
 */
export async function* pieces(body) {
    const reader = body.getReader();
    let piece = new Uint8Array(PIECE_BYTES);
    let n = 0;
    try {
        for (;;) {
            const { done, value } = await reader.read();
            if (done) break;
            for (let at = 0; at < value.length; ) {
                const more = value.subarray(at, at + PIECE_BYTES - n);
                piece.set(more, n);
                at += more.length;
                n += more.length;
                if (n < PIECE_BYTES) continue;
                yield piece;
                piece = new Uint8Array(PIECE_BYTES);
                n = 0;
            }
        }
        if (n > 0) yield piece.slice(0, n);
    } catch (error) {
        if (n > 0) yield piece.slice(0, n);
        throw error;
    } finally {
        await reader.cancel().catch(() => {});
    }
}

/**
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function pause(ms, signal) {
    return new Promise((resolve, reject) => {
        const end = () => {
            clearTimeout(timer);
            reject(cancelled(signal));
        };
        const timer = setTimeout(() => {
            signal?.removeEventListener('abort', end);
            resolve();
        }, ms);
        signal?.addEventListener('abort', end, { once: true });
    });
}

/**
 * @param {string | URL} url
 * @param {unknown} error
 */
function notFetched(url, error) {
    // Node's message is only "fetch failed"; the cause says why
    const why = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const { status } = /** @type {{ status?: number }} */ (why);
    return new AcgError('NOT_FOUND', `${url} could not be fetched: ${sentence(why)}`, {
        cause: error,
        ...(status === undefined
            ? { reason: 'NOT_FETCHED', values: { url: String(url), why: sentence(why) } }
            : { reason: 'SERVER_REFUSED', values: { url: String(url), status } }),
    });
}
