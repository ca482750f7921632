// Asks the engine for scores and tags. Each picture is decoded once for both.
import { eachPicture, timed } from './timed.js';

/**
 * @typedef {object} DescribeJob a picture, and what is known of it
 * @property {import('./job.js').Job} job
 * @property {import('acg2vec').Description} [description] with all tags of LEAST and above
 * @property {string} [madeWith] what was asked for, as text
 *
 * @typedef {{ score: boolean, tag: boolean, fit: boolean }} Wanted
 */

/** The least score of a tag that the page can show. */
export const LEAST = 0.05;

/** Whether there is nothing more to do. @param {DescribeJob} picture @param {Wanted} wanted */
export const isDescribed = (picture, wanted) => picture.madeWith === JSON.stringify(wanted);

/**
 * @param {DescribeJob[]} pictures get their descriptions, those that have another; one that cannot be read says so in its job
 * @param {Wanted} wanted
 * @param {import('./timed.js').Asking} asking
 * @param {(counted: string) => void} onBegin of each
 */
export function describeAll(pictures, wanted, asking, onBegin) {
    const todo = pictures.filter((picture) => !isDescribed(picture, wanted));
    return timed(asking, (engine, listen) =>
        eachPicture(todo, asking.signal, async (picture, i) => {
            onBegin(todo.length > 1 ? `${i + 1} of ${todo.length} · ` : '');
            picture.description = await engine.describe(picture.job.file, {
                ...wanted,
                ...picture.job.allowed,
                threshold: LEAST,
                ...listen,
            });
            picture.job.warnings = picture.description.warnings;
            picture.madeWith = JSON.stringify(wanted);
            picture.job.note = noteOf(picture.description);
        }),
    );
}

/** @param {import('acg2vec').Description} description */
function noteOf({ score, tags }) {
    if (score) return `bookmarks ${score.bookmark.label}`;
    return tags?.find(({ category }) => category === 'rating')?.name ?? '';
}

/**
 * What the command line prints for a picture, as a line of JSON; scores and tags together.
 * @param {DescribeJob} picture
 * @param {number} threshold
 */
export function descriptionLine({ job, description }, threshold) {
    const { score, tags, warnings = [] } = description ?? {};
    const heads = Object.entries(score ?? {}).map(([head, { label, expected, probabilities }]) => [
        head,
        { label, expected, probabilities },
    ]);
    return JSON.stringify({
        input: job.folder + job.name,
        ...Object.fromEntries(heads),
        ...(tags && { tags: shownTags(tags, threshold) }),
        ...(warnings.length > 0 && { warnings }),
    });
}

/** @param {import('acg2vec').Tag[]} tags @param {number} threshold */
export const shownTags = (tags, threshold) => tags.filter(({ category, score }) => category === 'rating' || score >= threshold);
