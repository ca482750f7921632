// Descriptions of pictures as files: the same as the command line prints, and rows for a spreadsheet.
import { HEADS } from '../ui/score_chart.js';
import { shownTags } from './describe_work.js';

/** @typedef {import('../app/job.js').Job} Job */
/** @typedef {import('./describe_work.js').MinScores} MinScores */

/** @param {Job} job @returns {import('acg2vec').Description} */
const descriptionOf = ({ known }) => known.description;

/** Scores and tags together. @param {Job} job @param {MinScores} least */
export function descriptionFacts(job, least) {
    const { score, tags, warnings } = descriptionOf(job);
    const heads = score ? HEADS.map((head) => [head, withoutLabels(score[head])]) : [];
    return {
        input: job.folder + job.name,
        ...Object.fromEntries(heads),
        ...(tags && { tags: shownTags(tags, least) }),
        ...(warnings.length > 0 && { warnings }),
    };
}

/** @param {import('acg2vec').Score} score */
const withoutLabels = ({ label, expected, probabilities }) => ({ label, expected, probabilities });

/**
 * A row with the names of the columns, and one for each picture; empty columns are left out.
 * @param {Job[]} jobs
 * @param {MinScores} least
 */
export function descriptionRows(jobs, least) {
    const isScored = jobs.some((job) => descriptionOf(job).score);
    const isTagged = jobs.some((job) => descriptionOf(job).tags);
    const names = [
        'input',
        ...(isScored ? HEADS.flatMap((head) => [head, `${head}_expected`]) : []),
        ...(isTagged ? ['rating', 'tags', 'tag_scores'] : []),
    ];
    return [
        names,
        ...jobs.map((job) => [job.folder + job.name, ...(isScored ? scoreCells(job) : []), ...(isTagged ? tagCells(job, least) : [])]),
    ];
}

/** @param {Job} job */
function scoreCells(job) {
    const { score } = descriptionOf(job);
    return HEADS.flatMap((head) => (score ? [score[head].label, score[head].expected] : ['', '']));
}

/** The best rating; the other tags, and their scores in the same order. @param {Job} job @param {MinScores} least */
function tagCells(job, least) {
    const shown = shownTags(descriptionOf(job).tags ?? [], least);
    const tags = shown.filter(({ category }) => category !== 'rating');
    const rating = shown.find(({ category }) => category === 'rating');
    return [rating?.name ?? '', tags.map(({ name }) => name).join(', '), tags.map(({ score }) => score.toPrecision(9)).join(' ')];
}
