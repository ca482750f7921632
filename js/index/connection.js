// Opens a database in a worker and sends requests to it.
import { Rpc } from '../client/rpc.js';
import { AcgError } from '../errors.js';

/**
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('./database.js').DatabaseRequests} DatabaseRequests
 */

/** An error of the database itself: the current work must end. */
export class DatabaseError extends AcgError {
    /** @param {AcgError} cause */
    constructor(cause) {
        super(cause.code, cause.message, { cause, reason: cause.reason, values: cause.values });
    }
}

/**
 * @param {import('../platform/platform.js').Platform['startDatabase']} start
 * @param {DatabaseRequests['open'][0]} options
 * @returns {Promise<Database>}
 * @throws {AcgError}
 */
export async function openDatabase(start, options) {
    const rpc = new Rpc(start);
    const request = async (/** @type {keyof DatabaseRequests} */ name, /** @type {unknown} */ body = undefined) => {
        try {
            return await /** @type {any} */ (rpc).request(name, body);
        } catch (error) {
            throw error instanceof AcgError ? new DatabaseError(error) : error;
        }
    };
    const stop = () => rpc.stop(new AcgError('CANCELLED', 'The index was closed'));
    try {
        const { isReadOnly } = await request('open', options);
        return {
            isReadOnly,
            all: (...statement) => request('all', statement),
            packed: (...statement) => request('packed', statement),
            write: (statements) => request('write', statements),
            bytes: () => request('bytes'),
            attach: (source) => request('attach', source),
            detach: () => request('detach'),
            close: async () => {
                if (rpc.alive) await request('close');
                await stop();
            },
        };
    } catch (error) {
        await stop();
        throw error;
    }
}
