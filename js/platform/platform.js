// The interface to a browser or Node. Types only; browser/platform.js and node/platform.js implement it.

/**
 * @typedef {import('../models/manifest.js').Manifest} Manifest
 * @typedef {import('../models/manifest.js').ModelFile} ModelFile
 *
 * @typedef {object} Platform what differs between a browser and Node
 * @property {{ cores: number, isolated: boolean }} host
 * @property {(listener: import('../client/rpc.js').WorkerListener) => import('../client/rpc.js').WorkerPort} startWorker
 * @property {(url: string | URL, signal?: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>} readUrl
 * @property {(location: string | URL) => string} resolveUrl to something that means the same in a worker
 * @property {import('../client/estimate.js').Notes} notes
 * @property {() => Promise<Manifest>} readManifest
 * @property {(file: ModelFile, options: ReadModelOptions) => AsyncIterable<Uint8Array<ArrayBuffer>>} streamModelFile the file in
 *   pieces, which the taker may transfer; fails at the end if they are not what they should be. If that was a copy on this computer,
 *   it is in `avoid` then: the next try takes another
 * @property {boolean} hashesStreams whether it does without `sha256` of the options there
 * @property {(listener: import('../client/rpc.js').WorkerListener) => import('../client/rpc.js').WorkerPort} startDatabase in a worker of
 *   its own
 * @property {(location?: string) => string} indexLocation
 * @property {PictureFiles} pictures for an index
 * @property {KeptModels} keptModels what was fetched or converted and is kept for the next time
 *
 * @typedef {object} PictureFiles
 * @property {(source: unknown) => Promise<import('../shared/files.js').IndexedFile | undefined>} fileOf undefined: it is no path
 * @property {(path: string) => Promise<boolean>} exists whether there is still such a file; true: nobody can tell
 * @property {(folder: unknown, signal: AbortSignal) => Promise<import('../shared/files.js').FolderListing>} listFolder
 * @property {(bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer> | undefined>} thumbnail a small WebP of a picture's file,
 *   where one can be made
 *
 * @typedef {object} KeptModels
 * @property {() => Promise<{ path: string, bytes: number }[]>} list
 * @property {() => Promise<{ path: string, bytes: number }[]>} listOriginals published files, whole or begun, that wait to be converted:
 *   the name of the publication, and the path in it
 * @property {(files: ModelFile[], publications: string[]) => Promise<void>} clear publications: the names of those of which nothing is to
 *   stay either
 *
 * @typedef {object} ReadModelOptions
 * @property {import('../types.js').ModelLocation} [models]
 * @property {AbortSignal} [signal]
 * @property {(bytes: number) => void} [onBytes] how many more have come; negative: so many were no use
 * @property {(sha256: string) => void} [onSha256] hears at the end what it is, unless nobody can tell
 * @property {(warning: string) => void} [onWarning] hears of a copy that was not what it should be, and was not used
 * @property {Map<string, unknown>} [avoid] where a copy was found to be so, to be passed over at the next try; and what is
 *   wrong with it, unless onWarning has heard that
 * @property {() => Promise<string | undefined>} [sha256] of all pieces given so far, from their taker: a browser has no SHA-256 of
 *   what comes in pieces
 */

export {};
