// A collection in Milvus, 2.3 or later. Its fields are the columns of `acg2vec index --export`, so that Milvus can import such files.
import { Refusal } from '../http/refusal.js';
import { GRAPH, searchWidth, TAGS, unreachable } from './collection.js';

/**
 * @typedef {import('@zilliz/milvus2-sdk-node').MilvusClient} Client
 * @typedef {import('./collection.js').Collection} Collection
 * @typedef {import('./collection.js').Identity} Identity
 * @typedef {import('./collection.js').WholeRecord} WholeRecord
 * @typedef {import('./collection.js').PictureRecord} PictureRecord
 * @typedef {import('./collection.js').Filter} Filter
 */

const CALL_MS = 20_000;
/** For queries that must see the last writes. Searches need not. */
const STRONG = { consistency_level: 'Strong' };
const BOUNDED = { consistency_level: 'Bounded' };
const BYTES = { path: 4096, tags: 65535 };
const FACTS = ['sha256', 'path', 'bytes', 'width', 'height'];
const WHOLE = [...FACTS, 'tags', 'vector'];
const IMPORT_POLL_MS = 500;
/** The property of a collection with its identity. */
const IDENTITY = 'acg2vec.identity';

/**
 * @param {URL} url milvus://user:password@host:port/collection?tls=true
 * @returns {Promise<MilvusCollection>}
 */
export async function openMilvus(url) {
    const { MilvusClient } = await import('@zilliz/milvus2-sdk-node');
    const [username, password] = [url.username, url.password].map(decodeURIComponent);
    const connect = () =>
        new MilvusClient({
            address: `${url.hostname}:${url.port || 19530}`,
            ssl: url.searchParams.get('tls') === 'true',
            ...(username && { username, password }),
            timeout: CALL_MS,
            logLevel: 'none',
        });
    return new MilvusCollection(connect, url.pathname.slice(1));
}

/** @implements {Collection} */
export class MilvusCollection {
    #connect;
    #name;
    /** @type {Promise<{ client: Client, identity?: Identity }> | undefined} */
    #opening;

    /**
     * @param {() => Client} connect
     * @param {string} name
     */
    constructor(connect, name) {
        this.#connect = connect;
        this.#name = name;
    }

    async identity() {
        return (await this.#open()).identity;
    }

    /** @param {Identity} identity */
    async create(identity) {
        const { client } = await this.#open();
        try {
            await this.#make(client, identity);
        } catch (error) {
            if (!/already exist|duplicate collection/.test(reasonOf(error))) throw unreachable(error);
        }
        await this.#forget();
        await this.#open();
    }

    /** @param {WholeRecord[]} records */
    async upsert(records) {
        const data = records.map(({ tags, vector, ...record }) => ({ ...record, id: 0, ...tagFields(tags), vector: Array.from(vector) }));
        await this.#ask('upsert', { data });
    }

    /** @param {string[]} keys */
    async get(keys) {
        const { data } = await this.#ask('query', { ...STRONG, filter: `sha256 in ${JSON.stringify(keys)}`, output_fields: WHOLE });
        return data.map(recordOf);
    }

    /**
     * @param {Float32Array} vector
     * @param {Filter} filter
     */
    async nearest(vector, { limit, ...filter }) {
        const { results } = await this.#ask('search', {
            ...BOUNDED,
            data: [Array.from(vector)],
            limit,
            filter: conditionOf(filter),
            params: { ef: searchWidth(limit) },
            output_fields: WHOLE,
        });
        return results.map((/** @type {any} */ row) => ({ ...recordOf(row), score: row.score }));
    }

    /**
     * Pages continue after a key, because Milvus's iterators and offsets lose rows that are written meanwhile.
     * @param {string} after
     * @param {number} limit
     */
    async list(after, limit) {
        const filter = `sha256 > ${JSON.stringify(after)}`;
        const { data } = await this.#ask('query', { ...STRONG, filter, limit, output_fields: FACTS });
        return data.map(factsOf).sort((/** @type {PictureRecord} */ a, /** @type {PictureRecord} */ b) => (a.sha256 < b.sha256 ? -1 : 1));
    }

    async count() {
        const { data } = await this.#ask('query', { ...STRONG, filter: '', output_fields: ['count(*)'] });
        return Number(data[0]['count(*)']);
    }

    async check() {
        await this.#open();
        const { isHealthy, reasons } = await this.#ask('checkHealth', {});
        if (!isHealthy) throw unreachable(new Error(`Milvus says that it is not well: ${reasons}`));
    }

    async close() {
        await this.#forget();
    }

    /**
     * Lets Milvus import a file that `acg2vec index --export` has written.
     * @param {string} path its path in Milvus' own storage
     * @param {AbortSignal} [signal]
     * @returns {Promise<number>} of rows
     */
    async importFile(path, signal) {
        const { tasks } = await this.#ask('bulkInsert', { files: [path] });
        if (!tasks?.length) throw new Error(`Milvus could not import ${path}: it has no bulk insert, as Milvus Lite`);
        for (;;) {
            signal?.throwIfAborted();
            const { state, row_count: rows, infos } = await this.#ask('getImportState', { task: tasks[0] });
            const reason = infos.find((/** @type {any} */ info) => info.key === 'failed_reason')?.value;
            if (state.startsWith('ImportFailed')) throw new Error(`Milvus could not import ${path}: ${reason}`);
            if (state === 'ImportCompleted') return Number(rows);
            await new Promise((resolve) => setTimeout(resolve, IMPORT_POLL_MS));
        }
    }

    #open() {
        this.#opening ??= this.#start().catch(async (error) => {
            this.#opening = undefined;
            throw unreachable(error);
        });
        return this.#opening;
    }

    async #start() {
        const client = this.#connect();
        try {
            await client.connectPromise;
            const name = { collection_name: this.#name };
            const { value } = checked(await client.hasCollection(name));
            if (!value) return { client };
            const identity = identityOf(checked(await client.describeCollection(name)));
            checked(await client.loadCollectionSync(name));
            return { client, identity };
        } catch (error) {
            await client.closeConnection().catch(() => {});
            throw error;
        }
    }

    /**
     * @param {Client} client
     * @param {Identity} identity
     */
    async #make(client, identity) {
        const { DataType } = await import('@zilliz/milvus2-sdk-node');
        const text = (/** @type {string} */ name, /** @type {number} */ length) => ({
            name,
            data_type: DataType.VarChar,
            max_length: length,
        });
        const name = { collection_name: this.#name };
        const fields = [
            { ...text('sha256', 64), is_primary_key: true },
            { name: 'id', data_type: DataType.Int64, description: 'in the index that it was exported from; 0: it was uploaded' },
            text('path', BYTES.path),
            ...['bytes', 'width', 'height'].map((each) => ({ name: each, data_type: DataType.Int64 })),
            { ...text('tags', BYTES.tags), description: 'JSON' },
            {
                name: 'tag_names',
                data_type: DataType.Array,
                element_type: DataType.VarChar,
                max_capacity: TAGS.max,
                max_length: TAGS.bytes,
            },
            { name: 'vector', data_type: DataType.FloatVector, dim: identity.dims },
        ];
        const description = JSON.stringify(identity);
        checked(await client.createCollection({ ...name, description, properties: { [IDENTITY]: description }, fields }));
        const params = { M: GRAPH.edges, efConstruction: GRAPH.candidates };
        checked(await client.createIndex({ ...name, field_name: 'vector', index_type: 'HNSW', metric_type: 'COSINE', params }));
    }

    /**
     * @param {'upsert' | 'query' | 'search' | 'checkHealth' | 'bulkInsert' | 'getImportState'} method
     * @param {object} request
     * @returns {Promise<any>}
     */
    async #ask(method, request) {
        const { client } = await this.#open();
        try {
            return checked(await /** @type {any} */ (client)[method]({ collection_name: this.#name, ...request }));
        } catch (error) {
            await this.#forget();
            throw unreachable(error);
        }
    }

    /** Disconnects; the next call connects again. */
    async #forget() {
        const opening = this.#opening;
        this.#opening = undefined;
        const open = await opening?.catch(() => undefined);
        await open?.client.closeConnection().catch(() => {});
    }
}

