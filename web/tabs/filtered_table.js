// The table over many pictures in place of the picture, and the form that filters it: the template "pictures" of index.html.
import { thumbnail } from '../files/thumbnails.js';
import { $, stamp } from '../ui/dom.js';
import { PictureTable } from '../ui/picture_table.js';
import { t } from '../words/words.js';

/**
 * @typedef {import('../app/job.js').Job} Job
 * @typedef {import('../ui/picture_table.js').Column} Column
 */

/** @type {Column} */
export const NAME = { key: 'name', words: 'table.name', text: ({ name }) => name, order: ({ folder, name }) => folder + name };

export class FilteredTable {
    #at;
    #table;

    /**
     * @param {string} id of the tab
     * @param {{ onSelect: (job: Job) => void, onRemedy: (job: Job) => void, onFilter: () => void }} on
     */
    constructor(id, { onSelect, onRemedy, onFilter }) {
        this.#at = (/** @type {string} */ name) => $(`${id}-${name}`);
        this.#at('viewer').append(stamp('pictures', $(`${id}-tab`)));
        this.#table = new PictureTable(this.#at('table'), { thumbnail, onSelect, onRemedy });
        this.#at('filter').addEventListener('submit', (/** @type {Event} */ event) => event.preventDefault());
        this.#at('filter').addEventListener('input', () => {
            this.#table.toTop();
            onFilter();
        });
    }

    /** What is in the form. @returns {any} */
    get fields() {
        return this.#at('filter').elements;
    }

    /** What is looked for, in small letters. @returns {string} */
    get text() {
        return this.fields.text.value.trim().toLowerCase();
    }

    /** In place of the picture, or not. @param {boolean} isTable */
    reveal(isTable) {
        this.#at('filter').hidden = this.#at('table').hidden = !isTable;
        this.#at('still').hidden = isTable;
    }

    /**
     * Those of the pictures that pass the filter.
     * @param {Job[]} jobs
     * @param {Column[]} columns
     * @param {Job | null} selected
     * @param {(job: Job) => boolean} passes
     */
    show(jobs, columns, selected, passes) {
        const found = jobs.filter(passes);
        this.#table.show(found, columns, selected);
        this.#at('filter-count').textContent = t('table.count', { found: found.length, n: jobs.length });
        this.#at('filter-none').hidden = found.length > 0;
    }

    /** The pictures that show, in their order. */
    get shown() {
        return this.#table.shown;
    }
}
