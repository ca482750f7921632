// Makes the SQL statements that write the data of a picture.

/**
 * @typedef {import('./database.js').Statement} Statement
 * @typedef {import('./sources.js').IndexedFile} IndexedFile
 * @typedef {import('./models.js').IndexModel} IndexModel
 * @typedef {import('../client/picture_recorder.js').Look} Look
 *
 * @typedef {object} NewRecord
 * @property {IndexedFile} file
 * @property {string} sha256
 * @property {Omit<import('../client/picture_recorder.js').PictureRecord, 'looks'> & { looks: StoredLook[] }} record
 * @property {IndexModel[]} models of each look
 * @property {Uint8Array<ArrayBuffer>} [thumbnail]
 * @property {boolean} isNew true: the content is new, so all older data under this path are removed
 *
 * @typedef {Omit<Look, 'vector'> & { vector?: Uint8Array<ArrayBuffer> }} StoredLook with its vector in float16
 */

const COLUMNS = 'path, bytes, modified, sha256, width, height, hash, mirrored, contrast, added';
/** A picture that the index has already keeps its id and the time when it was added. */
const INSTEAD = `ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified = excluded.modified, sha256 = excluded.sha256,
    width = excluded.width, height = excluded.height, hash = excluded.hash, mirrored = excluded.mirrored, contrast = excluded.contrast`;
const PICTURE = '(SELECT id FROM pictures WHERE path = ?)';

/**
 * @param {NewRecord} record
 * @returns {Statement[]}
 */
export function recordStatements({ file, sha256, record, models, thumbnail, isNew }) {
    const { looks, ...facts } = record;
    return [
        ...(isNew ? forget(file.path) : []),
        pictureStatement(file, sha256, facts),
        ...looks.flatMap((look, i) => lookStatements(file.path, look, models[i])),
        ...(thumbnail
            ? [
                  /** @type {Statement} */ ([
                      `INSERT OR REPLACE INTO thumbnails (picture, webp) VALUES (${PICTURE}, ?)`,
                      [file.path, thumbnail],
                  ]),
              ]
            : []),
    ];
}

/**
 * Copies the data of a picture to a second one with the same bytes.
 * @param {number} twin the id of the first
 * @param {IndexedFile} file
 * @returns {Statement[]}
 */
export function copyStatements(twin, { path, bytes, modified }) {
    const copy = (/** @type {string} */ table, /** @type {string} */ columns) =>
        /** @type {Statement} */ ([
            `INSERT INTO ${table} (picture, ${columns}) SELECT ${PICTURE}, ${columns} FROM ${table} WHERE picture = ?`,
            [path, twin],
        ]);
    return [
        ...forget(path),
        [
            `INSERT INTO pictures (${COLUMNS})
                SELECT ?, ?, ?, sha256, width, height, hash, mirrored, contrast, ? FROM pictures WHERE id = ? ${INSTEAD}`,
            [path, bytes, modified, Date.now(), twin],
        ],
        copy('looks', 'model'),
        copy('vectors', 'model, dtype, vector'),
        copy('tags', 'tag, model, score'),
        copy('scores', 'model, head, label, expected'),
        copy('thumbnails', 'webp'),
    ];
}

/**
 * Removes the data of the picture under this path. Its row and its id stay.
 * @param {string} path
 * @returns {Statement[]}
 */
function forget(path) {
    return ['looks', 'vectors', 'tags', 'scores', 'thumbnails'].map((table) => [`DELETE FROM ${table} WHERE picture = ${PICTURE}`, [path]]);
}

/**
 * @param {IndexedFile} file
 * @param {string} sha256
 * @param {import('../shared/protocol.js').PictureFacts} facts
 * @returns {Statement}
 */
function pictureStatement({ path, bytes, modified }, sha256, { width, height, hash, mirrored, contrast }) {
    return [
        `INSERT INTO pictures (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ${INSTEAD}`,
        [path, bytes, modified, sha256, width, height, blob(hash), blob(mirrored), contrast, Date.now()],
    ];
}

/** @param {Uint8Array} bytes */
const blob = (bytes) => new Uint8Array(bytes);

/**
 * Writes a model's results, and removes results of the same model, also those of other weights.
 * @param {string} path
 * @param {StoredLook} look
 * @param {IndexModel} model
 * @returns {Statement[]}
 */
function lookStatements(path, { vector, tags = [], scores }, { id, name }) {
    const others = `picture = ${PICTURE} AND model IN (SELECT id FROM models WHERE name = ?)`;
    return [
        ...['looks', 'vectors', 'tags', 'scores'].map(
            (table) => /** @type {Statement} */ ([`DELETE FROM ${table} WHERE ${others}`, [path, name]]),
        ),
        [`INSERT INTO looks (picture, model) VALUES (${PICTURE}, ?)`, [path, id]],
        ...(vector
            ? [
                  /** @type {Statement} */ ([
                      `INSERT INTO vectors (picture, model, dtype, vector) VALUES (${PICTURE}, ?, 'f16', ?)`,
                      [path, id, vector],
                  ]),
              ]
            : []),
        ...tags.flatMap((tag) => tagStatements(path, tag, id)),
        ...Object.entries(scores ?? {}).map(
            ([head, { label, expected }]) =>
                /** @type {Statement} */ ([
                    `INSERT INTO scores (picture, model, head, label, expected) VALUES (${PICTURE}, ?, ?, ?, ?)`,
                    [path, id, head, label, expected],
                ]),
        ),
    ];
}

/**
 * @param {string} path
 * @param {import('../types.js').Tag} tag
 * @param {number} model
 * @returns {Statement[]}
 */
function tagStatements(path, { name, category, score }, model) {
    return [
        ['INSERT OR IGNORE INTO tag_names (name, category) VALUES (?, ?)', [name, category]],
        [
            `INSERT INTO tags (picture, tag, model, score)
                VALUES (${PICTURE}, (SELECT id FROM tag_names WHERE name = ? AND category = ?), ?, ?)`,
            [path, name, category, model, score],
        ],
    ];
}
