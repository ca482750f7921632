// A collection of pictures in a database that several services share: its interface for remote.js (types), and the parts that Milvus
// (milvus.js) and PostgreSQL (postgres.js) share: fields, parameters of the HNSW graph, names of tags.
import { Refusal } from '../http/refusal.js';

/**
 * @typedef {import('acg2vec').Tag} Tag
 * @typedef {import('acg2vec').EmbedImageModel} EmbedImageModel
 *
 * @typedef {object} Identity the model of a collection's vectors: vectors of other models are not compared with them
 * @property {EmbedImageModel} model
 * @property {string} weights their SHA-256; '': unknown
 * @property {number} dims
 *
 * @typedef {object} PictureRecord
 * @property {string} sha256 of the picture's bytes, in hexadecimal: its key
 * @property {string} path
 * @property {number} bytes
 * @property {number} width
 * @property {number} height
 *
 * @typedef {PictureRecord & { tags: Tag[], vector: Float32Array }} WholeRecord vector: of length 1
 * @typedef {{ limit: number, tags: string[], notTags: string[], without: string[] }} Filter tags: by name; without: keys
 *
 * @typedef {object} Collection all calls fail with a Refusal 503 where the database cannot be reached, and work again when it can
 * @property {() => Promise<Identity | undefined>} identity undefined: there is no such collection yet
 * @property {(identity: Identity) => Promise<void>} create creates it, unless another service has done so meanwhile
 * @property {(records: WholeRecord[]) => Promise<void>} upsert
 * @property {(keys: string[]) => Promise<WholeRecord[]>} get existing records, in any order
 * @property {(vector: Float32Array, filter: Filter) => Promise<(WholeRecord & { score: number })[]>} nearest by cosine, the best first
 * @property {(after: string, limit: number) => Promise<PictureRecord[]>} list by key
 * @property {() => Promise<number>} count
 * @property {() => Promise<void>} check
 * @property {() => Promise<void>} close
 */

/** The graph (HNSW): edges of a vector, and how many candidates are kept while it is built. */
export const GRAPH = { edges: 16, candidates: 200 };

/** How many candidates a search keeps: more than its limit. @param {number} limit */
export const searchWidth = (limit) => Math.max(100, limit * 2);

/** The maximum number of a picture's tags, and of the bytes of a name. */
export const TAGS = { max: 1024, bytes: 256 };

/** A tag in the form that taggers use: 'silver hair' is silver_hair. @param {string} tag */
export const tagName = (tag) => tag.trim().replaceAll(' ', '_');

/** Of a collection or a table. @param {string} name */
export const isName = (name) => /^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name);

/** @param {unknown} error @returns {Refusal} */
export function unreachable(error) {
    if (error instanceof Refusal) return error;
    return new Refusal(503, 'The store cannot be reached: the log of the service says why', { cause: error });
}
