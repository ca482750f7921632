// The package in Node.
import { createClient } from './client/engine.js';
import { nodePlatform } from './platform/node/platform.js';

export { AcgError } from './errors.js';

/**
 * Starts an engine in a worker of its own. It runs until `close()`.
 * @example const engine = await createEngine({ threads: 2 });
 * @throws {AcgError} BAD_ARGUMENT, UNSUPPORTED (no SIMD), NOT_FOUND (no engine file), NO_MEMORY, CANCELLED
 * @param {import('./types.js').EngineOptions} [options]
 */
export function createEngine(options) {
    return createClient(nodePlatform(), options);
}

/**
 * @typedef {import('./client/engine.js').Engine} Engine
 * @typedef {import('./types.js').EngineOptions} EngineOptions
 * @typedef {import('./types.js').UpscaleOptions} UpscaleOptions
 * @typedef {import('./types.js').UpscaleResult} UpscaleResult
 * @typedef {import('./types.js').UpscalePlan} UpscalePlan
 * @typedef {import('./types.js').EmbedOptions} EmbedOptions
 * @typedef {import('./types.js').EmbedImageOptions} EmbedImageOptions
 * @typedef {import('./types.js').EmbedImageModel} EmbedImageModel
 * @typedef {import('./types.js').TextOptions} TextOptions
 * @typedef {import('./types.js').TagOptions} TagOptions
 * @typedef {import('./types.js').DescribeOptions} DescribeOptions
 * @typedef {import('./types.js').Description} Description
 * @typedef {import('./types.js').Score} Score
 * @typedef {import('./types.js').Scores} Scores
 * @typedef {import('./types.js').Tag} Tag
 * @typedef {import('./types.js').Label} Label
 * @typedef {import('./types.js').Embedded} Embedded
 * @typedef {import('./types.js').Source} Source
 * @typedef {import('./types.js').Progress} Progress
 * @typedef {import('./types.js').Tile} Tile
 * @typedef {import('./types.js').ErrorCode} ErrorCode
 */
