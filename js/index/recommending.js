// Recommends pictures to somebody who likes some and dislikes others. Groups liked pictures into interests and searches for each interest.
// Lowers the scores of pictures near disliked ones, and chooses results that differ from each other. After "Practical recommendation for
// illustrations" of ACG2vec (recSys4Pix): several interests instead of one mean, and a determinantal point process at the end.
import { Engine } from '../client/engine.js';
import { AcgError, badArgument } from '../errors.js';
import { fromHalf } from '../models/convert/floats.js';
import { cosine } from './likeness.js';
import { searchModel } from './models.js';
import { combine, halvesOf, listOf, vectorsOf } from './query.js';
import { candidatesFor, checkOptions, diversify, picturesOf, scoreExactly, withoutMarks } from './searching.js';
import { UNWANTED } from './vector_mirror.js';

/**
 * @typedef {import('../types.js').RecommendOptions} RecommendOptions
 * @typedef {import('../types.js').Recommended} Recommended
 * @typedef {import('./searching.js').SearchTools} SearchTools
 * @typedef {import('./models.js').IndexModel} IndexModel
 */

/**
 * @template {number | string} I
 * @typedef {{ id: I, score: number, vector: Uint16Array }} Candidate vector: float16
 */

/**
 * @template {number | string} I
 * @typedef {(query: Float32Array, count: number) => Promise<Candidate<I>[]>} Find gives the `count` pictures that are nearest
 *   to a vector; score: the cosine
 */

/** The minimal cosine between a liked picture and the mean of its interest. */
const INTEREST_COSINE = 0.8;
const MAX_INTERESTS = 8;
/** The weight of the similarity to disliked pictures; that to liked ones has weight 1. */
const DISLIKE_WEIGHT = 0.5;

/**
 * @param {SearchTools} tools
 * @param {IndexModel[]} current
 * @param {RecommendOptions} options
 * @returns {Promise<Recommended[]>}
 */
export async function recommend(tools, current, options) {
    const { limit } = checkOptions({ limit: options.limit });
    const model = searchModel(current, { choices: tools.choices, model: options.model, hasText: false });
    if (!model) throw new AcgError('BAD_ARGUMENT', 'Expected an index with vectors but it has none');
    const likes = await vectorsFor(tools, model, listOf(options.like), 'like');
    const dislikes = await vectorsFor(tools, model, listOf(options.unlike), 'unlike');
    if (likes.length === 0) throw badArgument('at least one picture', 'like', options.like);
    const without = new Set([...listOf(options.like), ...listOf(options.unlike)].filter((each) => typeof each === 'number'));
    const partOf = (/** @type {number} */ id) => (without.has(id) ? UNWANTED : 0);
    const find = async (/** @type {Float32Array} */ query, /** @type {number} */ count) => {
        const found = await tools.mirrorOf(model).search(query, count, partOf);
        return scoreExactly(tools, model, query, found.pictures);
    };
    const chosen = await choose({ vectors: tools.vectors, find }, likes, dislikes, limit);
    const interests = new Map(chosen.map(({ id, interest }) => [id, interest]));
    const pictures = await picturesOf(tools.database, chosen);
    return pictures.map((picture) => ({ ...withoutMarks(picture), interest: /** @type {number} */ (interests.get(picture.id)) }));
}

/**
 * Recommends pictures that another store has: `find` searches there.
 * @example await recommendFrom(engine, { like: [vector], limit: 10, find: async (query, count) => … });
 * @template {number | string} I
 * @param {import('../client/engine.js').Engine} engine
 * @param {import('../types.js').RecommendFromOptions<I>} options
 * @returns {Promise<{ id: I, score: number, interest: number }[]>} the best first; interest: its number
 * @throws {AcgError} BAD_ARGUMENT, INTERNAL
 */
