// A collection in PostgreSQL with pgvector 0.8 or later: a table with vectors as float16, an HNSW graph over them, and an index of tags.
import { GRAPH, searchWidth, unreachable } from './collection.js';

/**
 * @typedef {import('pg').Pool} Connections
 * @typedef {import('./collection.js').Collection} Collection
 * @typedef {import('./collection.js').Identity} Identity
 * @typedef {import('./collection.js').WholeRecord} WholeRecord
 * @typedef {import('./collection.js').Filter} Filter
 */

const CONNECTIONS = 8;
const CONNECT_MS = 5000;
const QUERY_MS = 30_000;
/** pgvector's limit of candidates. A search that needs more continues by an iterative scan. */
const MOST_WIDTH = 1000;
/** The key of the advisory lock for creating the table, so that two services do not create it at the same time. Any number will do. */
const LOCK = 0x61636732;

/**
 * @param {URL} url postgres://user:password@host:port/database?table=pictures, with the parameters of pg
 * @returns {Promise<Collection>}
 */
export async function openPostgres(url) {
    const { default: pg } = await import('pg');
    const address = new URL(url);
    const table = address.searchParams.get('table') ?? 'pictures';
    address.searchParams.delete('table');
    const pool = new pg.Pool({
        connectionString: String(address),
        max: CONNECTIONS,
        connectionTimeoutMillis: CONNECT_MS,
        query_timeout: QUERY_MS,
    });
    pool.on('error', () => {}); // an idle connection was lost: the next call opens another
    return new PostgresCollection(pool, table);
}

/** @implements {Collection} */
class PostgresCollection {
    #pool;
    #table;
    /** @type {Identity | undefined} */
    #identity;

    /**
     * @param {Connections} pool
     * @param {string} table
     */
    constructor(pool, table) {
        this.#pool = pool;
        this.#table = table;
    }

    async identity() {
        if (this.#identity) return this.#identity;
        const [{ comment }] = await this.#run("SELECT obj_description(to_regclass($1), 'pg_class') AS comment", [this.#table]);
        this.#identity = comment ? JSON.parse(comment) : undefined;
        return this.#identity;
    }

    /** @param {Identity} identity */
    async create(identity) {
        const table = this.#table;
        const comment = JSON.stringify(identity).replaceAll("'", "''");
        await this.#transaction([
            [`SELECT pg_advisory_xact_lock(${LOCK})`],
            ['CREATE EXTENSION IF NOT EXISTS vector'],
            [
                `CREATE TABLE IF NOT EXISTS ${table} (
                    sha256 text COLLATE "C" PRIMARY KEY,
                    path text NOT NULL,
                    bytes bigint NOT NULL,
                    width integer NOT NULL,
                    height integer NOT NULL,
                    tags jsonb NOT NULL,
                    tag_names text[] NOT NULL,
                    vector halfvec(${identity.dims}) NOT NULL
                )`,
            ],
            [
                `CREATE INDEX IF NOT EXISTS ${table}_by_vector ON ${table} USING hnsw (vector halfvec_cosine_ops)
                    WITH (m = ${GRAPH.edges}, ef_construction = ${GRAPH.candidates})`,
            ],
            [`CREATE INDEX IF NOT EXISTS ${table}_by_tag ON ${table} USING gin (tag_names)`],
            [
                `DO $$ BEGIN IF obj_description('${table}'::regclass, 'pg_class') IS NULL
                    THEN COMMENT ON TABLE ${table} IS '${comment}'; END IF; END $$`,
            ],
        ]);
    }

    /** @param {WholeRecord[]} records */
    async upsert(records) {
        const rows = records.map(({ vector, ...record }) => ({
            ...record,
            tag_names: record.tags.map(({ name }) => name),
            vector: textOf(vector),
        }));
        await this.#run(
            `INSERT INTO ${this.#table} (sha256, path, bytes, width, height, tags, tag_names, vector)
                SELECT sha256, path, bytes, width, height, tags, tag_names, vector::halfvec FROM json_to_recordset($1::json)
                    AS row (sha256 text, path text, bytes bigint, width integer, height integer, tags jsonb, tag_names text[], vector text)
                ON CONFLICT (sha256) DO UPDATE SET path = excluded.path, bytes = excluded.bytes, width = excluded.width,
                    height = excluded.height, tags = excluded.tags, tag_names = excluded.tag_names, vector = excluded.vector`,
            [JSON.stringify(rows)],
        );
    }

    /** @param {string[]} keys */
    async get(keys) {
        return (await this.#run(`SELECT * FROM ${this.#table} WHERE sha256 = ANY($1)`, [keys])).map(recordOf);
    }

    /**
     * @param {Float32Array} vector
     * @param {Filter} filter
     */
    async nearest(vector, { limit, tags, notTags, without }) {
        const rows = await this.#transaction([
            [`SET LOCAL hnsw.ef_search = ${Math.min(searchWidth(limit), MOST_WIDTH)}`],
            ["SET LOCAL hnsw.iterative_scan = 'strict_order'"],
            [
                `SELECT *, 1 - (vector <=> $1::halfvec) AS score FROM ${this.#table}
                    WHERE tag_names @> $2 AND NOT tag_names && $3 AND sha256 <> ALL($4) ORDER BY vector <=> $1::halfvec LIMIT $5`,
                [textOf(vector), tags, notTags, without, limit],
            ],
        ]);
        return rows.map((row) => ({ ...recordOf(row), score: row.score }));
    }

    /**
     * @param {string} after
     * @param {number} limit
     */
    async list(after, limit) {
        const columns = 'sha256, path, bytes, width, height';
        const rows = await this.#run(`SELECT ${columns} FROM ${this.#table} WHERE sha256 > $1 ORDER BY sha256 LIMIT $2`, [after, limit]);
        return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
    }

    async count() {
        const [{ count }] = await this.#run(`SELECT count(*) AS count FROM ${this.#table}`);
        return Number(count);
    }

    async check() {
        await this.#run('SELECT 1');
    }

    async close() {
        await this.#pool.end();
    }

    /**
     * @param {string} sql
     * @param {unknown[]} [values]
     * @returns {Promise<any[]>}
     */
    async #run(sql, values) {
        try {
            return (await this.#pool.query(sql, values)).rows;
        } catch (error) {
            throw this.#failure(error);
        }
    }

    /**
     * @param {[sql: string, values?: unknown[]][]} statements
     * @returns {Promise<any[]>} the rows of the last statement
     */
    async #transaction(statements) {
        /** @type {import('pg').PoolClient | undefined} */
        let client;
        try {
            client = await this.#pool.connect();
            await client.query('BEGIN');
            /** @type {any[]} */
            let rows = [];
            for (const [sql, values] of statements) ({ rows } = await client.query(sql, values));
            await client.query('COMMIT');
            client.release();
            return rows;
        } catch (error) {
            client?.release(true);
            throw this.#failure(error);
        }
    }

    /** The error to throw. Also forgets the identity: the table may have been removed or replaced. @param {unknown} error */
    #failure(error) {
        this.#identity = undefined;
        return unreachable(error);
    }
}

/** A vector in pgvector's text format. @param {Float32Array} vector */
const textOf = (vector) => `[${Array.from(vector, (value) => Number(value.toPrecision(9))).join(',')}]`;

/** @param {any} row @returns {WholeRecord} */
const recordOf = ({ sha256, path, bytes, width, height, tags, vector }) => ({
    sha256,
    path,
    bytes: Number(bytes),
    width,
    height,
    tags,
    vector: Float32Array.from(JSON.parse(vector)),
});
