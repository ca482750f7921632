// Imports JSON lines that `export` has written. Each line is a picture with its vector, its tags and its other data.
import { AcgError, cancelled, sentence } from '../errors.js';
import { areFinite, toHalf } from '../models/convert/floats.js';
import { ProgressMeter } from '../shared/progress.js';

/**
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('./database.js').Statement} Statement
 * @typedef {import('../types.js').ImportResult} ImportResult
 * @typedef {{ name: string, sha256: string }} Weights
 * @typedef {{ path: string, vector: Uint8Array<ArrayBuffer>, dims: number, tags: import('../types.js').Tag[], model: Weights,
 *   picture: Record<string, any> & { taggers: Weights[] } }} Line
 */

/** How many lines are imported in one transaction. */
const PART = 100;
const HEX = /^[0-9a-f]+$/i;
const NUMBERS = ['bytes', 'modified', 'width', 'height', 'contrast', 'added'];

/**
 * @param {Database} database
 * @param {import('../shared/files.js').IndexedFile} file
 * @param {import('../types.js').CallOptions} options
 * @returns {Promise<ImportResult>}
 * @throws {AcgError} BAD_FORMAT with the number of the line: earlier lines stay imported
 */
export async function importLines(database, file, { signal, onProgress }) {
    const result = { added: 0, updated: 0, unchanged: 0 };
    const meter = new ProgressMeter('index', onProgress);
    /** @type {Line[]} */
    let part = [];
    let number = 0;
    for await (const { text, done } of linesOf(file)) {
        number++;
        if (signal?.aborted) throw cancelled(signal);
        if (text.trim() === '') continue;
        try {
            part.push(readLine(text));
        } catch (error) {
            await importPart(database, part, result);
            const why = sentence(error);
            throw new AcgError('BAD_FORMAT', `Line ${number} of ${file.path}: ${why}`, {
                cause: error,
                reason: 'IMPORT_LINE',
                values: { line: number, name: file.path, why },
            });
        }
        if (part.length < PART) continue;
        await importPart(database, part, result);
        part = [];
        meter.update(done, file.bytes);
    }
    await importPart(database, part, result);
    meter.update(file.bytes, file.bytes);
    return result;
}

/**
 * @param {import('../shared/files.js').IndexedFile} file
 * @returns {AsyncGenerator<{ text: string, done: number }, void, void>} done: bytes read so far
 */
async function* linesOf(file) {
    const decoder = new TextDecoder();
    let rest = '';
    let done = 0;
    for await (const piece of file.pieces()) {
        done += piece.byteLength;
        const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
        rest = /** @type {string} */ (lines.pop());
        for (const text of lines) yield { text, done };
    }
    yield { text: rest + decoder.decode(), done };
}

/**
 * @param {string} text
 * @returns {Line}
 * @throws {Error} whose message is a sentence
 */
function readLine(text) {
    const line = parse(text);
    const { path, vector, tags, model, picture } = line ?? {};
    if (typeof path !== 'string' || path === '' || !Array.isArray(vector)) throw new Error('Expected a path and a vector.');
    if (!isWeights(model) || typeof picture !== 'object' || picture === null)
        throw new Error('Expected a model and a picture: an older acg2vec has written it without them. Export it again.');
    const isWhole =
        NUMBERS.every((name) => Number.isFinite(picture[name])) &&
        ['sha256', 'hash', 'mirrored'].every((name) => picture[name]?.length === 64 && HEX.test(picture[name])) &&
        Array.isArray(picture.taggers) &&
        picture.taggers.every(isWeights);
    if (!isWhole) throw new Error('Expected the size, the time and the hashes of a picture.');
    const all = parse(tags);
    if (!Array.isArray(all) || !all.every(isTag)) throw new Error('Expected tags with names, scores and categories.');
    return { path, vector: storedVector(vector), dims: vector.length, tags: all, model, picture };
}

/** @param {unknown} text */
function parse(text) {
    try {
        return JSON.parse(/** @type {string} */ (text));
    } catch {
        throw new Error('Expected JSON.');
    }
}

/** @param {any} weights */
const isWeights = (weights) => typeof weights?.name === 'string' && typeof weights.sha256 === 'string';

/** @param {any} tag */
const isTag = (tag) => typeof tag?.name === 'string' && typeof tag.category === 'string' && Number.isFinite(tag.score);

/**
 * @param {unknown[]} vector
 * @returns {Uint8Array<ArrayBuffer>} float16
 */
function storedVector(vector) {
    const values = Float32Array.from(/** @type {number[]} */ (vector));
    const halves = new Uint16Array(values.length);
    const isSound = areFinite(values) && Math.abs(Math.hypot(...values) - 1) < 0.01 && toHalf(values, halves);
    if (!isSound || !vector.every((value) => typeof value === 'number'))
        throw new Error('Expected a vector of finite numbers and of length 1.');
    return new Uint8Array(halves.buffer);
}

