// acg2vec search: pictures of an index, found by words, by pictures and by tags.
import { Bar } from './bar.js';
import { INDEX, withIndex } from './index_options.js';
import { onePath } from '../platform/node/paths.js';
import { readPicture } from './inputs.js';
import { Report, say } from './report.js';
import { number, parse, UsageError } from './usage.js';

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
const OPTIONS = {
    ...INDEX,
    text: { type: 'string', multiple: true },
    image: { type: 'string', multiple: true },
    tag: { type: 'string', multiple: true },
    not: { type: 'string', multiple: true },
    word: { type: 'string', multiple: true },
    raise: { type: 'string', multiple: true },
    folder: { type: 'string' },
    after: { type: 'string' },
    before: { type: 'string' },
    model: { type: 'string' },
    top: { type: 'string' },
    'min-score': { type: 'string' },
    diverse: { type: 'boolean' },
    'hide-duplicates': { type: 'boolean' },
};

/**
 * @param {string[]} args
 * @param {AbortSignal} signal
 * @returns {Promise<number>} exit status
 */
export async function search(args, signal) {
    const { values, positionals } = parse(args, OPTIONS);
    if (positionals.length > 0) throw new UsageError(`Expected --text, --image or --tag before ${positionals.join(' ')}`);
    const { text, image = [], tag: tags, not: notTags, word: words, raise, folder, after, before, model } = values;
    if (!text && image.length === 0 && !tags && !notTags && !words) throw new UsageError('Expected --text, --image or --tag');
    const report = new Report(values);
    return withIndex(values, { create: false }, async (index) => {
        const bar = new Bar('search');
        const pictures = [];
        for (const path of image) pictures.push(await readPicture(path, signal));
        const found = await index.search({
            ...{ text, tags, notTags, words, raise, after, before, model: /** @type {any} */ (model), signal },
            folder: folder && onePath(folder),
            image: pictures,
            limit: /** @type {number | undefined} */ (number(values.top)),
            minScore: /** @type {any} */ (number(values['min-score'])),
            diverse: values.diverse,
            hideDuplicates: values['hide-duplicates'],
            onProgress: (progress) => bar.update(progress),
        });
        bar.stop();
        for (const { path, score, ...picture } of found) {
            const facts = { path, score: Number(score.toPrecision(6)) };
            report.result(JSON.stringify(facts), { ...facts, ...picture });
        }
        const { model: used, minScore, searched } = found;
        const cut = minScore === undefined ? '' : `, with a score of at least ${minScore.toPrecision(3)} (--min-score off shows all)`;
        say(`${found.length} of ${searched} pictures${used ? ` by ${used}` : ''}${cut}.`);
        return 0;
    });
}
