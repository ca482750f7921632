// Asks the engine for scores and tags. Each picture is decoded once for both.
import { t } from '../words/words.js';
import { binWords } from '../ui/score_chart.js';
import { eachPicture } from './network_tab.js';

/**
 * @typedef {import('../app/job.js').Job} Job with known.description (all tags of MIN_SCORE and above, and all ratings) and known.madeWith
 *   (what was asked for, as text)
 * @typedef {{ score: boolean, tag: boolean, model?: import('acg2vec').TagModel, fit: boolean }} Wanted model: the tagger
 * @typedef {{ general: number, character: number }} MinScores the minimum scores of visible tags; general: also for other categories
 */

/** The minimum score of tags that the page asks for. */
const MIN_SCORE = 0.05;
const ALL = { threshold: MIN_SCORE, thresholds: { rating: 0 } };

/** Whether there is nothing more to do. @param {Job} job @param {Wanted} wanted */
export const isDescribed = ({ known }, wanted) => known.madeWith === JSON.stringify(wanted);

/**
 * @param {import('acg2vec').Engine} engine
 * @param {Job[]} jobs get their descriptions, unless they have the same already; failures are set in the job
 * @param {Wanted} wanted
 * @param {import('./network_tab.js').Listen} listen
 * @param {(counted: string) => void} onBegin called for each
 * @param {() => void} onDone called for each
 */
export async function describeAll(engine, jobs, wanted, listen, onBegin, onDone) {
    const todo = jobs.filter((job) => !isDescribed(job, wanted));
    await eachPicture(todo, listen.signal, async (job, i) => {
        onBegin(todo.length > 1 ? t('tab.counted', { i: i + 1, n: todo.length }) : '');
        const description = await engine.describe(job.file, { ...wanted, ...job.allowed, ...ALL, ...listen });
        job.known = { description, madeWith: JSON.stringify(wanted) };
        job.notes = description.notes;
        job.note = noteOf(description);
        onDone();
    });
}

/** @param {import('acg2vec').Description} description */
function noteOf({ score, tags }) {
    if (score) return t('describe.note', { bin: binWords(score.bookmark.label) });
    return tags?.find(({ category }) => category === 'rating')?.name ?? '';
}

/** The best rating, and the other tags that reach the minimum scores. @param {import('acg2vec').Tag[]} tags @param {MinScores} least */
export function shownTags(tags, least) {
    const rating = tags.find(({ category }) => category === 'rating'); // the best is the first
    return tags.filter((tag) => (tag.category === 'rating' ? tag === rating : isShown(tag, least)));
}

/** @param {import('acg2vec').Tag} tag @param {MinScores} least */
export const isShown = ({ category, score }, { general, character }) => score >= (category === 'character' ? character : general);
