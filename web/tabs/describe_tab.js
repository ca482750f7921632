// The tab that scores and tags: bookmarks, views and sanity, estimated by pix2score, and a tagger's tags.
import { offerLines, offerTable } from '../files/download_lines.js';
import { $ } from '../ui/dom.js';
import { drawBins, drawRadar, expectedWords } from '../ui/score_chart.js';
import { showTags, tagsAsText } from '../ui/tag_chips.js';
import { announce } from '../ui/toast.js';
import { fixed, t } from '../words/words.js';
import { Captions } from './describe_captions.js';
import { descriptionFacts, descriptionRows } from './describe_lines.js';
import { DescribeTable } from './describe_table.js';
import { describeAll, isDescribed, shownTags } from './describe_work.js';
import { GROUPS } from './model_words.js';
import { NetworkTab } from './network_tab.js';

/** @typedef {import('../app/job.js').Job} Job */

const SCORER = 'pix2score';
/** With the least scores that it has at first: what it was published with. @type {Record<string, import('./describe_work.js').Least>} */
const TAGGERS = { deepdanbooru: { general: 0.5, character: 0.5 }, 'wd-vit': { general: 0.35, character: 0.85 } };
const CATEGORIES = /** @type {const} */ (['general', 'character']);
const COPIED_MS = 2000;
const FEW = 12; // pictures, which the list shows as well as the table

export class DescribeTab extends NetworkTab {
    /** @type {boolean | null} null: the user has not chosen; by how many pictures there are */
    #wantsTable = null;

    /** @param {import('./tab.js').Page} page */
    constructor(page) {
        super('describe', page, [GROUPS.pix2score, GROUPS.deepdanbooru, GROUPS['wd-vit']]);
        this.choices = this.at('form').elements;
        this.at('taggers').addEventListener('change', () => this.#take(this.#tagger));
        this.at('form').addEventListener('change', () => this.refresh());
        $('describe-heads').addEventListener('change', () => this.#show());
        for (const category of CATEGORIES) {
            this.choices.namedItem(category).addEventListener('input', () => {
                this.#show();
                this.#showTable();
                this.captions.refresh();
            });
        }
        $('describe-copy').addEventListener('click', () => this.#copyTags());
        this.captions = new Captions(() => ({
            all: this.jobs,
            jobs: this.state === 'working' ? [] : this.jobs.filter((job) => job.known.description?.tags),
            least: this.#least,
        }));
        this.table = new DescribeTable(() => ({ jobs: this.jobs, selected: this.selected, least: this.#least }), {
            onSelect: (job) => this.select(job),
            onRemedy: (job) => this.retry(job),
            onFilter: () => this.#showTable(),
        });
        $('describe-table-toggle').addEventListener('click', () => {
            this.#wantsTable = !this.#isTable;
            this.refresh();
        });
    }

    get #isTable() {
        return this.jobs.length > 1 && (this.#wantsTable ?? this.jobs.length > FEW);
    }

    get isList() {
        return super.isList && !this.#isTable;
    }

    /** What is asked for, as far as there are weights for it. @returns {import('./describe_work.js').Wanted} */
    get #wanted() {
        const isChecked = (/** @type {string} */ name) => this.choices.namedItem(name).checked && !this.choices.namedItem(name).disabled;
        const tag = isChecked('tag');
        return { score: isChecked('score'), tag, model: tag ? this.#tagger : undefined, fit: tag && isChecked('fit') };
    }

    /** @returns {import('acg2vec').TagModel} */
    get #tagger() {
        return this.choices.namedItem('tagger').value;
    }

    /** What the sliders say. @returns {import('./describe_work.js').Least} */
    get #least() {
        const [general, character] = CATEGORIES.map((category) => Number(this.choices.namedItem(category).value));
        return { general, character };
    }

    /** @param {string} tagger */
    #take(tagger) {
        this.choices.namedItem('tagger').value = tagger;
        for (const category of CATEGORIES) this.choices.namedItem(category).value = TAGGERS[tagger][category];
        this.#show();
    }

    /** What there are weights for; of the taggers the first that is here, if the chosen one is not. */
    #enable() {
        const here = Object.keys(TAGGERS).filter((model) => this.weights.has([model]));
        for (const choice of this.at('taggers').querySelectorAll('input')) choice.disabled = !here.includes(choice.value);
        if (here.length && !here.includes(this.#tagger)) this.#take(here[0]);
        this.choices.namedItem('score').disabled = !this.weights.has([SCORER]);
        this.choices.namedItem('tag').disabled = !here.length;
        const isFitting = this.#tagger === 'deepdanbooru';
        this.choices.namedItem('fit').disabled = !here.length || !isFitting || !this.choices.namedItem('tag').checked;
        this.at('fit').hidden = !isFitting;
        this.at('tagger-hint').textContent = t(`describe.tagger.${this.#tagger}.hint`);
    }

    /** @param {Job} job @param {boolean} another */
    onSelect(job, another) {
        super.onSelect(job);
        if (another) this.#show();
    }

    onForget() {
        this.#show();
    }

    onRefresh() {
        super.onRefresh();
        this.#enable();
        const wanted = this.#wanted;
        const { score, tag, model } = wanted;
        const what = score === tag ? 'describe.run' : score ? 'describe.run.score' : 'describe.run.tag';
        const left = this.jobs.filter((job) => !isDescribed(job, wanted));
        this.offerRun(this.#runWords(what, left), (score || tag) && left.length > 0, [
            ...(score ? [SCORER] : []),
            ...(model ? [model] : []),
        ]);
        this.at('cancel').textContent = t(this.jobs.length > 1 ? 'describe.pause' : 'tab.cancel');
        this.#showTable();
        this.captions.refresh();
    }

    /** @param {string} what @param {Job[]} left */
    #runWords(what, left) {
        const n = this.jobs.length;
        const untried = left.filter(({ state }) => state !== 'failed').length;
        if (n < 2) return t(what);
        if (left.length === n || !left.length) return t(`${what}.all`, { n });
        return untried ? t('describe.run.rest', { n: untried }) : t('picture.remedy.again');
    }

