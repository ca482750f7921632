// The package's interface in a browser, and in all other environments that are not Node.
import { createClient } from './client/engine.js';
import { browserPlatform } from './platform/browser/platform.js';

export * from './types.js';
export { AcgError } from './errors.js';
export { captionName, captionOf } from './client/caption.js';
export { BEGINNING_BYTES, beginsAsPicture, isNamedPicture } from './client/picture_kinds.js';

/**
 * Starts an engine in a worker of its own. It runs until `close()`.
 * @example const engine = await createEngine({ threads: 2 });
 * @throws {AcgError} BAD_ARGUMENT, UNSUPPORTED (no SIMD), NOT_FOUND (no engine file), NO_MEMORY, CANCELLED
 * @param {import('./types.js').EngineOptions} [options]
 */
export function createEngine(options) {
    return createClient(browserPlatform(), options);
}

/**
 * Opens an index of pictures: one SQLite file in the origin private file system. It is created if it does not exist.
 * @example const index = await createIndex({ engine });
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
