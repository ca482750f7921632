// The interface to a SQLite database, which runs in a worker of its own. Types only; platform/node and platform/browser open one.

/**
 * @typedef {null | number | string | Uint8Array<ArrayBuffer>} Value of a column: NULL, a number, a text, a BLOB
 * @typedef {[sql: string, values?: Value[]]} Statement
 *
 * @typedef {object} Database
 * @property {boolean} isReadOnly
 * @property {(sql: string, values?: Value[]) => Promise<Record<string, any>[]>} all the rows of a query
 * @property {(sql: string, values?: Value[]) => Promise<Packed>} packed the rows of a query with two columns, a number and a BLOB: for many
 *   rows it is faster than `all`
 * @property {(statements: Statement[]) => Promise<number[]>} write several statements as one transaction: all of them, or none. How many
 *   rows each changed
 * @property {() => Promise<Uint8Array<ArrayBuffer>>} bytes the file as it is now
 * @property {(source: string | Blob) => Promise<void>} attach another database, a path or in a browser a file, as the schema `imported`
 * @property {() => Promise<void>} detach
 * @property {() => Promise<void>} close
 *
 * @typedef {{ numbers: Float64Array<ArrayBuffer>, blobs: Uint8Array<ArrayBuffer>, ends: Float64Array<ArrayBuffer> }} Packed blobs: one behind
 *   the other; ends: where each ends
 *
 * @typedef {object} DatabaseRequests
 * @property {[{ location: string, create: boolean, readOnly: boolean, sqlite?: string }, { isReadOnly: boolean }]} open
 * @property {[Statement, Record<string, any>[]]} all
 * @property {[Statement, Packed]} packed
 * @property {[Statement[], number[]]} write
 * @property {[string | Blob, void]} attach
 * @property {[undefined, void]} detach
 * @property {[undefined, Uint8Array<ArrayBuffer>]} bytes
 * @property {[undefined, void]} close
 */

export {};
