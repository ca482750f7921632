// The store in a collection of a database that several services share. Computes vectors with an engine of its own.
import { createHash } from 'node:crypto';
import { recommendFrom } from 'acg2vec';
import { Refusal } from '../http/refusal.js';
import { CLIP_MODELS } from '../models.js';
import { tagName } from './collection.js';

/**
 * @typedef {import('acg2vec').Engine} Engine
 * @typedef {import('./store.js').Store} Store
 * @typedef {import('./store.js').Call} Call
 * @typedef {import('./store.js').GivenPicture} GivenPicture
 * @typedef {import('./store.js').Kept} Kept
 * @typedef {import('./store.js').Narrowing} Narrowing
 * @typedef {import('./collection.js').Collection} Collection
 * @typedef {import('./collection.js').Identity} Identity
 * @typedef {import('./collection.js').WholeRecord} WholeRecord
 */

/** Codes of errors that would occur for all pictures. */
const HOPELESS = ['NOT_FOUND', 'BAD_MODEL', 'CANCELLED'];

/**
 * @param {Collection} collection
 * @param {{ startEngine: () => Promise<Engine>, tagger?: import('acg2vec').TagModel }} options
 * @returns {Promise<Store>}
 */
export async function openRemote(collection, { startEngine, tagger }) {
    return new RemoteStore(collection, await startEngine(), tagger);
}

/** @implements {Store} */
class RemoteStore {
    #collection;
    #engine;
    #tagger;

    /**
     * @param {Collection} collection
     * @param {Engine} engine
     * @param {import('acg2vec').TagModel} [tagger]
     */
    constructor(collection, engine, tagger) {
        this.#collection = collection;
        this.#engine = engine;
        this.#tagger = tagger;
    }

