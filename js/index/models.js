// The models of an index, each with its weights. Results of different weights are never compared. For each name, the row that was used last is
// current; the results of other rows are stale, and are computed again.
import { SCORE_MODEL, TAG_MODELS } from '../options/describe.js';
import { IMAGE_MODELS, LABEL_MODELS } from '../options/embed.js';
import { oneOf } from '../options/upscale.js';
import { badArgument } from '../errors.js';

/**
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('../client/picture_recorder.js').Wanted} Wanted
 * @typedef {import('../client/picture_recorder.js').Identity} Identity
 * @typedef {{ id: number, name: string, sha256: string, dims: number }} IndexModel
 */

/** The order in which models are preferred for a search, if the index has vectors of several. */
const PREFERENCE = ['dclip', 'clip-l14-336', 'clip-l14', 'clip-b16', 'clip-b32', 'illust2vec', 'illust2vec-style'];

/**
 * The models that a call of `add` wants.
 * @param {{ models?: unknown, tags?: unknown, scores?: unknown }} options
 * @param {IndexModel[]} known the models of the index: they are the default
 * @returns {Wanted[]}
 * @throws {AcgError} BAD_ARGUMENT
 */
export function wantedOf({ models, tags, scores }, known) {
    const has = (/** @type {string} */ name) => known.some((model) => model.name === name);
    if (models !== undefined && !Array.isArray(models)) throw badArgument('an array of models', 'models', models);
    for (const name of models ?? []) oneOf(IMAGE_MODELS, 'models', name);
    if (scores !== undefined && typeof scores !== 'boolean') throw badArgument('true or false', 'scores', scores);
    if (tags !== undefined && typeof tags !== 'boolean') oneOf(TAG_MODELS, 'tags', tags);
    const tagger = typeof tags === 'boolean' || tags === undefined ? (TAG_MODELS.find(has) ?? TAG_MODELS[0]) : /** @type {any} */ (tags);
    const wantsTags = tags === undefined ? has(tagger) : tags !== false;
    const wantsScores = scores ?? has(SCORE_MODEL);
    const vectors = models ?? IMAGE_MODELS.filter(has);
    const isNothing = vectors.length === 0 && !wantsTags && !wantsScores;
    return [
        ...(isNothing ? [PREFERENCE[0]] : [...new Set(vectors)]).map((name) => /** @type {Wanted} */ ({ name, kind: 'vector' })),
        ...(wantsTags ? [/** @type {Wanted} */ ({ name: tagger, kind: 'tags' })] : []),
        ...(wantsScores ? [/** @type {Wanted} */ ({ name: SCORE_MODEL, kind: 'scores' })] : []),
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
 * The rows of these models, which become the current ones of their names.
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
 * The model that answers a query.
 * @param {IndexModel[]} current
 * @param {{ model?: string, hasText: boolean }} query
 * @throws {AcgError} BAD_ARGUMENT
 */
export function searchModel(current, { model, hasText }) {
    const able = current.filter(({ name, dims }) => dims > 0 && (!hasText || LABEL_MODELS.some((each) => each === name)));
    if (model !== undefined) {
        const found = able.find(({ name }) => name === model);
        if (found) return found;
        throw badArgument(`a model that the index has vectors of (${able.map(({ name }) => name).join(', ') || 'none'})`, 'model', model);
    }
    return PREFERENCE.map((name) => able.find((each) => each.name === name)).find(Boolean);
}
