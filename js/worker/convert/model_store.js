// The interface of a worker's storage for model files. Types only; store_node.js and store_browser.js implement it.

/**
 * @typedef {import('../../models/originals/original.js').RandomAccess} RandomAccess
 * @typedef {import('../../models/originals/original.js').Folder} Folder
 *
 * @typedef {object} NewFile a file that is hidden until it is kept
 * @property {(at: number, bytes: Uint8Array) => Promise<void>} write fails with NO_MEMORY if there is no space left
 * @property {() => RandomAccess} access what has been written
 * @property {(sha256?: string) => Promise<void>} keep gives it its final name, and writes its SHA-256 into a file beside it
 * @property {() => Promise<void>} discard unless it is kept
 *
 * @typedef {object} Download a file that comes over the network, by the rules of models/download.js
 * @property {import('../../models/download.js').Store} store
 * @property {() => Promise<RandomAccess>} finish the file is complete and correct
 * @property {() => Promise<void>} leave keeps the unfinished file for the next time
 * @property {() => Promise<void>} discard
 *
 * @typedef {{ name: string, blob: Blob } | { path: string }} Given a file that the user chose; in Node also the path of one, or of a folder
 *
 * @typedef {object} ModelStore
 * @property {(path: string) => Promise<NewFile>} create path: of the file in the manifest, or a name of another
 * @property {(path: string, isPinned: boolean) => Promise<Download>} download isPinned: its SHA-256 is known, so that an unfinished
 *   download may be continued even if the server does not say whether the file is still the same
 * @property {(given: Given[]) => Promise<Folder & { close: () => Promise<void> }>} openGiven
 */

export {};
