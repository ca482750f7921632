// Writes an index as a table for other programs: Parquet with the columns that Milvus imports, or lines of JSON. In parts, so that it need
// not fit into memory.
import { AcgError, badArgument } from '../errors.js';
import { fromHalf } from '../models/convert/floats.js';
import { searchModel } from './models.js';
import { halvesOfRows } from './query.js';

/**
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('./models.js').IndexModel} IndexModel
 * @typedef {{ ids: number[], paths: string[], vectors: Float32Array[], tags: string[], facts: string[] }} Part facts: what an import needs
 *   beside the rest, as JSON
 * @typedef {(bytes: Uint8Array<ArrayBuffer>) => void | Promise<void>} Sink
 */

export const FORMATS = ['parquet', 'jsonl', 'sqlite'];
const PART_ROWS = 2000;

/**
 * @param {Database} database
 * @param {IndexModel[]} current
 * @param {{ format: string, model?: string }} options
 * @param {Sink} sink
 */
export async function exportIndex(database, current, { format, model: name }, sink) {
    if (!FORMATS.includes(format)) throw badArgument(`one of ${FORMATS.join(', ')}`, 'format', format);
    if (format === 'sqlite') return sink(await database.bytes());
    const model = searchModel(current, { model: name, hasText: false });
    if (!model) throw new AcgError('BAD_ARGUMENT', 'Expected an index with vectors but it has none');
    const parts = partsOf(database, model);
    await (format === 'parquet' ? writeParquet(parts, model, sink) : writeLines(parts, model, sink));
}

/**
 * @param {Database} database
 * @param {IndexModel} model
 * @returns {AsyncGenerator<Part, void, void>}
 */
async function* partsOf(database, { id: model, dims }) {
    for (let last = 0; ; ) {
        const rows = await database.all(
            `SELECT id, path, (SELECT json_group_array(json_object('name', name, 'score', round(score, 6), 'category', category)) FROM
                (SELECT name, score, category FROM tags JOIN tag_names ON tag_names.id = tags.tag WHERE picture = pictures.id
                    ORDER BY score DESC)) AS tags,
                json_object('bytes', bytes, 'modified', modified, 'sha256', sha256, 'width', width, 'height', height, 'hash', hex(hash),
                    'mirrored', hex(mirrored), 'contrast', contrast, 'added', added, 'taggers', (SELECT
                    json_group_array(json_object('name', name, 'sha256', sha256)) FROM models WHERE id IN
                    (SELECT model FROM tags WHERE picture = pictures.id))) AS facts
                FROM pictures JOIN vectors ON picture = pictures.id AND model = ? WHERE id > ? ORDER BY id LIMIT ?`,
            [model, last, PART_ROWS],
        );
        if (rows.length === 0) return;
        const packed = await database.packed(
            'SELECT picture, vector FROM vectors WHERE model = ? AND picture > ? ORDER BY picture LIMIT ?',
            [model, last, PART_ROWS],
        );
        const halves = halvesOfRows(packed, dims);
        yield {
            ids: rows.map(({ id }) => id),
            paths: rows.map(({ path }) => path),
            tags: rows.map(({ tags }) => tags),
            facts: rows.map(({ facts }) => facts),
            vectors: rows.map((_, i) => fromHalf(halves.subarray(i * dims, (i + 1) * dims))),
        };
        last = rows[rows.length - 1].id;
    }
}

/**
 * @param {AsyncIterable<Part>} parts
 * @param {IndexModel} model
 * @param {Sink} sink
 */
async function writeLines(parts, { name, sha256 }, sink) {
    const encoder = new TextEncoder();
    for await (const { ids, paths, vectors, tags, facts } of parts) {
        const lines = ids.map((id, i) => {
            const vector = Array.from(vectors[i], (value) => Number(value.toPrecision(9)));
            const picture = JSON.parse(facts[i]);
            return `${JSON.stringify({ id, path: paths[i], vector, tags: tags[i], model: { name, sha256 }, picture })}\n`;
        });
        await sink(encoder.encode(lines.join('')));
    }
}

/** id int64, path string, vector list<float32>, tags string (of JSON). */
const SCHEMA = /** @type {import('hyparquet').SchemaElement[]} */ ([
    { name: 'root', num_children: 4 },
    { name: 'id', type: 'INT64', repetition_type: 'REQUIRED' },
    { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
    { name: 'vector', repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
    { name: 'tags', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
]);

/**
 * @param {AsyncIterable<Part>} parts
 * @param {IndexModel} model
 * @param {Sink} sink
 */
async function writeParquet(parts, { name, sha256 }, sink) {
    const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
    const writer = new ByteWriter();
    const take = async () => {
        const bytes = new Uint8Array(writer.getBuffer());
        writer.index = 0; // what it counts the file's bytes with is `offset`
        await sink(bytes);
    };
    const kvMetadata = [
        { key: 'model', value: name },
        { key: 'weights_sha256', value: sha256 },
    ];
    const parquet = new ParquetWriter({ writer, schema: SCHEMA, kvMetadata, createdBy: 'acg2vec' });
    for await (const { ids, paths, vectors, tags } of parts) {
        await parquet.write({
            columnData: [
                { name: 'id', data: ids.map(BigInt) },
                { name: 'path', data: paths },
                { name: 'vector', data: vectors.map((vector) => Array.from(vector)) },
                { name: 'tags', data: tags },
            ],
            rowGroupSize: PART_ROWS,
        });
        await take();
    }
    await parquet.finish();
    await take();
}
