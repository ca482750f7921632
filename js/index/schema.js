// The tables of an index, and the migration of older indexes. docs/guide/search.md documents the tables for other programs.
import { AcgError } from '../errors.js';

/** @typedef {import('./database.js').Database} Database */

/** "acg2" in ASCII: marks the file as an index. */
export const APPLICATION_ID = 0x61636732;

/** Step i migrates version i to version i + 1. A released step is never changed. */
const STEPS = [
    [
        `CREATE TABLE models (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            dims INTEGER NOT NULL,
            used INTEGER NOT NULL,
            UNIQUE (name, sha256)
        ) STRICT`,
        // AUTOINCREMENT: the id of a removed picture is never used again
        `CREATE TABLE pictures (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            path TEXT NOT NULL UNIQUE,
            bytes INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            hash BLOB NOT NULL,
            mirrored BLOB NOT NULL,
            contrast REAL NOT NULL,
            added INTEGER NOT NULL
        ) STRICT`,
        'CREATE INDEX pictures_by_sha256 ON pictures (sha256)',
        `CREATE TABLE looks (
            picture INTEGER NOT NULL REFERENCES pictures ON DELETE CASCADE,
            model INTEGER NOT NULL REFERENCES models,
            PRIMARY KEY (picture, model)
        ) STRICT, WITHOUT ROWID`,
        `CREATE TABLE vectors (
            picture INTEGER NOT NULL REFERENCES pictures ON DELETE CASCADE,
            model INTEGER NOT NULL REFERENCES models,
            dtype TEXT NOT NULL CHECK (dtype = 'f16'),
            vector BLOB NOT NULL,
            PRIMARY KEY (model, picture)
        ) STRICT`,
        'CREATE INDEX vectors_by_picture ON vectors (picture)',
        `CREATE TABLE tag_names (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            category TEXT NOT NULL,
            UNIQUE (name, category)
        ) STRICT`,
        `CREATE TABLE tags (
            picture INTEGER NOT NULL REFERENCES pictures ON DELETE CASCADE,
            tag INTEGER NOT NULL REFERENCES tag_names,
            model INTEGER NOT NULL REFERENCES models,
            score REAL NOT NULL,
            PRIMARY KEY (tag, picture, model)
        ) STRICT, WITHOUT ROWID`,
        'CREATE INDEX tags_by_picture ON tags (picture)',
        `CREATE TABLE scores (
            picture INTEGER NOT NULL REFERENCES pictures ON DELETE CASCADE,
            model INTEGER NOT NULL REFERENCES models,
            head TEXT NOT NULL,
            label TEXT NOT NULL,
            expected REAL NOT NULL,
            PRIMARY KEY (picture, head)
        ) STRICT, WITHOUT ROWID`,
        `CREATE TABLE thumbnails (
            picture INTEGER PRIMARY KEY REFERENCES pictures ON DELETE CASCADE,
            webp BLOB NOT NULL
        ) STRICT`,
        `CREATE TABLE words (
            id INTEGER PRIMARY KEY,
            list TEXT NOT NULL,
            word TEXT NOT NULL,
            model TEXT NOT NULL,
            weights TEXT NOT NULL,
            vector BLOB NOT NULL,
            UNIQUE (list, word, model)
        ) STRICT`,
        `CREATE VIEW picture_tags AS
            SELECT pictures.path, tag_names.name AS tag, tag_names.category, tags.score, models.name AS model
            FROM tags JOIN pictures ON pictures.id = tags.picture JOIN tag_names ON tag_names.id = tags.tag
            JOIN models ON models.id = tags.model`,
    ],
];

/**
 * Checks that a database is an index that this program can read.
 * @param {Database} database
 * @param {string} name for messages
 * @param {'main' | 'imported'} schema `imported`: an older version is refused too
 * @returns {Promise<number>} the version of its tables
 * @throws {AcgError} UNSUPPORTED: it is newer than this program, or belongs to another program
 */
export async function checkOwner(database, name, schema) {
    const [{ application_id: owner }] = await database.all(`PRAGMA ${schema}.application_id`);
    const [{ user_version: version }] = await database.all(`PRAGMA ${schema}.user_version`);
    if (owner !== APPLICATION_ID)
        throw new AcgError('UNSUPPORTED', `Expected an index but ${name} is a database of another program`, {
            reason: 'INDEX_OF_ANOTHER_PROGRAM',
            values: { name },
        });
    if (version > STEPS.length)
        throw new AcgError(
            'UNSUPPORTED',
            `Expected an index of version ${STEPS.length} or older but ${name} has version ${version}: a newer acg2vec made it`,
            { reason: 'INDEX_NEWER', values: { name, version } },
        );
    if (schema === 'imported' && version < STEPS.length)
        throw new AcgError(
            'UNSUPPORTED',
            `The index ${name} has version ${version}. Open it once, which brings it up to date, and import it then`,
            { reason: 'IMPORT_OLDER', values: { name, version } },
        );
    return version;
}

/**
 * Creates the tables of a new index, or migrates an older one.
 * @param {Database} database
 * @param {string} name for messages
 * @throws {AcgError} UNSUPPORTED: it is newer than this program, or belongs to another program
 */
export async function openSchema(database, name) {
    const [{ count }] = await database.all('SELECT count(*) AS count FROM sqlite_schema');
    const [{ application_id: owner }] = await database.all('PRAGMA application_id');
    const version = owner === 0 && count === 0 ? 0 : await checkOwner(database, name, 'main');
    if (version === STEPS.length) return;
    const steps = STEPS.slice(version).flat();
    await database.write([
        ...steps.map((sql) => /** @type {[string]} */ ([sql])),
        [`PRAGMA application_id = ${APPLICATION_ID}`],
        [`PRAGMA user_version = ${STEPS.length}`],
    ]);
}
