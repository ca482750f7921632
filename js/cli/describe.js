// acg2vec score, tag and classify: scores, tags and labels of pictures.
import { checkDescribeOptions } from '../options/describe.js';
import { checkEmbedOptions, LABEL_MODELS } from '../options/embed.js';
import { COMMON, writePictureLines } from './lines.js';
import { asUsage, number, parse, UsageError } from './usage.js';

/** @typedef {(args: string[], signal: AbortSignal) => Promise<number>} Command it gives the exit status */

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
    ...COMMON,
    model: { type: 'string' },
    threshold: { type: 'string' },
    'general-threshold': { type: 'string' },
    'character-threshold': { type: 'string' },
    fit: { type: 'boolean' },
};

/** @type {Command} */
export async function tag(args, signal) {
    const { values, positionals } = parse(args, TAG);
    const model = /** @type {import('../types.js').TagModel | undefined} */ (values.model);
    const threshold = /** @type {number | undefined} */ (number(values.threshold));
    const thresholds = /** @type {import('../types.js').Thresholds} */ ({
        general: number(values['general-threshold']),
        character: number(values['character-threshold']),
    });
    const options = { model, threshold, thresholds, fit: values.fit };
    asUsage(() => checkDescribeOptions({ ...options, tag: true }));
    return writePictureLines(positionals, values, signal, (engine, picture, call) =>
        engine.describe(picture, { ...options, ...call, tag: true }),
    );
}

/** @type {Command} */
export async function classify(args, signal) {
    const { values, positionals } = parse(args, { ...COMMON, model: { type: 'string' }, labels: { type: 'string' } });
    asUsage(() => checkEmbedOptions({ model: values.model }, LABEL_MODELS));
    const model = /** @type {import('../types.js').ClipModel} */ (values.model ?? 'dclip');
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
