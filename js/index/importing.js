// Imports another index, or JSON lines that `export` has written. Existing data are not changed. For a picture that this index has under the
// same path with the same bytes, only missing data are imported.
import { AcgError, badArgument, cancelled } from '../errors.js';
import { ProgressMeter } from '../shared/progress.js';
import { importLines } from './importing_lines.js';
import { halvesOf } from './query.js';
import { checkOwner } from './schema.js';

/**
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('./database.js').Statement} Statement
 * @typedef {import('../shared/files.js').IndexedFile} IndexedFile
 * @typedef {import('../types.js').ImportResult} ImportResult
 * @typedef {import('../types.js').CallOptions} CallOptions
 */

const SQLITE = 'SQLite format 3\0';
/** How many pictures are imported in one transaction. */
const PART = 200;

/**
 * @param {Database} database
 * @param {IndexedFile} file
 * @param {string | Blob} source of the file: its path, or the file itself
 * @param {CallOptions} options
 * @returns {Promise<ImportResult>}
 * @throws {AcgError} BAD_FORMAT, UNSUPPORTED: it is no index that can be imported; UNREADABLE, NO_MEMORY, CANCELLED: imported pictures are kept
 */
export async function importIndex(database, file, source, options) {
    const beginning = new TextDecoder('latin1').decode(await file.beginning(SQLITE.length));
    if (/^\s*\{/.test(beginning)) return importLines(database, file, options);
    if (beginning !== SQLITE)
        throw new AcgError('BAD_FORMAT', `Expected an index, or lines of JSON that acg2vec has exported, but ${file.path} is neither`, {
            reason: 'IMPORT_OTHER_FILE',
            values: { name: file.path },
        });
    await refuseDamaged(file.path, database.attach(source));
    try {
        await refuseDamaged(file.path, checkOwner(database, file.path, 'imported'));
        await refuseDamaged(file.path, checkPages(database));
        return await importAll(database, options);
    } finally {
        await database.detach();
    }
}

/**
 * Waits for `work`. If SQLite says that the file is damaged, throws an error that names the imported file.
 * @template T
 * @param {string} name
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
async function refuseDamaged(name, work) {
    try {
        return await work;
    } catch (error) {
        if (!(error instanceof AcgError) || error.code !== 'BAD_FORMAT') throw error;
        throw new AcgError('BAD_FORMAT', `Expected an index but ${name} is damaged, or only a part of one`, {
            cause: error,
            reason: 'IMPORT_DAMAGED',
            values: { name },
        });
    }
}

/** @param {Database} database */
async function checkPages(database) {
    const [row] = await database.all('PRAGMA imported.quick_check(1)');
    if (Object.values(row)[0] !== 'ok') throw new AcgError('BAD_FORMAT', Object.values(row)[0]);
}

/**
 * @param {Database} database
 * @param {CallOptions} options
 * @returns {Promise<ImportResult>}
 */
async function importAll(database, { signal, onProgress }) {
    const [{ total }] = await database.all('SELECT count(*) AS total FROM imported.pictures');
    const result = { added: 0, updated: 0, unchanged: 0 };
    const meter = new ProgressMeter('index', onProgress);
    await database.write(COMMON);
    for (let last = 0, done = 0; ; ) {
        meter.update(done, total);
        if (signal?.aborted) throw cancelled(signal);
        const rows = await database.all('SELECT id FROM imported.pictures WHERE id > ? ORDER BY id LIMIT ?', [last, PART]);
        if (rows.length === 0) break;
        const next = rows[rows.length - 1].id;
        const [added, updated] = await importPart(database, last, next);
        result.added += added;
        result.updated += updated;
        result.unchanged += rows.length - added - updated;
        last = next;
        done += rows.length;
    }
    await database.write([WORDS]);
    return result;
}

/**
 * @param {Database} database
 * @param {number} after
 * @param {number} to the last id of the part
 */
async function importPart(database, after, to) {
    await checkVectors(database, after, to);
    const [{ known }] = await database.all('SELECT coalesce(max(id), 0) AS known FROM pictures');
    await database.write([
        ['DROP TABLE IF EXISTS temp.taken'],
        [TAKEN],
        [ADD, [after, to]],
        [MATCH, [after, to]],
        ...LOOKS,
        [THUMBNAILS, [after, to]],
    ]);
    const [counts] = await database.all(
        `SELECT (SELECT count(*) FROM pictures WHERE id > ?1) AS added,
            (SELECT count(DISTINCT picture) FROM temp.taken WHERE picture <= ?1) AS updated`,
        [known],
    );
    return [counts.added, counts.updated];
}

/**
 * Refuses invalid vectors, because they would make every search wrong.
 * @param {Database} database
 * @param {number} after
 * @param {number} to
 */
async function checkVectors(database, after, to) {
    const models = await database.all('SELECT id, name, dims FROM imported.models WHERE dims > 0');
    for (const { id, name, dims } of models) {
        const { numbers, blobs, ends } = await database.packed(
            'SELECT picture, vector FROM imported.vectors WHERE model = ? AND picture > ? AND picture <= ?',
            [id, after, to],
        );
        for (const [i, picture] of numbers.entries()) {
            const vector = blobs.subarray(i === 0 ? 0 : ends[i - 1], ends[i]);
            if (isVector(vector, dims)) continue;
            throw new AcgError(
                'BAD_FORMAT',
                `Expected ${dims} finite numbers, not all zero, as the vector of picture ${picture} by ${name}`,
                { reason: 'IMPORT_DAMAGED', values: { name } },
            );
        }
    }
}

/**
 * @param {Uint8Array} bytes float16
 * @param {number} dims
 */
export function isVector(bytes, dims) {
    if (bytes.byteLength !== dims * 2) return false;
    const halves = halvesOf(bytes);
    return halves.some((half) => half & 0x7fff) && halves.every((half) => (half & 0x7c00) !== 0x7c00);
}

/** Imported models count as used earlier: if this index has a model with other weights, those stay current. @type {Statement[]} */
const COMMON = [
    [
        `INSERT OR IGNORE INTO models (name, sha256, dims, used) SELECT name, sha256, dims, used + (SELECT coalesce(min(used), 1) FROM models)
            - 1 - (SELECT max(used) FROM imported.models) FROM imported.models ORDER BY used`,
    ],
    ['INSERT OR IGNORE INTO tag_names (name, category) SELECT name, category FROM imported.tag_names'],
];

/** @type {Statement} */
const WORDS = [
    'INSERT OR IGNORE INTO words (list, word, model, weights, vector) SELECT list, word, model, weights, vector FROM imported.words',
];

const ADD = `INSERT INTO pictures (path, bytes, modified, sha256, width, height, hash, mirrored, contrast, added)
    SELECT path, bytes, modified, sha256, width, height, hash, mirrored, contrast, added FROM imported.pictures AS theirs
    WHERE id > ? AND id <= ? AND NOT EXISTS (SELECT 1 FROM main.pictures WHERE path = theirs.path) ORDER BY id`;

/** The results to import: ids of picture and model in this index and in the other one. */
const TAKEN = 'CREATE TEMP TABLE taken (picture INTEGER, model INTEGER, their_picture INTEGER, their_model INTEGER)';

const MATCH = `INSERT INTO temp.taken SELECT ours.id, model.id, theirs.id, their_model.id FROM imported.pictures AS theirs
    JOIN main.pictures AS ours ON ours.path = theirs.path AND ours.sha256 = theirs.sha256
    JOIN imported.looks AS look ON look.picture = theirs.id JOIN imported.models AS their_model ON their_model.id = look.model
    JOIN main.models AS model ON model.name = their_model.name AND model.sha256 = their_model.sha256
    WHERE theirs.id > ? AND theirs.id <= ? AND NOT EXISTS (SELECT 1 FROM main.looks JOIN main.models AS other ON other.id = looks.model
        WHERE looks.picture = ours.id AND other.name = model.name)`;

const FROM_TAKEN = 'FROM temp.taken JOIN imported.';
const THEIRS = 'AS their ON their.picture = their_picture AND their.model = their_model';
/** @type {Statement[]} */
const LOOKS = [
    ['INSERT INTO looks (picture, model) SELECT picture, model FROM temp.taken'],
    [
        `INSERT INTO vectors (picture, model, dtype, vector) SELECT taken.picture, taken.model, their.dtype, their.vector
            ${FROM_TAKEN}vectors ${THEIRS}`,
    ],
    [
        `INSERT INTO tags (picture, tag, model, score) SELECT taken.picture, name.id, taken.model, their.score
            ${FROM_TAKEN}tags ${THEIRS} JOIN imported.tag_names AS their_name ON their_name.id = their.tag
            JOIN main.tag_names AS name ON name.name = their_name.name AND name.category = their_name.category`,
    ],
    [
        `INSERT OR IGNORE INTO scores (picture, model, head, label, expected)
            SELECT taken.picture, taken.model, their.head, their.label, their.expected ${FROM_TAKEN}scores ${THEIRS}`,
    ],
];

const THUMBNAILS = `INSERT OR IGNORE INTO thumbnails (picture, webp) SELECT ours.id, webp FROM imported.thumbnails AS their
    JOIN imported.pictures AS theirs ON theirs.id = their.picture
    JOIN main.pictures AS ours ON ours.path = theirs.path AND ours.sha256 = theirs.sha256 WHERE theirs.id > ? AND theirs.id <= ?`;

/**
 * @param {unknown} source
 * @throws {AcgError} BAD_ARGUMENT
 */
export function checkSource(source) {
    if (typeof source === 'string' || source instanceof URL || source instanceof Blob) return;
    throw badArgument('a path or a File', 'source', source);
}