    /**
     * @param {GivenPicture[]} pictures
     * @param {Call} call
     */
    async add(pictures, call) {
        const keys = pictures.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'));
        const identity = await this.#collection.identity();
        const known = new Set(identity ? (await this.#collection.get([...new Set(keys)])).map(({ sha256 }) => sha256) : []);
        /** @type {Kept[]} */
        const kept = [];
        /** @type {WholeRecord[]} */
        const records = [];
        for (const [i, { name, bytes }] of pictures.entries()) {
            const id = keys[i];
            const isNew = !known.has(id);
            const error = isNew ? await this.#lookAt(bytes, id, records, call) : undefined;
            if (!error) known.add(id);
            kept.push(error ? { name, outcome: 'failed', error } : { name, id, outcome: isNew ? 'added' : 'unchanged' });
        }
        if (records.length > 0) await this.#collection.upsert(records);
        return kept;
    }

    /**
     * @param {string} text
     * @param {Narrowing} narrowing
     * @param {Call} call
     */
    async searchText(text, narrowing, { signal }) {
        const identity = await this.#collection.identity();
        if (!identity) return [];
        const model = /** @type {import('acg2vec').EmbedTextModel} */ (identity.model);
        return this.#find(await this.#engine.embedText(text, { model, normalize: true, signal }), narrowing);
    }

    /**
     * @param {Buffer} picture
     * @param {Narrowing} narrowing
     * @param {Call} call
     */
    async searchImage(picture, narrowing, call) {
        const identity = await this.#collection.identity();
        const { vector } = await this.#describe(picture, identity, call, false);
        return identity ? this.#find(vector, narrowing) : [];
    }

    /**
     * @param {string[]} like
     * @param {string[]} unlike
     * @param {{ limit: number }} narrowing
     */
    async recommend(like, unlike, { limit }) {
        const without = [...new Set([...like, ...unlike])];
        const known = new Map((await this.#get(without)).map((record) => [record.sha256, record]));
        const vectorOf = (/** @type {string} */ id) => {
            const record = known.get(id);
            if (!record) throw new Refusal(404, `There is no picture ${id}`);
            return record.vector;
        };
        const [likes, dislikes] = [like, unlike].map((ids) => ids.map(vectorOf));
        /** @type {Map<string, WholeRecord>} */
        const seen = new Map();
        const find = async (/** @type {Float32Array} */ query, /** @type {number} */ count) => {
            const found = await this.#collection.nearest(query, { limit: count, tags: [], notTags: [], without });
            for (const record of found) seen.set(record.sha256, record);
            return found.map(({ sha256, score, vector }) => ({ id: sha256, score, vector }));
        };
        const chosen = await recommendFrom(this.#engine, { like: likes, unlike: dislikes, limit, find });
        return chosen.map(({ id, score }) => ({ ...shown(/** @type {WholeRecord} */ (seen.get(id))), score }));
    }

    /** @param {string} id */
    async get(id) {
        const [record] = await this.#get([id]);
        return record && { ...listed(record), tags: record.tags };
    }

    /**
     * @param {string} after
     * @param {number} limit
     */
    async list(after, limit) {
        return (await this.#collection.identity()) ? (await this.#collection.list(after, limit)).map(listed) : [];
    }

    check() {
        return this.#collection.check();
    }

    async close() {
        await this.#collection.close();
        await this.#engine.close();
    }

    /** @param {string[]} ids */
    async #get(ids) {
        const keys = ids.filter((id) => /^[0-9a-f]{64}$/.test(id));
        return keys.length > 0 && (await this.#collection.identity()) ? this.#collection.get(keys) : [];
    }

    /**
     * @param {Float32Array} vector
     * @param {Narrowing} narrowing
     */
    async #find(vector, { limit, tags = [], notTags = [] }) {
        const filter = { limit, tags: tags.map(tagName), notTags: notTags.map(tagName), without: [] };
        const found = await this.#collection.nearest(vector, filter);
        return found.map((record) => ({ ...shown(record), score: record.score }));
    }

    /**
     * @param {Buffer} bytes
     * @param {string} sha256
     * @param {WholeRecord[]} records the new record is added to it
     * @param {Call} call
     * @returns {Promise<string | undefined>} the error, if the picture is broken
     */
    async #lookAt(bytes, sha256, records, call) {
        try {
            const identity = await this.#collection.identity();
            const { made, ...record } = await this.#describe(bytes, identity, call, true);
            if (!identity) await this.#collection.create(made);
            records.push({ ...record, sha256, path: `sha256:${sha256}`, bytes: bytes.length });
            return undefined;
        } catch (error) {
            const { code, message } = /** @type {any} */ (error);
            if (error instanceof Refusal || HOPELESS.includes(code) || call.signal.aborted) throw error;
            return message;
        }
    }

    /**
     * @param {Buffer} picture
     * @param {Identity | undefined} identity
     * @param {Call} call
     * @param {boolean} wantsTags
     */
    async #describe(picture, identity, call, wantsTags) {
        const model = identity?.model ?? CLIP_MODELS[0];
        const tagging = wantsTags && this.#tagger ? { tag: true, model: this.#tagger } : {};
        const {
            vectors,
            tags = [],
            facts,
        } = await this.#engine.describe(picture, {
            ...call,
            ...tagging,
            embed: [model],
            normalize: true,
            facts: true,
        });
        const { width, height, weights } = /** @type {import('acg2vec').Facts} */ (facts);
        const vector = /** @type {Float32Array} */ (vectors?.[model]);
        const made = { model, weights: weights[model] ?? '', dims: vector.length };
        if (identity) checkSame(identity, made);
        return { vector, tags, width, height, made };
    }
}

/**
 * @param {Identity} kept
 * @param {Identity} here
 */
function checkSame(kept, here) {
    const isOther = kept.weights !== '' && here.weights !== '' && kept.weights !== here.weights;
    if (isOther || kept.dims !== here.dims)
        throw new Refusal(503, `The vectors of the store were made with other weights of ${kept.model} than those that are here`);
}

/** @param {import('./collection.js').PictureRecord} record */
const shown = ({ sha256, path, width, height }) => ({ id: sha256, path, width, height });

/** @param {import('./collection.js').PictureRecord} record */
const listed = (record) => ({ ...shown(record), sha256: record.sha256, bytes: record.bytes });
