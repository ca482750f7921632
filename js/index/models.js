// The models of an index: one row for each name and SHA-256 of weights. Results of different weights are never compared. For each name, the row
// that was used last is current. Results of the other rows are stale and are computed again.
import { oneOf } from '../options/upscale.js';
import { badArgument } from '../errors.js';

/**
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('../client/picture_recorder.js').Wanted} Wanted
 * @typedef {import('../client/picture_recorder.js').Identity} Identity
 * @typedef {import('../models/choices.js').Choices} Choices
 * @typedef {{ id: number, name: string, sha256: string, dims: number }} IndexModel
 */

/**
 * The models that a call of `add` wants.
 * @param {{ models?: unknown, tags?: unknown, scores?: unknown }} options
 * @param {IndexModel[]} known the models of the index: they are the default
 * @param {Choices} choices the models that there are
 * @returns {Wanted[]}
 * @throws {AcgError} BAD_ARGUMENT
 */
export function wantedOf({ models, tags, scores }, known, { images, taggers, scorer }) {
    const has = (/** @type {string} */ name) => known.some((model) => model.name === name);
    if (models !== undefined && !Array.isArray(models)) throw badArgument('an array of models', 'models', models);
    for (const name of models ?? []) oneOf(images, 'models', name);
    if (scores !== undefined && typeof scores !== 'boolean') throw badArgument('true or false', 'scores', scores);
    const names = [...taggers.keys()];
    if (tags !== undefined && typeof tags !== 'boolean') oneOf(names, 'tags', tags);
    const tagger = typeof tags === 'boolean' || tags === undefined ? (names.find(has) ?? names[0]) : /** @type {any} */ (tags);
    const wantsTags = tags === undefined ? has(tagger) : tags !== false;
    const wantsScores = scores ?? has(scorer);
    const vectors = models ?? images.filter(has);
    const isNothing = vectors.length === 0 && !wantsTags && !wantsScores;
    return [
        ...(isNothing ? [images[0]] : [...new Set(vectors)]).map((name) => /** @type {Wanted} */ ({ name, kind: 'vector' })),
        ...(wantsTags ? [/** @type {Wanted} */ ({ name: tagger, kind: 'tags' })] : []),
        ...(wantsScores ? [/** @type {Wanted} */ ({ name: scorer, kind: 'scores' })] : []),
    ];
}

/**
 * The current row of each name.
 * @param {Database} database
 * @returns {Promise<IndexModel[]>}
 */
export async function currentModels(database) {
    const rows = await database.all(
        'SELECT id, name, sha256, dims FROM models AS one WHERE used = (SELECT max(used) FROM models WHERE name = one.name) ORDER BY name',
    );
    return /** @type {any[]} */ (rows);
}

/**
 * Makes these models the current ones of their names, and gives their rows.
 * @param {Database} database
 * @param {Identity[]} identities
 * @returns {Promise<IndexModel[]>} in the same order
 */
export async function registerModels(database, identities) {
    await database.write(
        identities.map(({ name, sha256, dims }) => [
            `INSERT INTO models (name, sha256, dims, used) VALUES (?, ?, ?, (SELECT coalesce(max(used), 0) + 1 FROM models))
                ON CONFLICT (name, sha256) DO UPDATE SET used = excluded.used`,
            [name, sha256, dims],
        ]),
    );
    const current = await currentModels(database);
    return identities.map(({ name }) => /** @type {IndexModel} */ (current.find((model) => model.name === name)));
}

/**
 * The model that answers a query. If the index has vectors of several: the default model; else the largest that also takes texts (the
 * manifest has them from small to large); else the first of the others.
 * @param {IndexModel[]} current
 * @param {{ choices: Choices, model?: string, hasText: boolean }} query
 * @throws {AcgError} BAD_ARGUMENT
 */
export function searchModel(current, { choices: { images, labels }, model, hasText }) {
    const able = current.filter(({ name, dims }) => dims > 0 && (!hasText || labels.some((each) => each === name)));
    if (model !== undefined) {
        const found = able.find(({ name }) => name === model);
        if (found) return found;
        throw badArgument(`a model that the index has vectors of (${able.map(({ name }) => name).join(', ') || 'none'})`, 'model', model);
    }
    const preferred = [images[0], ...[...labels].reverse(), ...images];
    return preferred.map((name) => able.find((each) => each.name === name)).find(Boolean);
}
