// The table over many pictures: what the networks said of each, sorted and filtered. Thresholds hold at once; no network runs for them.
import { HEADS } from '../ui/score_chart.js';
import { fixed, number } from '../words/words.js';
import { isShown } from './describe_work.js';
import { FilteredTable, NAME } from './filtered_table.js';

/**
 * @typedef {import('../app/job.js').Job} Job
 * @typedef {import('acg2vec').Tag} Tag
 * @typedef {import('../ui/picture_table.js').Column} Column
 *
 * @typedef {object} Described the data of the tab
 * @property {Job[]} jobs
 * @property {Job | null} selected
 * @property {import('./describe_work.js').MinScores} least
 */

const TOP_TAGS = 12; // as many as a row may have room for

export class DescribeTable {
    #table;
    /** @type {() => Described} */
    #known;
    /** The text of the filter, written like a tag. */
    #text = '';

    /**
     * @param {() => Described} known
     * @param {ConstructorParameters<typeof FilteredTable>[1]} on
     */
    constructor(known, on) {
        this.#known = known;
        this.#table = new FilteredTable('describe', on);
    }

    /** @param {boolean} isTable */
    reveal(isTable) {
        this.#table.reveal(isTable);
    }

    /** Updates the table for the current pictures, thresholds and filter. */
    refresh() {
        const { jobs, selected } = this.#known();
        this.#text = asTag(this.#table.text);
        const columns = this.#columns();
        this.#table.show(jobs, columns, selected, (job) => this.#passes(job));
        this.#offerLeast(columns);
    }

    /** The pictures that pass the filter, in the order of the table. */
    get shown() {
        return this.#table.shown;
    }

    /** @returns {Column[]} */
    #columns() {
        const { jobs } = this.#known();
        const isScored = jobs.some(({ known }) => known.description?.score);
        const isTagged = jobs.some(({ known }) => known.description?.tags);
        return [NAME, ...(isScored ? SCORES : []), ...(isTagged ? this.#tagColumns() : [])];
    }

    /** If the filter is a tag, a column with its score. @returns {Column[]} */
    #tagColumns() {
        const match = (/** @type {Job} */ job) => this.#matching(job)?.score;
        /** @type {Column} */
        const matching = { key: 'match', words: 'table.match', isFigure: true, order: match, text: (job) => score(match(job)) };
        return [
            ...(this.#text ? [matching] : []),
            { key: 'rating', words: 'describe.tags.rating', order: (job) => ratingOf(job) || undefined, text: ratingOf },
            {
                key: 'tags',
                words: 'describe.tags',
                order: (job) => (job.known.description?.tags ? this.#tags(job).length : undefined),
                text: (job) => listOf(this.#tags(job).slice(0, TOP_TAGS)),
            },
        ];
    }

    /** The visible tags, without the rating. @param {Job} job @returns {Tag[]} */
    #tags({ known }) {
        const { least } = this.#known();
        return (known.description?.tags ?? []).filter((/** @type {Tag} */ tag) => tag.category !== 'rating' && isShown(tag, least));
    }

    /** The tag that is equal to the filter, or the first one that contains it. @param {Job} job */
    #matching(job) {
        const tags = this.#tags(job);
        const text = this.#text;
        return tags.find(({ name }) => name.toLowerCase() === text) ?? tags.find(({ name }) => name.toLowerCase().includes(text));
    }

    /** @param {Job} job */
    #passes(job) {
        const { least, of } = this.#table.fields;
        const isNamed = asTag(job.folder + job.name).includes(this.#text);
        if (this.#text && !isNamed && !this.#matching(job)) return false;
        if (least.value === '') return true;
        const value = of.value === 'match' ? this.#matching(job)?.score : expectedOf(job, of.value);
        return value !== undefined && value >= Number(least.value);
    }

    /** Offers a minimum for each column of figures. @param {Column[]} columns */
    #offerLeast(columns) {
        const { of } = this.#table.fields;
        const there = columns.map(({ key }) => key);
        for (const option of of.options) option.disabled = !there.includes(option.value);
        if (of.selectedOptions[0]?.disabled) of.value = [...of.options].find((option) => !option.disabled)?.value ?? of.value;
    }
}

/** @param {string} text */
const asTag = (text) => text.toLowerCase().replaceAll(' ', '_');

/** @param {number | undefined} value */
const score = (value) => (value === undefined ? '' : fixed(value, 2));

/** @param {Tag[]} tags */
const listOf = (tags) => tags.map(({ name }) => name).join(', ');

/** @type {Column[]} */
const SCORES = HEADS.map((head) => ({
    key: head,
    words: `describe.head.${head}`,
    isFigure: true,
    order: (job) => expectedOf(job, head),
    text: (job) => {
        const expected = expectedOf(job, head);
        if (expected === undefined) return '';
        return head === 'sanity' ? fixed(expected, 2) : number(expected, { maximumSignificantDigits: 3 });
    },
}));

/** @param {Job} job @param {string} head @returns {number | undefined} */
const expectedOf = ({ known }, head) => known.description?.score?.[head].expected;

/** The best one; '' if there is none. @param {Job} job @returns {string} */
function ratingOf({ known }) {
    const rating = known.description?.tags?.find((/** @type {Tag} */ { category }) => category === 'rating');
    return rating?.name.replace('rating:', '') ?? '';
}