/**
 * @param {Database} database
 * @param {Line[]} lines
 * @param {ImportResult} result its counts are increased
 */
async function importPart(database, lines, result) {
    if (lines.length === 0) return;
    const paths = JSON.stringify(lines.map(({ path }) => path));
    const rows = await database.all('SELECT path FROM pictures WHERE path IN (SELECT value FROM json_each(?))', [paths]);
    const known = new Set(rows.map(({ path }) => path));
    const statements = lines.map(statementsOf);
    const changes = await database.write(statements.flat());
    let at = 0;
    for (const [i, { path }] of lines.entries()) {
        const isChanged = changes.slice(at, (at += statements[i].length)).some((count, j) => count > 0 && isLook(statements[i][j]));
        if (!known.has(path)) result.added++;
        else if (isChanged) result.updated++;
        else result.unchanged++;
        known.add(path);
    }
}

/** @param {Statement} statement */
const isLook = ([sql]) => sql.startsWith('INSERT INTO looks');

/** The picture under this path, if it has the same bytes. */
const OURS = '(SELECT id FROM pictures WHERE path = ? AND sha256 = ?)';
const MODEL = '(SELECT id FROM models WHERE name = ? AND sha256 = ?)';

/**
 * Tags are imported only if the line names one tagger. If it names several, it does not say which tag is from which.
 * @param {Line} line
 * @returns {Statement[]}
 */
function statementsOf({ path, vector, dims, tags, model, picture }) {
    const { bytes, modified, sha256, width, height, hash, mirrored, contrast, added, taggers } = picture;
    const [tagger] = taggers.length === 1 ? taggers : [];
    return [
        ...[{ ...model, dims }, ...(tagger ? [{ ...tagger, dims: 0 }] : [])].map(modelStatement),
        [
            `INSERT OR IGNORE INTO pictures (path, bytes, modified, sha256, width, height, hash, mirrored, contrast, added)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
            [path, bytes, modified, sha256, width, height, bytesOf(hash), bytesOf(mirrored), Math.fround(contrast), added],
        ],
        lookStatement(path, sha256, model),
        [
            `INSERT OR IGNORE INTO vectors (picture, model, dtype, vector) SELECT picture, model, 'f16', ? FROM looks
                WHERE picture = ${OURS} AND model = ${MODEL} AND (SELECT dims FROM models WHERE id = model) = ?`,
            [vector, path, sha256, model.name, model.sha256, dims],
        ],
        ...(tagger ? tagStatements(path, sha256, tagger, tags) : []),
    ];
}

/**
 * If this index has the model with other weights, those stay current.
 * @param {Weights & { dims: number }} model
 * @returns {Statement}
 */
function modelStatement({ name, sha256, dims }) {
    return [
        'INSERT OR IGNORE INTO models (name, sha256, dims, used) VALUES (?, ?, ?, (SELECT coalesce(min(used), 1) - 1 FROM models))',
        [name, sha256, dims],
    ];
}

/**
 * @param {string} path
 * @param {string} sha256
 * @param {Weights} model
 * @returns {Statement}
 */
function lookStatement(path, sha256, { name, sha256: weights }) {
    return [
        `INSERT INTO looks (picture, model) SELECT ours.id, model.id FROM pictures AS ours JOIN models AS model
            WHERE ours.id = ${OURS} AND model.id = ${MODEL} AND NOT EXISTS (SELECT 1 FROM looks JOIN models AS other
            ON other.id = looks.model WHERE looks.picture = ours.id AND other.name = model.name)`,
        [path, sha256, name, weights],
    ];
}

/**
 * @param {string} path
 * @param {string} sha256
 * @param {Weights} tagger
 * @param {import('../types.js').Tag[]} tags
 * @returns {Statement[]}
 */
function tagStatements(path, sha256, tagger, tags) {
    return [
        lookStatement(path, sha256, tagger),
        ...tags.flatMap(
            ({ name, category, score }) =>
                /** @type {Statement[]} */ ([
                    ['INSERT OR IGNORE INTO tag_names (name, category) VALUES (?, ?)', [name, category]],
                    [
                        `INSERT OR IGNORE INTO tags (picture, tag, model, score)
                            SELECT picture, (SELECT id FROM tag_names WHERE name = ? AND category = ?), model, ? FROM looks
                            WHERE picture = ${OURS} AND model = ${MODEL}`,
                        [name, category, score, path, sha256, tagger.name, tagger.sha256],
                    ],
                ]),
        ),
    ];
}

/** @param {string} hex */
const bytesOf = (hex) => Uint8Array.from(/** @type {string[]} */ (hex.match(/../g)), (pair) => Number.parseInt(pair, 16));
