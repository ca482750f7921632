// acg2vec recommend: pictures of an index for somebody who likes some and dislikes others.
import { onePath } from '../platform/node/paths.js';
import { INDEX, withIndex } from './index_options.js';
import { readPicture } from './inputs.js';
import { Report } from './report.js';
import { number, parse, UsageError } from './usage.js';

/**
 * @typedef {import('../types.js').PictureIndex} PictureIndex
 * @typedef {import('../types.js').EmbedImageModel} EmbedImageModel
 */

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
const OPTIONS = {
    ...INDEX,
    like: { type: 'string', multiple: true },
    unlike: { type: 'string', multiple: true },
    top: { type: 'string' },
    model: { type: 'string' },
};

/**
 * @param {string[]} args
 * @param {AbortSignal} signal
 * @returns {Promise<number>} exit status
 */
export async function recommend(args, signal) {
    const { values, positionals } = parse(args, OPTIONS);
    const { like = [], unlike = [] } = values;
    // --like a.png b.png: further arguments belong to the last option, which the parser does not support
    if (positionals.length > 0) throw new UsageError(`Expected --like or --unlike before ${positionals.join(' ')}`);
    if (like.length === 0) throw new UsageError('Expected --like and a picture');
    const report = new Report(values);
    return withIndex(values, { create: false }, async (index, engine) => {
        const model = /** @type {EmbedImageModel | undefined} */ (values.model);
        const known = async (/** @type {string} */ path) => (await index.idOf(onePath(path))) ?? embed(path);
        const embed = async (/** @type {string} */ path) =>
            engine.embedImage(await readPicture(path, signal), { signal, model: model ?? (await index.searchModel()) });
        const found = await index.recommend({
            like: await Promise.all(like.map(known)),
            unlike: await Promise.all(unlike.map(known)),
            limit: /** @type {number | undefined} */ (number(values.top)),
            model,
        });
        for (const { path, score, ...picture } of found) {
            const facts = { path, score: Number(score.toPrecision(6)) };
            report.result(JSON.stringify(facts), { ...facts, ...picture });
        }
        return 0;
    });
}
