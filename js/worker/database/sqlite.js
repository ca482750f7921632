// A SQLite database: queries, and transactions that are all or nothing. Knows no tables. Its files are opened by files_node.js or
// files_browser.js.
import { AcgError, sentence } from '../../errors.js';

/**
 * @typedef {import('@sqlite.org/sqlite-wasm').Sqlite3Static} Sqlite3
 * @typedef {import('../../index/database.js').Statement} Statement
 * @typedef {import('../../index/database.js').Packed} Packed
 *
 * @typedef {object} SqliteFile how to open a file
 * @property {string} name for messages
 * @property {string} path for SQLite
 * @property {string} vfs
 * @property {(db: any) => void} [opened] called with SQLite's database before the first statement
 * @property {() => unknown} [lastError] of the system
 * @property {() => boolean} [isFull] whether the cause was lack of space: SQLite reports only that it could not write
 */

/** How long a transaction waits for that of another process. */
const BUSY_MS = 10e3;
const CACHED_STATEMENTS = 64;
/** The initial space for BLOBs. */
const FIRST_BYTES = 2 ** 20;

export class Sqlite {
    #capi;
    #wasm;
    #file;
    #db;
    /** @type {Map<string, any>} prepared statements, the last used at the end */
    #statements = new Map();

    /**
     * @param {Sqlite3} sqlite3
     * @param {SqliteFile} file
     * @param {{ create: boolean, readOnly: boolean }} options
     * @throws {AcgError}
     */
    constructor({ capi, oo1, wasm }, file, { create, readOnly }) {
        this.#capi = /** @type {any} */ (capi);
        this.#wasm = /** @type {any} */ (wasm);
        this.#file = file;
        const flags = readOnly ? 'r' : create ? 'c' : 'w';
        this.#db = this.#attempt(() => new oo1.DB({ filename: file.path, vfs: file.vfs, flags }));
        try {
            this.#attempt(() => file.opened?.(this.#db));
            this.#setUp();
        } catch (error) {
            this.close();
            throw error;
        }
    }

