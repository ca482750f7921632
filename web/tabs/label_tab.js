// The tab Labels: which label fits a picture, or which picture fits a sentence.
import { offerLines } from '../files/download_lines.js';
import { percent, showBars } from '../ui/bars.js';
import { $ } from '../ui/dom.js';
import { fixed, t } from '../words/words.js';
import { classify, sortBySentence, vectorFacts } from './label_work.js';
import { LABEL_MODEL } from './model_names.js';
import { NetworkTab } from './network_tab.js';

/** @typedef {import('../app/job.js').Job} Job */

export class LabelTab extends NetworkTab {
    /** @param {import('./tab.js').Page} page */
    constructor(page) {
        super('label', page, (all) => all.filter(({ key }) => key === LABEL_MODEL));
        this.at('form').addEventListener('change', (/** @type {any} */ { target }) => {
            if (target.name === 'task') this.#hideOutcome();
            this.refresh();
        });
        $('label-words').addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.at('run').click();
        });
    }

    get #isSorting() {
        return new FormData(this.at('form')).get('task') === 'sort';
    }

    onOpen() {
        super.onOpen();
        $('label-task').hidden = this.jobs.length < 2;
        this.at('form').elements.namedItem('task').value = 'labels';
    }

    /** @param {Job} job @param {boolean} another */
    onSelect(job, another) {
        super.onSelect(job);
        if (another && !this.#isSorting) this.#hideOutcome();
    }

    onRefresh() {
        super.onRefresh();
        const isSorting = this.#isSorting;
        $('label-words-row').hidden = isSorting;
        $('label-sentence-row').hidden = !isSorting;
        this.offerRun(t(isSorting ? 'label.run.sort' : 'label.run'), this.weights.has());
        const known = this.state === 'working' ? [] : this.jobs.filter((job) => job.known.vector);
        const words = t('label.vectors', { n: known.length });
        offerLines(this.at('download'), known, vectorFacts, { words, name: 'vectors' });
    }

    onForget() {
        this.#hideOutcome();
    }

    /** @param {Job} [again] */
    run(again) {
        if (again) this.select(again);
        return this.#isSorting ? this.#sort() : this.#label();
    }

    async #label() {
        const lines = $('label-words')
            .value.split('\n')
            .map((/** @type {string} */ line) => line.trim());
        const labels = [...new Set(lines)].filter(Boolean);
        if (!labels.length) return this.say(t('label.words.none'));
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