    /** @param {Job} [again] */
    async run(again) {
        if (again) this.select(again);
        const wanted = this.#wanted;
        const count = (/** @type {string} */ counted) => this.progress.start(t('describe.working'), counted);
        await this.ask((engine, listen) => describeAll(engine, this.jobs, wanted, listen, count, () => this.#showTable()));
        this.#show();
    }

    /** What is known of the picture that shows. */
    #show() {
        const { score, tags } = this.selected?.known.description ?? {};
        $('describe-scores').hidden = !score;
        $('describe-tags').hidden = !tags && !this.jobs.some(({ known }) => known.description?.tags); // whose thresholds may be moved
        if (score) {
            drawRadar($('describe-radar'), score);
            drawBins($('describe-bins'), score[String(new FormData($('describe-heads')).get('head'))]);
            $('describe-expected').textContent = expectedWords(score);
        }
        if (!$('describe-tags').hidden) {
            const least = this.#least;
            const shown = shownTags(tags ?? [], least);
            $('describe-threshold-value').textContent = fixed(least.general, 2);
            $('describe-threshold-character-value').textContent = fixed(least.character, 2);
            $('describe-count').textContent = t('describe.tags.count', { n: shown.length });
            showTags($('describe-chips'), shown);
        }
    }

    /** The table, if it is wanted, and the downloads, which hold what the table shows. */
    #showTable() {
        const isTable = this.#isTable;
        $('describe-table-bar').hidden = this.jobs.length < 2;
        $('describe-table-toggle').setAttribute('aria-pressed', String(isTable));
        this.table.reveal(isTable);
        if (isTable) this.table.refresh();
        this.#offerDownloads(isTable ? this.table.shown : this.jobs);
    }

    /** @param {Job[]} jobs */
    #offerDownloads(jobs) {
        const known = this.state === 'working' ? [] : jobs.filter((job) => job.known.description);
        const least = this.#least;
        const name = 'descriptions';
        offerLines(this.at('download'), known, (job) => descriptionFacts(job, least), { words: t('tab.json'), name });
        offerTable($('describe-csv'), known, () => descriptionRows(known, least), { words: t('table.csv'), name });
        $('describe-csv').hidden ||= this.jobs.length < 2;
    }

    async #copyTags() {
        const text = tagsAsText(shownTags(this.selected?.known.description?.tags ?? [], this.#least));
        const words = await navigator.clipboard.writeText(text).then(
            () => t('describe.copied'),
            () => t('describe.copy.refused'),
        );
        $('describe-copy').textContent = words;
        announce(words);
        setTimeout(() => ($('describe-copy').textContent = t('describe.copy')), COPIED_MS);
    }
}
