// The package's interface in Node.
import { createClient } from './client/engine.js';
import { nodePlatform } from './platform/node/platform.js';

export * from './types.js';
export { AcgError } from './errors.js';
export { captionName, captionOf } from './client/caption.js';

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
 * Opens an index of pictures: one SQLite file. It is created if it does not exist.
 * @example const index = await createIndex({ engine, location: 'pictures.db' });
 * @throws {AcgError} BAD_ARGUMENT, NOT_FOUND, BAD_FORMAT (no database), UNSUPPORTED (not an index, or a newer one), UNREADABLE, NO_MEMORY
 * @param {import('./types.js').IndexOptions} options
 * @returns {Promise<import('./types.js').PictureIndex>}
 */
export async function createIndex(options) {
    return (await import('./index/picture_index.js')).openIndex(options);
}

/**
 * Recommends pictures as `index.recommend` does, for pictures that are stored elsewhere, such as in a vector database.
 * @example const next = await recommendFrom(engine, { like: vectors, find: (query, count) => nearestInMyDatabase(query, count) });
 * @template {number | string} I
 * @param {import('./types.js').Engine} engine
 * @param {import('./types.js').RecommendFromOptions<I>} options
 * @returns {Promise<{ id: I, score: number, interest: number }[]>} the best first
 * @throws {AcgError} BAD_ARGUMENT
 */
export async function recommendFrom(engine, options) {
    return (await import('./index/recommending.js')).recommendFrom(engine, options);
}
