// acg2vec score, tag and classify: scores, tags and labels of pictures.
import { checkDescribeOptions } from '../options/describe.js';
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

/** @type {Command} */
export async function tag(args, signal) {
    const { values, positionals } = parse(args, { ...COMMON, threshold: { type: 'string' }, fit: { type: 'boolean' } });
    const threshold = /** @type {number | undefined} */ (number(values.threshold));
    const options = { threshold, fit: values.fit };
    asUsage(() => checkDescribeOptions({ ...options, tag: true }));
    return writePictureLines(positionals, values, signal, (engine, picture, call) =>
        engine.describe(picture, { ...options, ...call, tag: true }),
    );
}

/** @type {Command} */
export async function classify(args, signal) {
    const { values, positionals } = parse(args, { ...COMMON, labels: { type: 'string' } });
    const labels = (values.labels ?? '')
        .split(',')
        .map((label) => label.trim())
        .filter(Boolean);
    if (labels.length === 0) throw new UsageError("Expected --labels and labels with commas between them, such as --labels 'a girl,a cat'");
    return writePictureLines(positionals, values, signal, async (engine, picture, call) => {
        const { vectors, warnings } = await engine.describe(picture, { ...call, embed: ['dclip'] });
        const vector = /** @type {Float32Array} */ (vectors?.dclip);
        return { labels: await engine.classify({ vector }, labels, call), warnings };
    });
}
