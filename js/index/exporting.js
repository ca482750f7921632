// Writes an index as a table for other programs: JSON lines, or Parquet with the columns of the service's store in Milvus
// (server/store/milvus.js). Writes in parts, so that the table need not fit into memory.
import { AcgError, badArgument } from '../errors.js';
import { fromHalf } from '../models/convert/floats.js';
import { searchModel } from './models.js';
import { halvesOfRows } from './query.js';

/**
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('./models.js').IndexModel} IndexModel
 * @typedef {{ id: number, path: string, sha256: string, bytes: number, width: number, height: number, vector: Float32Array, tags: string,
 *   tag_names: string[], facts: string }} Row tags: JSON; facts: the other data that an import needs, as JSON
 * @typedef {(bytes: Uint8Array<ArrayBuffer>) => void | Promise<void>} Sink
 */

export const FORMATS = ['parquet', 'jsonl', 'sqlite'];
const PART_ROWS = 2000;

/**
 * @param {{ database: Database, choices: import('../models/choices.js').Choices }} tools
 * @param {IndexModel[]} current
 * @param {{ format: string, model?: string }} options
 * @param {Sink} sink
 */
export async function exportIndex({ database, choices }, current, { format, model: name }, sink) {
    if (!FORMATS.includes(format)) throw badArgument(`one of ${FORMATS.join(', ')}`, 'format', format);
    if (format === 'sqlite') return sink(await database.bytes());
    const model = searchModel(current, { choices, model: name, hasText: false });
    if (!model) throw new AcgError('BAD_ARGUMENT', 'Expected an index with vectors but it has none');
    const parts = partsOf(database, model);
    await (format === 'parquet' ? writeParquet(parts, model, sink) : writeLines(parts, model, sink));
}

/**
 * @param {Database} database
 * @param {IndexModel} model
 * @returns {AsyncGenerator<Row[], void, void>}
 */
async function* partsOf(database, { id: model, dims }) {
    for (let last = 0; ; ) {
        const rows = await database.all(
            `SELECT id, path, sha256, bytes, width, height, (SELECT json_group_array(json_object('name', name, 'score', round(score, 6), 'category', category)) FROM
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
        yield rows.map((row, i) => {
            const vector = fromHalf(halves.subarray(i * dims, (i + 1) * dims));
            const names = JSON.parse(row.tags).map((/** @type {{ name: string }} */ tag) => tag.name);
            return /** @type {Row} */ ({ ...row, vector, tag_names: names });
        });
        last = rows[rows.length - 1].id;
    }
}

/**
 * @param {AsyncIterable<Row[]>} parts
 * @param {IndexModel} model
 * @param {Sink} sink
 */
async function writeLines(parts, { name, sha256 }, sink) {
    const encoder = new TextEncoder();
    for await (const rows of parts) {
        const lines = rows.map(({ id, path, vector, tags, facts }) => {
            const values = Array.from(vector, (value) => Number(value.toPrecision(9)));
            const picture = JSON.parse(facts);
            return `${JSON.stringify({ id, path, vector: values, tags, model: { name, sha256 }, picture })}\n`;
        });
        await sink(encoder.encode(lines.join('')));
    }
}

const REQUIRED = { repetition_type: 'REQUIRED' };
const integer = (/** @type {string} */ name) => ({ name, type: 'INT64', ...REQUIRED });
const text = (/** @type {string} */ name) => ({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', ...REQUIRED });
const list = (/** @type {string} */ name, /** @type {object} */ element) => [
    { name, num_children: 1, converted_type: 'LIST', ...REQUIRED },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    element,
];
const COLUMNS = ['id', 'path', 'sha256', 'bytes', 'width', 'height', 'vector', 'tags', 'tag_names'];
const SCHEMA = /** @type {import('hyparquet').SchemaElement[]} */ ([
    { name: 'root', num_children: COLUMNS.length },
    ...[integer('id'), text('path'), text('sha256'), integer('bytes'), integer('width'), integer('height')],
    ...list('vector', { name: 'element', type: 'FLOAT', ...REQUIRED }),
    text('tags'), // JSON
    ...list('tag_names', text('element')),
]);

/**
 * @param {AsyncIterable<Row[]>} parts
 * @param {IndexModel} model
 * @param {Sink} sink
 */
async function writeParquet(parts, { name, sha256 }, sink) {
    const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
    const writer = new ByteWriter();
    const take = async () => {
        const bytes = new Uint8Array(writer.getBuffer());
        writer.index = 0; // empties the buffer; the writer counts the bytes of the file in `offset`
        await sink(bytes);
    };
    const kvMetadata = [
        { key: 'model', value: name },
        { key: 'weights_sha256', value: sha256 },
    ];
    const parquet = new ParquetWriter({ writer, schema: SCHEMA, kvMetadata, createdBy: 'acg2vec' });
    for await (const rows of parts) {
        const columns = rows.map(({ id, bytes, width, height, vector, ...row }) => {
            const [key, size, x, y] = [id, bytes, width, height].map(BigInt);
            return { ...row, id: key, bytes: size, width: x, height: y, vector: Array.from(vector) };
        });
        const columnData = COLUMNS.map((name) => ({ name, data: columns.map((row) => /** @type {any} */ (row)[name]) }));
        await parquet.write({ columnData, rowGroupSize: PART_ROWS });
        await take();
    }
    await parquet.finish();
    await take();
}
