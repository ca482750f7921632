// acg2vec score, tag and classify: what networks say of pictures.
import { checkDescribeOptions } from '../describe.js';
import { COMMON, writePictureLines } from './lines.js';
import { asUsage, number, parse, UsageError } from './usage.js';

/** @typedef {(args: string[], signal: AbortSignal) => Promise<number>} Command it gives the exit status */

/** @type {Command} */
export async function score(args, signal) {
    const { values, positionals } = parse(args, COMMON);
    return writePictureLines(positionals, values, signal, async (engine, picture, call) => {
        const heads = Object.entries(await engine.score(picture, call));
        return Object.fromEntries(heads.map(([head, { label, expected, probabilities }]) => [head, { label, expected, probabilities }]));
    });
}

/** @type {Command} */
export async function tag(args, signal) {
    const { values, positionals } = parse(args, { ...COMMON, threshold: { type: 'string' }, fit: { type: 'boolean' } });
    const threshold = /** @type {number | undefined} */ (number(values.threshold));
    const options = { threshold, fit: values.fit };
    asUsage(() => checkDescribeOptions({ ...options, tag: true }));
    return writePictureLines(positionals, values, signal, async (engine, picture, call) => ({ tags: await engine.tag(picture, { ...options, ...call }) }));
}

/** @type {Command} */
export async function classify(args, signal) {
    const { values, positionals } = parse(args, { ...COMMON, labels: { type: 'string' } });
    const labels = (values.labels ?? '').split(',').map((label) => label.trim()).filter(Boolean);
    if (labels.length === 0) throw new UsageError("Expected --labels and labels with commas between them, such as --labels 'a girl,a cat'");
    return writePictureLines(positionals, values, signal, async (engine, picture, call) => ({ labels: await engine.classify(picture, labels, call) }));
}
