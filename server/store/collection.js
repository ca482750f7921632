// The interface (types) of a collection of pictures in a database that several services share, and what its implementations for Milvus (milvus.js)
// and PostgreSQL (postgres.js) share: parameters of the HNSW graph, limits, names.
import { Refusal } from '../http/refusal.js';

/**
 * @typedef {import('acg2vec').Tag} Tag
 * @typedef {import('acg2vec').EmbedImageModel} EmbedImageModel
 *
 * @typedef {object} Identity the model of a collection's vectors; vectors of different models are never compared
 * @property {EmbedImageModel} model
 * @property {string} weights SHA-256 of the weights; '': unknown
 * @property {number} dims
 *
 * @typedef {object} PictureRecord
 * @property {string} sha256 of the picture's bytes, in hexadecimal; it is the key of the record
 * @property {string} path
 * @property {number} bytes
 * @property {number} width
 * @property {number} height
 *
 * @typedef {PictureRecord & { tags: Tag[], vector: Float32Array }} WholeRecord vector: of length 1
 * @typedef {{ limit: number, tags: string[], notTags: string[], without: string[] }} Filter tags: by name; without: keys
 *
 * @typedef {object} Collection all calls fail with a Refusal 503 while the database cannot be reached
 * @property {() => Promise<Identity | undefined>} identity undefined: there is no such collection yet
 * @property {(identity: Identity) => Promise<void>} create creates the collection, unless another service has just done so
 * @property {(records: WholeRecord[]) => Promise<void>} upsert
 * @property {(keys: string[]) => Promise<WholeRecord[]>} get existing records, in any order
 * @property {(vector: Float32Array, filter: Filter) => Promise<(WholeRecord & { score: number })[]>} nearest by cosine, the best first
 * @property {(after: string, limit: number) => Promise<PictureRecord[]>} list in the order of keys
 * @property {() => Promise<number>} count
 * @property {() => Promise<void>} check
 * @property {() => Promise<void>} close
 */

/** The HNSW graph: edges of each vector, and candidates that are kept while the graph is built. */
export const GRAPH = { edges: 16, candidates: 200 };

/** How many candidates a search keeps: more than its limit. @param {number} limit */
export const searchWidth = (limit) => Math.max(100, limit * 2);

/** The maximal number of tags of a picture, and of bytes of a tag's name. */
export const TAGS = { max: 1024, bytes: 256 };

/** A tag in the spelling of taggers: 'silver hair' becomes 'silver_hair'. @param {string} tag */
export const tagName = (tag) => tag.trim().replaceAll(' ', '_');

/** Whether it can be the name of a collection or a table. @param {string} name */
export const isName = (name) => /^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name);

/** The error of a database that cannot be reached. @param {unknown} error @returns {Refusal} */
export function unreachable(error) {
    if (error instanceof Refusal) return error;
    return new Refusal(503, 'The store cannot be reached: the log of the service says why', { cause: error });
}
