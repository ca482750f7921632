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
 * @property {{ list: () => Promise<{ path: string, bytes: number }[]>, clear: (files: ModelFile[], publications: string[]) =>
 *   Promise<void> }} keptModels what was fetched or converted and is kept for the next time; publications: the names of those of which
 *   nothing is to stay either
 *
 * @typedef {object} ReadModelOptions
 * @property {import('../types.js').ModelLocation} [models]
 * @property {AbortSignal} [signal]
 * @property {(bytes: number) => void} [onBytes] how many more have come; negative: so many were no use
 * @property {(warning: string) => void} [onWarning] hears of a copy that was not what it should be, and was not used
 * @property {Map<string, unknown>} [avoid] where a copy was found to be so, to be passed over at the next try; and what is
 *   wrong with it, unless onWarning has heard that
 * @property {() => Promise<string | undefined>} [sha256] of all pieces given so far, from their taker: a browser has no SHA-256 of
 *   what comes in pieces
 */

export {};
