// The database's side of the messages: takes requests one after the other, runs them in SQLite, and answers.
import { AcgError } from '../../errors.js';
import { packError } from '../../shared/protocol.js';
import { Sqlite } from './sqlite.js';

/**
 * @typedef {import('../../index/database.js').DatabaseRequests} DatabaseRequests
 * @typedef {{ id: number, name: keyof DatabaseRequests, body: any }} DatabaseRequest
 *
 * @typedef {object} Files what differs between a browser and Node
 * @property {(body: DatabaseRequests['open'][0]) => Promise<{ sqlite3: import('@sqlite.org/sqlite-wasm').Sqlite3Static,
 *   file: import('./sqlite.js').SqliteFile }>} open
 * @property {(source: string | Blob) => Promise<string>} attachable the path under which SQLite can open another file
 * @property {() => Promise<void>} release removes the file that `attachable` made
 * @property {() => Promise<void>} close
 */

/**
 * @param {(message: object, transfer: Transferable[]) => void} post
 * @param {Files} files
 * @returns {(message: DatabaseRequest) => void} receives the messages
 */
export function serveDatabase(post, files) {
    /** @type {Sqlite | undefined} */
    let sqlite;
    /** @type {Promise<void>} */
    let last = Promise.resolve();

    /** @param {DatabaseRequest} request */
    async function answer({ name, body }) {
        if (name === 'open') {
            const { sqlite3, file } = await files.open(body);
            sqlite = new Sqlite(sqlite3, file, body);
            return { isReadOnly: body.readOnly };
        }
        if (!sqlite) throw new AcgError('CANCELLED', 'The index is closed');
        if (name === 'close') {
            sqlite.close();
            sqlite = undefined;
            return files.close();
        }
        if (name === 'attach') return attach(sqlite, body);
        if (name === 'detach') {
            sqlite.detach();
            return files.release();
        }
        return sqlite[name](body);
    }

    /**
     * @param {Sqlite} open
     * @param {string | Blob} source
     */
    async function attach(open, source) {
        try {
            open.attach(await files.attachable(source));
        } catch (error) {
            await files.release();
            throw error;
        }
    }

    return (message) => {
        last = last.then(async () => {
            try {
                const body = await answer(message);
                post({ id: message.id, type: 'done', body }, transferableOf(body));
            } catch (error) {
                post({ id: message.id, type: 'failed', error: packError(error) }, []);
            }
        });
    };
}

/** @param {any} body */
function transferableOf(body) {
    if (body instanceof Uint8Array) return [body.buffer];
    return body?.blobs ? [body.numbers.buffer, body.blobs.buffer, body.ends.buffer] : [];
}

/** Keeps SQLite from writing to the console and from starting its own workers for files; all errors are thrown. */
export function quieten() {
    const silent = () => {};
    const vfs = { opfs: true, 'opfs-wl': true, kvvfs: true };
    Object.assign(globalThis, { sqlite3ApiConfig: { debug: silent, log: silent, warn: silent, error: silent, disable: { vfs } } });
}
