// The store in one SQLite file: the package's index, with an engine of its own.
import { createHash } from 'node:crypto';
import { Refusal } from '../http/refusal.js';
import { CLIP_MODELS } from '../models.js';

/**
 * @typedef {import('acg2vec').Engine} Engine
 * @typedef {import('acg2vec').PictureIndex} PictureIndex
 * @typedef {import('./store.js').Store} Store
 * @typedef {import('./store.js').Found} Found
 * @typedef {(options: { engine: Engine, location: string }) => Promise<PictureIndex>} OpenIndex
 */

/**
 * @param {string} location of the file; it is created if it does not exist
 * @param {{ startEngine: () => Promise<Engine>, openIndex: OpenIndex, tagger?: import('acg2vec').TagModel }} options
 * @returns {Promise<Store>}
 */
export async function openEmbedded(location, { startEngine, openIndex, tagger }) {
    const engine = await startEngine();
    try {
        return storeOf(await openIndex({ engine, location }), engine, tagger);
    } catch (error) {
        await engine.close();
        throw error;
    }
}

/**
 * @param {PictureIndex} index
 * @param {Engine} engine
 * @param {import('acg2vec').TagModel} [tagger] default: that of the index
 * @returns {Store}
 */
function storeOf(index, engine, tagger) {
    return {
        async add(pictures, call) {
            const kept = [];
            for (const { name, bytes } of pictures) {
                const path = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
                const source = { path, blob: new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]), modified: 0 };
                let [outcome, error] = /** @type {[string, string | undefined]} */ (['unchanged', undefined]);
                const onOutcome = (/** @type {import('acg2vec').Outcome} */ result) =>
                    ([outcome, error] = [result.outcome, result.error?.message]);
                await index.add([source], { ...call, ...(tagger && { models: [CLIP_MODELS[0]], tags: tagger }), onOutcome });
                const id = await index.idOf(path);
                kept.push({ name, ...(id !== undefined && { id: String(id) }), outcome, ...(error && { error }) });
            }
            return kept;
        },
        searchText: async (text, narrowing, { signal }) => toFound(await index.search({ text, minScore: 'off', ...narrowing, signal })),
        searchImage: async (image, narrowing, { signal }) => toFound(await index.search({ image, minScore: 'off', ...narrowing, signal })),
        async recommend(like, unlike, { limit }) {
            for (const id of [...like, ...unlike])
                if (!(await index.get(numberOf(id)))) throw new Refusal(404, `There is no picture ${id}`);
            return toFound(await index.recommend({ like: like.map(numberOf), unlike: unlike.map(numberOf), limit }));
        },
        async get(id) {
            const picture = await index.get(numberOf(id));
            return picture && { ...picture, id: String(picture.id) };
        },
        async list(after, limit) {
            const pictures = await index.list({ after: after === '' ? 0 : numberOf(after), limit });
            return pictures.map(({ id, path, width, height, sha256, bytes }) => ({ id: String(id), path, width, height, sha256, bytes }));
        },
        async check() {
            await index.stats();
        },
        async close() {
            await index.close();
            await engine.close();
        },
    };
}

/** @param {import('acg2vec').FoundPicture[]} found @returns {Found[]} */
const toFound = (found) => found.map(({ id, path, score, width, height }) => ({ id: String(id), path, score, width, height }));

/** @param {string} id */
function numberOf(id) {
    const number = Number(id);
    if (!Number.isSafeInteger(number) || number < 1) throw new Refusal(404, `There is no picture ${id}`);
    return number;
}
