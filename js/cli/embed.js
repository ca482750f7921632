// acg2vec embed: vectors of pictures or sentences.
import { checkEmbedOptions } from '../options/embed.js';
import { readChoices } from './choices.js';
import { COMMON, writeLines, writePictureLines } from './lines.js';
import { asUsage, parse } from './usage.js';

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
const OPTIONS = {
    ...COMMON,
    text: { type: 'boolean' },
    model: { type: 'string' },
    normalize: { type: 'boolean' },
    clean: { type: 'string' },
};

/**
 * @param {string[]} args
 * @param {AbortSignal} signal
 * @returns {Promise<number>} exit status
 */
export async function embed(args, signal) {
    const { values, positionals: inputs } = parse(args, OPTIONS);
    const { text = false, model, normalize } = values;
    const clean = /** @type {import('../types.js').TextOptions['clean']} */ (values.clean);
    const { texts, images } = await readChoices();
    const options = /** @type {any} */ (asUsage(() => checkEmbedOptions({ model, normalize, clean }, text ? texts : images)));
    const lineOf = (/** @type {Float32Array} */ vector) => ({ model: options.model, dim: vector.length, vector });
    if (!text) {
        return writePictureLines(inputs, values, signal, async (engine, picture, call) => {
            const { vectors, warnings } = await engine.describe(picture, { ...call, embed: [options.model], normalize: options.normalize });
            return { ...lineOf(Object.values(vectors ?? {})[0]), warnings };
        });
    }
    return writeLines(inputs, values, signal, {
        what: 'at least one sentence',
        name: () => 'sentence',
        one: async (engine, sentence, call) => lineOf(await engine.embedText(sentence, { ...options, ...call })),
    });
}
