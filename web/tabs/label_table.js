// The table over many pictures and their labels: a column for each label, and what becomes a file.
import { percent } from '../ui/bars.js';
import { FilteredTable, NAME } from './filtered_table.js';

/**
 * @typedef {import('../app/job.js').Job} Job with known.labels, in the order in which they were asked for
 * @typedef {import('../ui/picture_table.js').Column} Column
 */

/** @param {Job} job @param {number} i @returns {number | undefined} */
const probabilityOf = ({ known }, i) => known.labels?.[i]?.probability;

/** The one that fits best; '' if nothing is known. @param {Job} job @returns {string} */
function bestOf({ known }) {
    const [best] = [...(known.labels ?? [])].sort((/** @type {any} */ a, /** @type {any} */ b) => b.probability - a.probability);
    return best?.label ?? '';
}

/** @type {Column} */
const BEST = { key: 'best', words: 'label.best', text: bestOf, order: (job) => bestOf(job) || undefined };

/** @param {string} label @param {number} i @returns {Column} */
const columnOf = (label, i) => ({
    key: `label-${i}`,
    title: label,
    isFigure: true,
    order: (job) => probabilityOf(job, i),
    text: (job) => (job.known.labels ? percent(probabilityOf(job, i) ?? 0) : ''),
});

export class LabelTable {
    #table;

    /** @param {ConstructorParameters<typeof FilteredTable>[1]} on */
    constructor(on) {
        this.#table = new FilteredTable('label', on);
    }

    /** @param {boolean} isTable */
    reveal(isTable) {
        this.#table.reveal(isTable);
    }

    /** @param {Job[]} jobs @param {string[]} labels @param {Job | null} selected */
    show(jobs, labels, selected) {
        const { text } = this.#table;
        const passes = (/** @type {Job} */ job) => [job.folder + job.name, bestOf(job)].some((each) => each.toLowerCase().includes(text));
        this.#table.show(jobs, [NAME, ...(labels.length ? [BEST, ...labels.map(columnOf)] : [])], selected, passes);
    }

    /** Those that show and of which the labels are known. */
    get known() {
        return this.#table.shown.filter(({ known }) => known.labels);
    }
}

/** What the command line prints for a picture. @param {Job} job */
export function labelFacts({ folder, name, known, notes }) {
    const warnings = notes.map(({ sentence }) => sentence);
    return { input: folder + name, labels: known.labels, ...(warnings.length > 0 && { warnings }) };
}

/** The names of the columns, and a row for each picture. @param {Job[]} jobs @param {string[]} labels @returns {(string | number)[][]} */
export function labelRows(jobs, labels) {
    const rowOf = (/** @type {Job} */ job) => [job.folder + job.name, ...labels.map((_, i) => probabilityOf(job, i) ?? '')];
    return [['input', ...labels], ...jobs.map(rowOf)];
}
