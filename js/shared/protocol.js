// The messages between a caller's thread and the worker: only plain objects and transferred buffers.
//
//   to the worker      { id, type: 'request', name, body }     name is a key of Requests; ids count up
//                      { id, type: 'abort' }
//   from the worker    { id, type: 'event', name, body }       any number of them, name is a key of Events
//                      { id, type: 'done', body }              or
//                      { id, type: 'failed', error }           one of these two ends a request
import { AcgError, sentence } from '../errors.js';

/**
 * @typedef {object} InitBody
 * @property {import('../types.js').Variant} variant
 * @property {number} threads
 * @property {string | object} [wasm] a prefix, or a map of names to URLs, or a WebAssembly.Module
 * @property {Partial<Record<import('./library_kinds.js').LibraryKind, string>>} [decoders] URLs
 *
 * @typedef {{ black: number, white: number }} Levels the values of black and white for a network
 * @typedef {{ id: string, network: string, companion?: Uint8Array<ArrayBuffer>, levels?: Levels, hash?: boolean }} OpenModelBody
 *   network: its name in the engine's registry; the bytes of its weights follow in modelBytes, in order; companion: the small file that a
 *   network has beside them: a vocabulary, or how layers follow each other; hash: modelSha256 is asked for after the last bytes
 * @typedef {{ dims: Record<string, number>, logitFactor: number, categories: string }} ModelInfo how many values each of its outputs
 *   has, what cosines are multiplied by (CLIP; 0: unknown), and its tags' categories ('': unknown)
 *
 * @typedef {object} UpscaleBody
 * @property {import('../client/source.js').Picture} picture
 * @property {string} model id of an open model
 * @property {number} strength
 * @property {number} tile 0: the engine chooses
 * @property {'png' | 'webp' | 'jpg' | 'pixels'} format
 * @property {number} quality
 * @property {'exact' | 'fast' | 'off'} sync
 * @property {'none' | 'keep'} metadata
 * @property {boolean} tta
 * @property {number} width of the output, in pixels; 0: not asked for
 * @property {number} height
 * @property {'inside' | 'outside' | 'fill'} fit
 * @property {boolean} guard
 * @property {'exact' | 'near' | 'off'} grey
 * @property {'keep' | 'srgb'} colour
 * @property {'refuse' | 'keep'} damaged
 * @property {number} [maxPixels]
 * @property {number} memory bytes, 0: the engine's own limit
 * @property {boolean | string} temp whether a temporary file may be used, or its folder
 * @property {boolean} wantTiles
 *
 * @typedef {Pick<import('../types.js').UpscaleResult, 'width' | 'height' | 'channels' | 'frames' | 'grey' | 'notes' | 'tiles' | 'heap'> & {
 *   cost: number, decodeMs: number, upscaleMs: number }} UpscaleReply cost: the pixels that ran through the network
 *
 * @typedef {Omit<UpscaleBody, 'wantTiles'>} PlanBody
 * @typedef {Omit<import('../types.js').UpscalePlan, 'ms' | 'msFrom' | 'warnings'> & { cost: number }} PlanReply
 *
 * @typedef {Pick<UpscaleBody, 'picture' | 'damaged' | 'maxPixels'> & { id: number }} OpenPictureBody
 * @typedef {{ model: string, picture: number, outputs: string[], fit: boolean, normalize: boolean }} LookBody picture: id of an open one
 * @typedef {{ model: string, texts: string[], clean: 'huggingface' | 'openai', truncate: boolean, normalize: boolean }} EmbedTextsBody
 *
 * @typedef {{ width: number, height: number, hash: Uint8Array, mirrored: Uint8Array, contrast: number }} PictureFacts hash: perceptual;
 *   mirrored: that of the mirrored picture; contrast: near 0 the hash says nothing
 * @typedef {{ rows: Int32Array, scores: Float32Array, mean: number, deviation: number, count: number }} Nearest best first; mean, deviation
 *   and count of the scores of all rows that pass the filter
 *
 * @typedef {'int8' | 'f16' | 'bf16' | 'f32'} Dtype of the weights in a file that is made
 * @typedef {object} ConvertTarget models in one folder that are made of the same publication
 * @property {string} name of the publication
 * @property {number} [bytes] of the published file of weights
 * @property {string} folder where the files go, in the manifest's paths
 * @property {string[]} [parts] of several networks in it those that are wanted
 * @property {TargetFile[]} files
 *
 * @typedef {object} TargetFile a file of theirs
 * @property {string} path in the manifest
 * @property {string} [network] if it is one of weights
 * @property {number[]} bytes one of these; none: nobody knows
 * @property {string[]} sha256 likewise
 *
 * @typedef {object} ConvertBody
 * @property {string} name of the publication, for what is fetched
 * @property {import('../models/manifest.js').PublishedFile[]} files to be fetched
 * @property {import('../worker/convert/model_store.js').Given[]} [given] instead of these
 * @property {string} [folder] in Node: where what is made goes, instead of the user's cache folder
 * @property {Dtype} dtype
 * @property {ConvertTarget[]} targets
 *
 * @typedef {object} Requests
 * @property {[InitBody, void]} init
 * @property {[OpenModelBody, void]} openModel
 * @property {[{ id: string, bytes: Uint8Array<ArrayBuffer> }, void]} modelBytes
 * @property {[{ id: string }, string | undefined]} modelSha256 undefined: nobody can tell
 * @property {[{ id: string }, ModelInfo]} modelEnd
 * @property {[{ id: string }, void]} closeModel
 * @property {[OpenPictureBody, import('../types.js').Note[]]} openPicture decoded once, for any number of networks; what is odd about its file
 * @property {[{ id: number }, void]} closePicture
 * @property {[LookBody, Record<string, Float32Array<ArrayBuffer>>]} look
 * @property {[EmbedTextsBody, Float32Array<ArrayBuffer>[]]} embedTexts
 * @property {[{ id: number }, PictureFacts]} pictureFacts of an open picture
 * @property {[{ id: number, dims: number }, void]} openVectors none yet
 * @property {[{ id: number, halves: Uint16Array<ArrayBuffer> }, number]} appendVectors how many there are now
 * @property {[{ id: number, query: Float32Array, k: number, filter?: Uint8Array }, Nearest]} searchVectors
 * @property {[{ id: number }, void]} closeVectors
 * @property {[{ vectors: Float32Array[] }, Uint8Array<ArrayBuffer>[]]} storeVectors each of length 1, as float16
 * @property {[{ query: Float32Array, halves: Uint16Array, dims: number }, Float32Array]} scoreVectors the exact score of each
 * @property {[{ halves: Uint16Array, relevance: Float32Array, k: number, weight: number }, Int32Array]} diverse which of these vectors, in order
 * @property {[{ hashes: Uint8Array[], distance: number }, Int32Array]} nearPairs the numbers of two, one behind the other
 * @property {[PlanBody, PlanReply]} plan
 * @property {[UpscaleBody, UpscaleReply]} upscale
 * @property {[ConvertBody, string[]]} convert the paths of the files that were made
 *
 * @typedef {object} Events
 * @property {import('../types.js').Progress} progress
 * @property {import('../types.js').Tile} tile
 * @property {Uint8Array<ArrayBuffer>} chunk the next bytes of the output
 *
 * @typedef {{ code: import('../types.js').ErrorCode, message: string, reason?: import('../types.js').Reason,
 *   values?: import('../types.js').Values, stack?: string, fatal: boolean }} PackedError
 *   fatal: the engine is broken and a new worker is needed
 *
 * @typedef {{ id: number, type: 'request', name: keyof Requests, body: any } | { id: number, type: 'abort' }} ToWorker
 * @typedef {{ id: number, type: 'event', name: keyof Events, body: any }
 *     | { id: number, type: 'done', body: any }
 *     | { id: number, type: 'failed', error: PackedError }} FromWorker
 */

/**
 * @param {unknown} error
 * @returns {PackedError}
 */
export function packError(error) {
    if (error instanceof AcgError) {
        const { code, message, reason, values } = error;
        return { code, message, reason, values, fatal: false };
    }
    if (error instanceof RangeError) {
        return { code: 'NO_MEMORY', reason: 'NO_MEMORY', message: `Not enough memory for this: ${error.message}`, fatal: true };
    }
    const stack = error instanceof Error ? error.stack : undefined;
    return {
        code: 'INTERNAL',
        message: `The engine stopped at a fault of its own: ${sentence(error)}`,
        reason: 'ENGINE_FAULT',
        values: { why: sentence(error) },
        stack,
        fatal: true,
    };
}

/** @param {PackedError} packed */
export function unpackError({ code, message, reason, values, stack }) {
    const error = new AcgError(code, message, { reason, values });
    if (stack) error.stack = stack;
    return error;
}
