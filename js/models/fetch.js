// One file over the network, with its bytes counted as they come.
import { AcgError, cancelled, sentence } from '../errors.js';

/**
 * @param {string | URL} url
 * @param {{ signal?: AbortSignal, onBytes?: (bytes: number) => void }} [options]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {AcgError} NOT_FOUND, CANCELLED
 */
export async function fetchBytes(url, { signal, onBytes } = {}) {
    try {
        return await readResponse(await fetch(url, { signal }), onBytes);
    } catch (error) {
        if (signal?.aborted) throw cancelled(signal);
        // Node says "fetch failed" and hides why in the cause
        const why = error instanceof Error && error.cause instanceof Error ? error.cause : error;
        throw new AcgError('NOT_FOUND', `${url} could not be fetched: ${sentence(why)}`, { cause: error });
    }
}

/**
 * @param {Response} response
 * @param {(bytes: number) => void} [onBytes]
 */
export async function readResponse(response, onBytes) {
    if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
    if (!response.body || !onBytes) return new Uint8Array(await response.arrayBuffer());
    const count = new TransformStream({
        transform(chunk, controller) {
            onBytes(chunk.byteLength);
            controller.enqueue(chunk);
        },
    });
    return new Uint8Array(await new Response(response.body.pipeThrough(count)).arrayBuffer());
}