export async function recommendFrom(engine, { like, unlike = [], limit: most, find }) {
    const { limit } = checkOptions({ limit: most });
    if (like.length === 0) throw badArgument('at least one vector', 'like', like);
    const { vectors } = Engine.partsOf(engine);
    const findHalves = async (/** @type {Float32Array} */ query, /** @type {number} */ count) => {
        const found = await find(query, count);
        const halves = found.length > 0 ? await vectors.store(found.map(({ vector }) => vector)) : [];
        return found.map(({ id, score }, i) => ({ id, score, vector: halvesOf(halves[i]) }));
    };
    const [likes, dislikes] = [like, unlike].map((given) => given.map((vector) => combine(like[0].length, [vector], [])));
    const chosen = await choose({ vectors, find: findHalves }, likes, dislikes, limit);
    return chosen.map(({ id, score, interest }) => ({ id, score, interest }));
}

/**
 * @template {number | string} I
 * @param {{ vectors: SearchTools['vectors'], find: Find<I> }} tools
 * @param {Float32Array[]} likes of length 1, at least one
 * @param {Float32Array[]} dislikes
 * @param {number} limit
 */
async function choose({ vectors, find }, likes, dislikes, limit) {
    const candidates = await candidatesOf(find, interestsOf(likes, likes[0].length), limit);
    for (const candidate of candidates.values()) {
        const vector = fromHalf(candidate.vector);
        candidate.score -= DISLIKE_WEIGHT * Math.max(0, ...dislikes.map((dislike) => cosine(dislike, vector)));
    }
    const best = [...candidates.values()].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, candidatesFor(limit));
    return diversify({ vectors }, best, limit);
}

/**
 * @param {SearchTools} tools
 * @param {IndexModel} model
 * @param {(number | Float32Array)[]} given ids or vectors
 * @param {string} name of the option
 */
async function vectorsFor({ database }, model, given, name) {
    const wrong = given.find((each) => each instanceof Float32Array && each.length !== model.dims);
    if (wrong) throw badArgument(`vectors of ${model.dims} values (${model.name})`, name, /** @type {Float32Array} */ (wrong).length);
    const ids = given.filter((each) => typeof each === 'number');
    const vectors = given.filter((each) => each instanceof Float32Array);
    const all = [...(await vectorsOf(database, model, ids, name)), ...vectors];
    const isOther = (/** @type {unknown} */ each) => typeof each !== 'number' && !(each instanceof Float32Array);
    if (all.length < given.length) throw badArgument('ids or vectors of pictures', name, given.find(isOther));
    return all.map((vector) => combine(model.dims, [vector], []));
}

/**
 * Groups vectors into interests; an interest is the mean of its vectors. Each vector joins the nearest interest if that is near enough, or
 * starts a new one. Then each vector is assigned once more to the nearest interest.
 * @param {Float32Array[]} likes of length 1
 * @param {number} dims
 * @returns {Float32Array[]}
 */
export function interestsOf(likes, dims) {
    /** @type {Float32Array[]} */
    let means = [];
    /** @type {Float32Array[][]} */
    let groups = [];
    for (const like of likes) {
        const { index, nearness } = nearest(means, like);
        if (index >= 0 && (nearness >= INTEREST_COSINE || means.length >= MAX_INTERESTS)) groups[index].push(like);
        else groups.push([like]);
        means = groups.map((group) => combine(dims, group, []));
    }
    groups = means.map(() => []);
    for (const like of likes) groups[nearest(means, like).index].push(like);
    return groups.filter((group) => group.length > 0).map((group) => combine(dims, group, []));
}

/**
 * @param {Float32Array[]} means
 * @param {Float32Array} vector
 */
function nearest(means, vector) {
    let [index, nearness] = [-1, -Infinity];
    for (const [i, mean] of means.entries()) {
        const found = cosine(mean, vector);
        if (found > nearness) [index, nearness] = [i, found];
    }
    return { index, nearness };
}

/**
 * The candidates of all interests, each with the interest for which its score is highest.
 * @template {number | string} I
 * @param {Find<I>} find
 * @param {Float32Array[]} interests
 * @param {number} limit
 */
async function candidatesOf(find, interests, limit) {
    /** @type {Map<I, Candidate<I> & { interest: number }>} */
    const candidates = new Map();
    for (const [interest, query] of interests.entries()) {
        for (const candidate of await find(query, candidatesFor(limit))) {
            const known = candidates.get(candidate.id);
            if (!known || known.score < candidate.score) candidates.set(candidate.id, { ...candidate, interest });
        }
    }
    return candidates;
}
