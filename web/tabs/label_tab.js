// The tab that labels: which of some labels fits a picture, or which of some pictures fits a sentence.
import { offerLines, offerTable } from '../files/download_lines.js';
import { percent, showBars } from '../ui/bars.js';
import { $ } from '../ui/dom.js';
import { fixed, t } from '../words/words.js';
import { labelFacts, labelRows, LabelTable } from './label_table.js';
import { classify, classifyAll, sortBySentence, vectorFacts } from './label_work.js';
import { LABEL_MODEL } from './model_names.js';
import { NetworkTab } from './network_tab.js';

/** @typedef {import('../app/job.js').Job} Job */

export class LabelTab extends NetworkTab {
    /** What all pictures were asked for. @type {string[]} */
    #asked = [];

    /** @param {import('./tab.js').Page} page */
    constructor(page) {
        super('label', page, (all) => all.filter(({ key }) => key === LABEL_MODEL));
        this.at('form').addEventListener('change', (/** @type {any} */ { target }) => {
            if (target.name === 'task') this.#hideOutcome();
            this.refresh();
        });
        this.table = new LabelTable({
            onSelect: (job) => this.select(job),
            onRemedy: (job) => this.retry(job),
            onFilter: () => this.#showTable(),
        });
        $('label-words').addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.at('run').click();
        });
    }

    /** @returns {'labels' | 'all' | 'sort'} */
    get #task() {
        return /** @type {any} */ (new FormData(this.at('form'))).get('task');
    }

    get #isSorting() {
        return this.#task === 'sort';
    }

    get #isTable() {
        return this.#task === 'all' && this.jobs.length > 1;
    }

    get isList() {
        return super.isList && !this.#isTable;
    }

    onOpen() {
        super.onOpen();
        $('label-task').hidden = this.jobs.length < 2;
        this.at('form').elements.namedItem('task').value = 'labels';
    }

    /** @param {Job} job @param {boolean} another */
    onSelect(job, another) {
        super.onSelect(job);
        if (another && this.#task === 'labels') this.#hideOutcome();
    }

    onRefresh() {
        super.onRefresh();
        const isSorting = this.#isSorting;
        $('label-words-row').hidden = isSorting;
        $('label-sentence-row').hidden = !isSorting;
        this.offerRun(this.#runWords, this.weights.has());
        this.#showTable();
        const known = this.state === 'working' ? [] : this.jobs.filter((job) => job.known.vector);
        const words = t('label.vectors', { n: known.length });
        offerLines(this.at('download'), known, vectorFacts, { words, name: 'vectors' });
    }

    get #runWords() {
        if (this.#isSorting) return t('label.run.sort');
        return this.#isTable ? t('label.run.all', { n: this.jobs.length }) : t('label.run');
    }

    /** The table, if it is wanted, and the downloads of what it shows. */
    #showTable() {
        const isTable = this.#isTable;
        this.table.reveal(isTable);
        $('label-table-bar').hidden = !isTable;
        if (isTable) this.table.show(this.jobs, this.#asked, this.selected);
        const known = isTable && this.state !== 'working' ? this.table.known : [];
        offerLines($('label-json'), known, labelFacts, { words: t('tab.json'), name: 'labels' });
        offerTable($('label-csv'), known, () => labelRows(known, this.#asked), { words: t('table.csv'), name: 'labels' });
    }

    onForget() {
        this.#hideOutcome();
        this.#asked = [];
    }

    /** @param {Job} [again] */
    run(again) {
        if (again) this.select(again);
        if (this.#isSorting) return this.#sort();
        const labels = this.#labels;
        if (!labels.length) return this.say(t('label.words.none'));
        return this.#isTable ? this.#labelAll(labels) : this.#label(labels);
    }

    /** @returns {string[]} */
    get #labels() {
        const lines = $('label-words').value.split('\n');
        return [...new Set(lines.map((/** @type {string} */ line) => line.trim()))].filter(Boolean);
    }

    /** @param {string[]} labels */
    async #labelAll(labels) {
        for (const job of this.jobs) delete job.known.labels;
        this.#asked = labels;
        await this.ask((engine, listen) => classifyAll(engine, this.jobs, labels, listen, () => this.#showTable()));
    }

    /** @param {string[]} labels */
    async #label(labels) {
        const found = await this.ask((engine, listen) => classify(engine, /** @type {Job} */ (this.selected), labels, listen));
        if (!found) return;
        const bars = found.map(({ label, probability, cosine }) => {
            return { label, share: probability, figure: percent(probability), title: t('label.cosine', { n: fixed(cosine, 4) }) };
        });
        showBars($('label-bars'), bars);
    }

    async #sort() {
        const sentence = $('label-sentence').value.trim();
        if (!sentence) return this.say(t('label.sentence.none'));
        const sorted = await this.ask((engine, listen) => sortBySentence(engine, this.jobs, sentence, listen));
        if (!sorted) return;
        for (const job of sorted) job.note = job.known.cosine === undefined ? '' : t('label.cosine', { n: fixed(job.known.cosine, 3) });
        this.jobs = sorted;
        this.list.fill(sorted);
        this.select(sorted[0]);
    }

    #hideOutcome() {
        showBars($('label-bars'), []);
        if (this.state === 'done') this.state = 'chosen';
    }
}
