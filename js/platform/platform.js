// The interface to a browser or Node. Types only; browser/platform.js and node/platform.js implement it.

/**
 * @typedef {import('../models/manifest.js').Manifest} Manifest
 * @typedef {import('../models/manifest.js').ModelFile} ModelFile
 *
 * @typedef {object} Platform what differs between a browser and Node
 * @property {{ cores: number, isolated: boolean }} host
 * @property {(listener: import('../client/rpc.js').WorkerListener) => import('../client/rpc.js').WorkerPort} startWorker
 * @property {(url: string | URL, signal?: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>} readUrl
 * @property {(location: string | URL) => string} resolveUrl to a form that means the same in a worker
 * @property {import('../client/estimate.js').Notes} notes
 * @property {() => Promise<Manifest>} readManifest
 * @property {(file: ModelFile, options: ReadModelOptions) => AsyncIterable<Uint8Array<ArrayBuffer>>} streamModelFile the file in
 *   pieces, which the receiver may transfer; fails at the end if the file is wrong. A wrong copy on this computer is then in
 *   `avoid`, and the next try takes another
 * @property {boolean} hashesStreams whether it does not need `sha256` of these options
 * @property {(listener: import('../client/rpc.js').WorkerListener) => import('../client/rpc.js').WorkerPort} startDatabase in a worker of
 *   its own
 * @property {(location?: string) => string} indexLocation
 * @property {PictureFiles} pictures for an index
 * @property {KeptModels} keptModels the fetched and converted files that are kept
 *
 * @typedef {object} PictureFiles
 * @property {(source: unknown) => Promise<import('../shared/files.js').IndexedFile | undefined>} fileOf undefined: it is no path
 * @property {(path: string) => Promise<boolean>} exists whether the file still exists; true if that is unknown
 * @property {(folder: unknown, signal: AbortSignal) => Promise<import('../shared/files.js').FolderListing>} listFolder
 * @property {(bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer> | undefined>} thumbnail a small WebP of a picture's file,
 *   where one can be made
 *
 * @typedef {object} KeptModels
 * @property {() => Promise<void>} check that files can be kept, or fails with the reason
 * @property {() => Promise<{ path: string, bytes: number }[]>} list
 * @property {() => Promise<{ path: string, bytes: number }[]>} listOriginals published files, complete or not, that are waiting for their
 *   conversion: the name of the publication, and the path in it
 * @property {(files: ModelFile[], publications: string[]) => Promise<void>} clear publications: those whose published
 *   files are removed, too
 *
 * @typedef {object} ReadModelOptions
 * @property {import('../types.js').ModelLocation} [models]
 * @property {AbortSignal} [signal]
 * @property {(bytes: number) => void} [onBytes] how many more have come; negative: that many were useless
 * @property {(sha256: string) => void} [onSha256] called at the end with the hash, if it is known
 * @property {(warning: string) => void} [onWarning] called about a wrong copy that was not used
 * @property {Map<string, unknown>} [avoid] locations of wrong copies, which the next try skips, and their faults, unless
 *   onWarning was called with them
 * @property {() => Promise<string | undefined>} [sha256] of all pieces so far, computed by their receiver: a browser has no
 *   incremental SHA-256
 */

export {};
