// An output that is written while it is computed: a device, a named pipe, standard output. Waiting for a slow or
// missing reader can be interrupted; until it reads, the bytes stay in memory.
import { closeSync, fstatSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';
import { readableError } from '../platform/node/system_errors.js';
import { descriptorOf, isStandardOutput, openForWriting } from './streams.js';
import { UsageError } from './usage.js';

/**
 * @typedef {Exclude<import('./output_place.js').Place, { kind: 'file' }>} Place
 * @typedef {(bytes: Uint8Array) => Promise<void>} Sink
 */

/** @type {Record<number, NodeJS.WriteStream>} */
const STANDARD = { 1: process.stdout, 2: process.stderr };

/**
 * @param {string} output
 * @throws {UsageError}
 */
export function refuseTerminal(output) {
    const number = output === '-' ? 1 : descriptorOf(output);
    if (number === undefined || !isatty(number)) return;
    throw new UsageError(`Expected a file or a pipe for -o ${output} but it is a terminal, which cannot show a picture`);
}

export class OutputStream {
    #place;
    #signal;
    /** @type {Promise<Sink> | undefined} */
    #sink;
    #last = Promise.resolve();
    /** @type {unknown} */
    #error;
    #end = () => {};

    /**
     * @param {Place} place
     * @param {AbortSignal} signal ends the waiting for a reader
     */
    constructor(place, signal) {
        this.#place = place;
        this.#signal = signal;
    }

    /** @param {Uint8Array} bytes */
    write(bytes) {
        if (this.#error) throw this.#error;
        this.#sink ??= this.#open();
        this.#last = Promise.all([this.#sink, this.#last]).then(([sink]) => sink(bytes));
        this.#last.catch(
            (error) => (this.#error = readableError(error, isStandardOutput(this.#place.path) ? 'standard output' : this.#place.path)),
        );
    }

    /** Waits until all is written. */
    async finish() {
        await this.#last.catch(() => {});
        if (this.#error) throw this.#error;
    }

    discard() {
        this.#end();
    }

    async #open() {
        const place = this.#place;
        const file = place.kind === 'open' ? place.number : await openForWriting(place.path, this.#signal);
        const stats = fstatSync(file);
        if (stats.isFIFO() || stats.isSocket())
            return this.#streamTo(STANDARD[file] ?? new Socket({ fd: file, readable: false, writable: true }));
        if (place.kind !== 'open') this.#end = () => closeSync(file);
        return this.#writeTo(file);
    }

    /**
     * @param {import('node:stream').Writable} stream
     * @returns {Sink}
     */
    #streamTo(stream) {
        stream.on('error', () => {}); // writing reports the error
        if (!Object.values(STANDARD).some((each) => each === stream)) this.#end = () => void stream.destroy();
        return (bytes) => written(stream, bytes, this.#signal);
    }

    /**
     * @param {number} file
     * @returns {Sink}
     */
    #writeTo(file) {
        return async (bytes) => {
            for (let at = 0; at < bytes.byteLength; ) at += writeSync(file, bytes, at);
        };
    }
}

/**
 * @param {import('node:stream').Writable} stream
 * @param {Uint8Array} bytes
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function written(stream, bytes, signal) {
    return new Promise((resolve, reject) => {
        const stop = () => reject(signal.reason);
        signal.addEventListener('abort', stop, { once: true });
        stream.write(bytes, (error) => {
            signal.removeEventListener('abort', stop);
            if (error) reject(error);
            else resolve();
        });
    });
}
