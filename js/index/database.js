// The types of the interface to a SQLite database in a worker of its own. platform/node and platform/browser open it.

/**
 * @typedef {null | number | string | Uint8Array<ArrayBuffer>} Value of a column: NULL, a number, a text, a BLOB
 * @typedef {[sql: string, values?: Value[]]} Statement
 *
 * @typedef {object} Database
 * @property {boolean} isReadOnly
 * @property {(sql: string, values?: Value[]) => Promise<Record<string, any>[]>} all gives the rows of a query
 * @property {(sql: string, values?: Value[]) => Promise<Packed>} packed gives the rows of a query with two columns, a number and a BLOB; for
 *   many rows it is faster than `all`
 * @property {(statements: Statement[]) => Promise<number[]>} write runs statements as one transaction: all of them, or none. Gives how
 *   many rows each changed
 * @property {() => Promise<Uint8Array<ArrayBuffer>>} bytes gives the bytes of the file
 * @property {(source: string | Blob) => Promise<void>} attach opens another database as the schema `imported`: a path, in a browser a
 *   file
 * @property {() => Promise<void>} detach
 * @property {() => Promise<void>} close
 *
 * @typedef {{ numbers: Float64Array<ArrayBuffer>, blobs: Uint8Array<ArrayBuffer>, ends: Float64Array<ArrayBuffer> }} Packed blobs: one
 *   after the other; ends: where each ends, in bytes
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
