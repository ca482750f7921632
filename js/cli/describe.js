// acg2vec score, tag and classify: scores, tags and labels of pictures.
import { checkDescribeOptions } from '../options/describe.js';
import { CAPTION, readCaption, writeCaptions } from './captions.js';
import { findNamed } from './folders.js';
import { checkEmbedOptions } from '../options/embed.js';
import { readChoices } from './choices.js';
import { COMMON, writePictureLines } from './lines.js';
import { asUsage, number, parse, UsageError } from './usage.js';

/**
 * @typedef {(args: string[], signal: AbortSignal) => Promise<number>} Command it gives the exit status
 * @typedef {import('./lines.js').Engine} Engine
 * @typedef {import('./lines.js').CallOptions} CallOptions
 */

/** @type {Command} */
export async function score(args, signal) {
    const { values, positionals } = parse(args, COMMON);
    return writePictureLines(positionals, values, signal, async (engine, picture, call) => {
        const { score: heads = {}, warnings } = await engine.describe(picture, { ...call, score: true });
        const short = Object.entries(heads).map(([head, { label, expected, probabilities }]) => [head, { label, expected, probabilities }]);
        return { ...Object.fromEntries(short), warnings };
    });
}

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
const TAG = {
    model: { type: 'string' },
    threshold: { type: 'string' },
    'general-threshold': { type: 'string' },
    'character-threshold': { type: 'string' },
    fit: { type: 'boolean' },
};

/** @type {Command} */
export async function tag(args, signal) {
    const { values, positionals } = parse(args, { ...COMMON, ...CAPTION, ...TAG });
    const caption = readCaption(values);
    const ratings = caption?.options.format === 'a1111' ? { rating: 0 } : {}; // which has all ratings
    const model = /** @type {import('../types.js').TagModel | undefined} */ (values.model);
    const options = { model, ...readThresholds(values, ratings), fit: values.fit };
    const choices = await readChoices();
    asUsage(() => checkDescribeOptions({ ...options, tag: true }, choices));
    const look = (/** @type {Engine} */ engine, /** @type {Uint8Array} */ picture, /** @type {CallOptions} */ call) =>
        engine.describe(picture, { ...options, ...call, tag: true });
    if (caption) return writeCaptions(positionals, values, signal, { ...caption, look });
    const found = findNamed(positionals);
    const paths = found.inputs.map(({ path }) => path);
    const tagged = async (/** @type {Parameters<typeof look>} */ ...asked) => {
        const { tags, warnings } = await look(...asked);
        return { tags, warnings };
    };
    return writePictureLines(paths, values, signal, tagged, found);
}

/**
 * @param {{ threshold?: string, 'general-threshold'?: string, 'character-threshold'?: string }} values
 * @param {import('../types.js').Thresholds} others
 */
function readThresholds(values, others) {
    const [threshold, general, character] = [values.threshold, values['general-threshold'], values['character-threshold']].map(number);
    const given = Object.entries({ general, character }).filter(([, value]) => value !== undefined);
    return /** @type {import('../types.js').TagThresholds} */ ({ threshold, thresholds: { ...others, ...Object.fromEntries(given) } });
}

/** @type {Command} */
export async function classify(args, signal) {
    const { values, positionals } = parse(args, { ...COMMON, model: { type: 'string' }, labels: { type: 'string' } });
    const choices = await readChoices();
    const { model } = /** @type {{ model: import('../types.js').ClipModel }} */ (
        asUsage(() => checkEmbedOptions({ model: values.model }, choices.labels))
    );
    const labels = (values.labels ?? '')
        .split(',')
        .map((label) => label.trim())
        .filter(Boolean);
    if (labels.length === 0) throw new UsageError("Expected --labels and labels with commas between them, such as --labels 'a girl,a cat'");
    return writePictureLines(positionals, values, signal, async (engine, picture, call) => {
        const { vectors, warnings } = await engine.describe(picture, { ...call, embed: [model] });
        const vector = /** @type {Float32Array} */ (vectors?.[model]);
        return { labels: await engine.classify({ vector }, labels, { ...call, model }), warnings };
    });
}