    #setUp() {
        this.#attempt(() => {
            this.#capi.sqlite3_busy_timeout(/** @type {any} */ (this.#db), BUSY_MS);
            // temporary files in memory, because the VFS has none. A journal that is deleted at the end works in every VFS, and leaves one file
            this.#db.exec('PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; PRAGMA page_size = 8192');
        });
    }

    /** @param {Statement} statement */
    all([sql, values]) {
        return this.#with(sql, values, (statement) => {
            const rows = [];
            while (statement.step()) rows.push(inNumbers(statement.get({})));
            return rows;
        });
    }

    /**
     * Reads directly from SQLite's memory: with its row objects most of the time would go into these.
     * @param {Statement} statement
     * @returns {Packed}
     */
    packed([sql, values]) {
        const { exports, heap8u } = this.#wasm;
        /** @type {number[]} */
        const numbers = [];
        /** @type {number[]} */
        const ends = [];
        let blobs = new Uint8Array(FIRST_BYTES);
        let size = 0;
        this.#with(sql, values, (statement) => {
            for (let code; (code = exports.sqlite3_step(statement.pointer)) !== this.#capi.SQLITE_DONE; ) {
                if (code !== this.#capi.SQLITE_ROW) this.#db.checkRc(code);
                const [from, bytes] = [
                    exports.sqlite3_column_blob(statement.pointer, 1),
                    exports.sqlite3_column_bytes(statement.pointer, 1),
                ];
                if (size + bytes > blobs.length) blobs = grown(blobs, size + bytes);
                blobs.set(heap8u().subarray(from, from + bytes), size);
                ends.push((size += bytes));
                numbers.push(exports.sqlite3_column_double(statement.pointer, 0));
            }
        });
        return { numbers: Float64Array.from(numbers), blobs: blobs.slice(0, size), ends: Float64Array.from(ends) };
    }

    /**
     * @param {Statement[]} statements
     * @returns {number[]}
     */
    write(statements) {
        return this.#attempt(() => {
            this.#db.exec('BEGIN IMMEDIATE');
            try {
                const changes = statements.map(([sql, values]) => {
                    this.#with(sql, values, (statement) => {
                        while (statement.step());
                    });
                    return this.#capi.sqlite3_changes(this.#db);
                });
                this.#db.exec('COMMIT');
                return changes;
            } catch (error) {
                // some errors have ended the transaction already
                if (!this.#capi.sqlite3_get_autocommit(this.#db)) this.#db.exec('ROLLBACK');
                throw error;
            }
        });
    }

    /** The file as it is now. */
    bytes() {
        return this.#attempt(() => this.#capi.sqlite3_js_db_export(this.#db));
    }

    /**
     * Attaches another database, read-only, as the schema `imported`.
     * @param {string} path
     */
    attach(path) {
        this.#attempt(() => {
            this.#db.exec({ sql: 'ATTACH ? AS imported', bind: [path] });
            try {
                this.#db.exec('SELECT count(*) FROM imported.sqlite_schema'); // reads the file for the first time
            } catch (error) {
                this.#db.exec('DETACH imported');
                throw error;
            }
        });
    }

    detach() {
        this.#finalizeAll();
        this.#attempt(() => this.#db.exec('DETACH imported'));
    }

    close() {
        this.#finalizeAll();
        this.#db.close();
    }

    /**
     * @template T
     * @param {string} sql
     * @param {import('../../index/database.js').Value[] | undefined} values
     * @param {(statement: any) => T} use
     */
    #with(sql, values = [], use) {
        return this.#attempt(() => {
            const statement = this.#prepared(sql);
            try {
                if (values.length) statement.bind(values);
                return use(statement);
            } finally {
                statement.reset(true);
            }
        });
    }

    /** @param {string} sql */
    #prepared(sql) {
        const known = this.#statements.get(sql);
        this.#statements.delete(sql);
        const [oldest] = this.#statements.keys();
        if (!known && this.#statements.size >= CACHED_STATEMENTS) {
            this.#statements.get(oldest).finalize();
            this.#statements.delete(oldest);
        }
        const statement = known ?? this.#db.prepare(sql);
        this.#statements.set(sql, statement);
        return statement;
    }

    #finalizeAll() {
        for (const statement of this.#statements.values()) statement.finalize();
        this.#statements.clear();
    }

    /**
     * @template T
     * @param {() => T} work
     * @returns {T}
     * @throws {AcgError}
     */
    #attempt(work) {
        try {
            return work();
        } catch (error) {
            throw this.#readableError(error);
        }
    }

    /** @param {unknown} error */
    #readableError(error) {
        const { resultCode } = /** @type {{ resultCode?: number }} */ (error);
        if (typeof resultCode !== 'number') return error;
        const capi = this.#capi;
        const { name } = this.#file;
        const why = this.#file.lastError?.();
        const because = why ? `: ${sentence(why)}` : '';
        /** @typedef {[import('../../types.js').ErrorCode, string, import('../../types.js').Reason?]} Words */
        // our statements are correct: the file's tables, or what they hold, do not fit its version
        /** @type {Words} */
        const strange = [
            'BAD_FORMAT',
            `The index ${name} is damaged, or another program has changed it: ${sentence(error)}`,
            'INDEX_DAMAGED',
        ];
        /** @type {Record<number, Words>} */
        const words = {
            [capi.SQLITE_FULL]: [
                'NO_MEMORY',
                `There is no room left for the index ${name}. What is in it stays as it was`,
                'INDEX_NO_ROOM',
            ],
            [capi.SQLITE_NOTADB]: ['BAD_FORMAT', `Expected an index but ${name} is no SQLite database`, 'INDEX_DAMAGED'],
            [capi.SQLITE_CORRUPT]: ['BAD_FORMAT', `The index ${name} is damaged. Delete it and make it again`, 'INDEX_DAMAGED'],
            [capi.SQLITE_BUSY]: [
                'UNREADABLE',
                `Another program is using the index ${name}, and did not end in ${BUSY_MS / 1000} s`,
                'INDEX_TAKEN',
            ],
            [capi.SQLITE_ERROR]: strange,
            [capi.SQLITE_CONSTRAINT]: strange,
            [capi.SQLITE_READONLY]: ['UNREADABLE', `The index ${name} can only be read`],
            [capi.SQLITE_CANTOPEN]: ['NOT_FOUND', `The index ${name} cannot be opened${because || ': there is no such file'}`],
            [capi.SQLITE_IOERR]: ['UNREADABLE', `The index ${name} could not be read or written${because}`],
            [capi.SQLITE_NOMEM]: ['NO_MEMORY', `There is not enough memory for the index ${name}`, 'NO_MEMORY'],
        };
        const isFull = (resultCode & 0xff) === capi.SQLITE_IOERR && this.#file.isFull?.();
        const [code, message, reason] = words[isFull ? capi.SQLITE_FULL : resultCode & 0xff] ?? [
            'INTERNAL',
            `The index ${name} failed: ${sentence(error)}`,
        ];
        return new AcgError(code, message, { cause: error, reason });
    }
}

/**
 * SQLite's package returns numbers beyond 2^53 as BigInt; we never write such numbers.
 * @param {Record<string, any>} row
 */
function inNumbers(row) {
    for (const name in row) if (typeof row[name] === 'bigint') row[name] = Number(row[name]);
    return row;
}

/**
 * A copy with more room.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} least
 */
function grown(bytes, least) {
    const larger = new Uint8Array(Math.max(bytes.length * 2, least));
    larger.set(bytes);
    return larger;
}
