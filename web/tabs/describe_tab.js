// The tab that scores and tags: bookmarks, views and sanity, estimated by pix2score, and a tagger's tags.
import { offerLines, offerTable } from '../files/download_lines.js';
import { copyText } from '../ui/clipboard.js';
import { $ } from '../ui/dom.js';
import { drawBins, drawRadar, expectedWords } from '../ui/score_chart.js';
import { showTags, tagsAsText } from '../ui/tag_chips.js';
import { announce } from '../ui/toast.js';
import { fixed, isText, t } from '../words/words.js';
import { Captions } from './describe_captions.js';
import { descriptionFacts, descriptionRows } from './describe_lines.js';
import { DescribeTable } from './describe_table.js';
import { describeAll, isDescribed, shownTags } from './describe_work.js';
import { NetworkTab } from './network_tab.js';

/** @typedef {import('../app/job.js').Job} Job */

const CATEGORIES = /** @type {const} */ (['general', 'character']);
const COPIED_MS = 2000;
const FEW = 12; // pictures: up to this number the list is shown at first, not the table

export class DescribeTab extends NetworkTab {
    /** @type {boolean | null} null: the user has not chosen; the number of pictures decides */
    #wantsTable = null;
    /** Whether the thresholds of the taggers are known. */
    #hasDefaults = false;

    /** @param {import('./tab.js').Page} page */
    constructor(page) {
        super('describe', page, (all) => all.filter(({ task }) => task === 'score' || task === 'tag'));
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
            least: this.#minScores,
        }));
        this.table = new DescribeTable(() => ({ jobs: this.jobs, selected: this.selected, least: this.#minScores }), {
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

    /** The chosen tagger. @returns {import('acg2vec').TagModel | undefined} */
    get #tagger() {
        return this.at('taggers').querySelector(':checked')?.value;
    }

    /** The ids of the networks that score. */
    get #scorers() {
        return this.weights.groups.filter(({ task }) => task === 'score').flatMap(({ ids }) => ids);
    }

    /** The minimum scores of the sliders. @returns {import('./describe_work.js').MinScores} */
    get #minScores() {
        const [general, character] = CATEGORIES.map((category) => Number(this.choices.namedItem(category).value));
        return { general, character };
    }

    /** Chooses a tagger, and sets the sliders to its thresholds in the package. @param {string | undefined} tagger */
    #take(tagger) {
        for (const choice of this.at('taggers').querySelectorAll('input')) choice.checked = choice.value === tagger;
        const { defaults } = this.weights.taggers.find(({ key }) => key === tagger) ?? {};
        if (defaults)
            for (const category of CATEGORIES) this.choices.namedItem(category).value = defaults.thresholds[category] ?? defaults.threshold;
        this.#show();
    }

    /** Adds a choice for each tagger. Thresholds come later than the list of taggers: with the engine. */
    #offerTaggers() {
        const { taggers } = this.weights;
        const known = [...this.at('taggers').querySelectorAll('input')].map(({ value }) => value);
        for (const { key, name } of taggers.filter(({ key }) => !known.includes(key))) {
            const label = document.createElement('label');
            const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'tagger', value: key });
            label.append(input, Object.assign(document.createElement('span'), { textContent: name }));
            this.at('tagger-hint').before(label);
        }
        if (taggers.length && !this.#tagger) this.#take(taggers[0].key);
        if (this.#hasDefaults || !taggers.some(({ defaults }) => defaults)) return;
        this.#hasDefaults = true;
        this.#take(this.#tagger);
    }

    /** Enables the tasks whose weights are here; chooses the first tagger that is here, if the chosen one is not. */
    #enable() {
        this.#offerTaggers();
        const here = this.weights.taggers.filter(({ isHere }) => isHere).map(({ key }) => /** @type {string} */ (key));
        for (const choice of this.at('taggers').querySelectorAll('input')) choice.disabled = !here.includes(choice.value);
        if (here.length && !here.includes(this.#tagger ?? '')) this.#take(here[0]);
        this.choices.namedItem('score').disabled = !this.weights.has(this.#scorers);
        this.choices.namedItem('tag').disabled = !here.length;
        const tagger = this.weights.taggers.find(({ key }) => key === this.#tagger);
        const isFitting = tagger?.defaults?.fit !== undefined;
        this.choices.namedItem('fit').disabled = !here.length || !isFitting || !this.choices.namedItem('tag').checked;
        this.at('fit').hidden = !isFitting;
        this.at('tagger-hint').textContent = isText(`describe.tagger.${tagger?.key}.hint`) ? t(`describe.tagger.${tagger?.key}.hint`) : '';
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
            ...(score ? this.#scorers : []),
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

    /** Shows the results of the selected picture. */
    #show() {
        const { score, tags } = this.selected?.known.description ?? {};
        $('describe-scores').hidden = !score;
        $('describe-tags').hidden = !tags && !this.jobs.some(({ known }) => known.description?.tags); // their thresholds can be moved
        if (score) {
            drawRadar($('describe-radar'), score);
            drawBins($('describe-bins'), score[String(new FormData($('describe-heads')).get('head'))]);
            $('describe-expected').textContent = expectedWords(score);
        }
        if (!$('describe-tags').hidden) {
            const least = this.#minScores;
            const shown = shownTags(tags ?? [], least);
            $('describe-threshold-value').textContent = fixed(least.general, 2);
            $('describe-threshold-character-value').textContent = fixed(least.character, 2);
            $('describe-count').textContent = t('describe.tags.count', { n: shown.length });
            showTags($('describe-chips'), shown);
        }
    }

    /** Shows the table, if it is wanted, and offers downloads of its pictures. */
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
        const least = this.#minScores;
        const name = 'descriptions';
        offerLines(this.at('download'), known, (job) => descriptionFacts(job, least), { words: t('tab.json'), name });
        offerTable($('describe-csv'), known, () => descriptionRows(known, least), { words: t('table.csv'), name });
        $('describe-csv').hidden ||= this.jobs.length < 2;
    }

    async #copyTags() {
        const text = tagsAsText(shownTags(this.selected?.known.description?.tags ?? [], this.#minScores));
        const words = t((await copyText(text)) ? 'describe.copied' : 'describe.copy.refused');
        $('describe-copy').textContent = words;
        announce(words);
        setTimeout(() => ($('describe-copy').textContent = t('describe.copy')), COPIED_MS);
    }
}