/**
 * Reads the identity from the description of the collection, or from its properties: Milvus Lite loses the description.
 * @param {any} collection
 * @returns {Identity}
 */
function identityOf({ collection_name: name, schema, properties }) {
    const property = properties?.find((/** @type {any} */ each) => each.key === IDENTITY)?.value;
    try {
        return JSON.parse(schema.description || property);
    } catch {
        throw new Refusal(503, `The collection ${name} of Milvus was not made by this service`);
    }
}

/**
 * Throws errors that Milvus reports in its answers.
 * @template T
 * @param {T} answer
 * @returns {T}
 */
function checked(answer) {
    const { error_code: code, reason } = /** @type {any} */ (answer).status ?? answer;
    if (code !== undefined && code !== 'Success' && code !== 0) throw new Error(`Milvus: ${reason || code}`);
    return answer;
}

/** @param {Omit<Filter, 'limit'>} filter */
function conditionOf({ tags, notTags, without }) {
    const conditions = [];
    if (tags.length > 0) conditions.push(`array_contains_all(tag_names, ${JSON.stringify(tags)})`);
    if (notTags.length > 0) conditions.push(`not array_contains_any(tag_names, ${JSON.stringify(notTags)})`);
    if (without.length > 0) conditions.push(`sha256 not in ${JSON.stringify(without)}`);
    return conditions.join(' and ');
}

/** Tags that do not fit are left out. @param {import('acg2vec').Tag[]} tags */
function tagFields(tags) {
    const fit = tags.filter(({ name }) => Buffer.byteLength(name) <= TAGS.bytes).slice(0, TAGS.max);
    while (Buffer.byteLength(JSON.stringify(fit)) > BYTES.tags) fit.pop();
    return { tags: JSON.stringify(fit), tag_names: fit.map(({ name }) => name) };
}

/** @param {any} row @returns {PictureRecord} */
const factsOf = ({ sha256, path, bytes, width, height }) => ({
    sha256,
    path,
    bytes: Number(bytes),
    width: Number(width),
    height: Number(height),
});

/** @param {any} row @returns {WholeRecord} */
const recordOf = ({ tags, vector, ...row }) => ({ ...factsOf(row), tags: JSON.parse(tags), vector: Float32Array.from(vector) });

/** The message of what the client throws: errors, and also answers of Milvus. @param {any} error */
const reasonOf = (error) => String(error.reason ?? error.message);
