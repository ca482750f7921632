// Pictures that a library decodes, not the engine (AVIF, JPEG XL). It runs in a worker of its own, so that a bad file harms no other picture, an
// abort ends it at once, and its memory is freed.
import { AcgError, cancelled } from '../../errors.js';
import { libraryKind } from '../../shared/library_kinds.js';
import { unpackError } from '../../shared/protocol.js';

/**
 * @typedef {import('./answer.js').DecodeRequest} DecodeRequest
 * @typedef {import('./answer.js').DecodeAnswer} DecodeAnswer
 * @typedef {{ onAnswer: (answer: DecodeAnswer) => void, onDeath: (why: string) => void }} DecoderListener
 * @typedef {{ post: (request: DecodeRequest, transfer: ArrayBuffer[]) => void, stop: () => void }} DecoderPort
 * @typedef {(listener: DecoderListener) => DecoderPort} StartDecoder
 * @typedef {{ bytes: Uint8Array<ArrayBuffer>, notes: import('../../types.js').Note[] }} Readable a file that the engine can read, and warnings
 */

/** After a larger picture the worker is ended, because its memory would not shrink. */
const SMALL_BYTES = 32 * 2 ** 20;

export class LibraryDecoder {
    #start;
    /** @type {DecoderPort | undefined} */
    #port;
    /** @type {DecoderListener | undefined} waits for the answer */
    #waiting;
    /** The URLs of the libraries' modules, for pages without a bundler. @type {import('./answer.js').Modules} */
    modules = {};

    /** @param {StartDecoder} start */
    constructor(start) {
        this.#start = start;
    }

    /**
     * The file itself, or a PNG of the same picture if the engine cannot read its kind.
     * @param {Uint8Array<ArrayBuffer>} bytes may be transferred away
     * @param {import('./answer.js').DecodeSettings} settings
     * @param {AbortSignal} signal
     * @returns {Promise<Readable>}
     * @throws {AcgError} BAD_FORMAT, UNSUPPORTED, NO_MEMORY, CANCELLED
     */
    async readable(bytes, settings, signal) {
        const kind = libraryKind(bytes);
        if (!kind) return { bytes, notes: [] };
        const answer = await this.#ask({ kind, bytes, settings, modules: this.modules }, signal);
        if ('png' in answer ? answer.png.length > SMALL_BYTES : answer.isBroken) this.close();
        if ('error' in answer) throw unpackError(answer.error);
        return { bytes: answer.png, notes: answer.notes };
    }

    /**
     * @param {DecodeRequest} request
     * @param {AbortSignal} signal
     * @returns {Promise<DecodeAnswer>}
     */
    #ask(request, signal) {
        return new Promise((resolve, reject) => {
            const fail = (/** @type {AcgError} */ error) => {
                this.close();
                reject(error);
            };
            if (signal.aborted) return fail(cancelled(signal));
            const abort = () => fail(cancelled(signal));
            signal.addEventListener('abort', abort, { once: true });
            this.#waiting = {
                onAnswer: (answer) => {
                    signal.removeEventListener('abort', abort);
                    resolve(answer);
                },
                onDeath: (why) =>
                    fail(new AcgError('NO_MEMORY', `The worker that decodes this picture ended: ${why}`, { reason: 'NO_MEMORY' })),
            };
            this.#port ??= this.#startPort();
            this.#port.post(request, [request.bytes.buffer]);
        });
    }

    #startPort() {
        /** @type {DecoderPort} */
        const port = this.#start({
            onAnswer: (answer) => this.#waiting?.onAnswer(answer),
            onDeath: (why) => {
                if (port === this.#port) this.#waiting?.onDeath(why); // otherwise it was ended here
            },
        });
        return port;
    }

    /** Ends the worker; the next picture starts another. */
    close() {
        this.#waiting = undefined;
        this.#port?.stop();
        this.#port = undefined;
    }
}
