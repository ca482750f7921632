// acg2vec duplicates: groups of pictures of an index that are the same. Deletes nothing.
import { INDEX, withIndex } from './index_options.js';
import { Report, say } from './report.js';
import { number, parse, UsageError } from './usage.js';

/** @typedef {import('../types.js').DuplicateGroup} DuplicateGroup */

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
const OPTIONS = {
    ...INDEX,
    distance: { type: 'string' },
    'min-cosine': { type: 'string' },
    'no-mirrored': { type: 'boolean' },
    model: { type: 'string' },
};

const WORDS = { bytes: 'the same bytes', picture: 'the same picture', mirrored: 'the same picture, mirrored' };

/**
 * @param {string[]} args
 * @param {AbortSignal} _signal
 * @returns {Promise<number>} exit status
 */
export async function duplicates(args, _signal) {
    const { values, positionals } = parse(args, OPTIONS);
    if (positionals.length > 0) throw new UsageError(`Expected options only but received ${positionals.join(' ')}`);
    const report = new Report(values);
    return withIndex(values, { create: false }, async (index) => {
        const groups = await index.duplicates({
            distance: /** @type {any} */ (number(values.distance)),
            minCosine: /** @type {any} */ (number(values['min-cosine'])),
            mirrored: !values['no-mirrored'],
            model: /** @type {any} */ (values.model),
        });
        for (const group of groups) report.result(textOf(group), group);
        const others = groups.reduce((sum, group) => sum + group.others.length, 0);
        say(`${groups.length} pictures are there more than once, ${others} times in all beside the best.`);
        return 0;
    });
}

/** @param {DuplicateGroup} group */
function textOf({ best, others }) {
    const size = (/** @type {import('../types.js').IndexedPicture} */ { width, height, bytes }) => `${width} x ${height}, ${bytes} bytes`;
    const lines = others.map((other) => `  ${other.path} (${size(other)}; ${WORDS[other.same]})`);
    return [`${best.path} (${size(best)}; the best: ${best.why})`, ...lines, ''].join('\n');
}
