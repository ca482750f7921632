// The tab that scores and tags: bookmarks, views and sanity, estimated by pix2score, and a tagger's tags.
import { downloadLines } from '../files/download_lines.js';
import { $ } from '../ui/dom.js';
import { drawBins, drawRadar, expectedWords } from '../ui/score_chart.js';
import { showTags, tagsAsText } from '../ui/tag_chips.js';
import { announce } from '../ui/toast.js';
import { fixed, t } from '../words/words.js';
import { Captions } from './describe_captions.js';
import { describeAll, descriptionLine, isDescribed, shownTags } from './describe_work.js';
import { GROUPS } from './model_words.js';
import { NetworkTab } from './network_tab.js';

/** @typedef {import('../app/job.js').Job} Job */

const SCORER = 'pix2score';
/** With the least scores that it has at first: what it was published with. @type {Record<string, import('./describe_work.js').Least>} */
const TAGGERS = { deepdanbooru: { general: 0.5, character: 0.5 }, 'wd-vit': { general: 0.35, character: 0.85 } };
const CATEGORIES = /** @type {const} */ (['general', 'character']);
const COPIED_MS = 2000;

export class DescribeTab extends NetworkTab {
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
                this.#offerDownload();
                this.captions.refresh();
            });
        }
        $('describe-copy').addEventListener('click', () => this.#copyTags());
        this.captions = new Captions(() => ({
            all: this.jobs,
            jobs: this.state === 'working' ? [] : this.jobs.filter((job) => job.known.description?.tags),
            least: this.#least,
        }));
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
        const words = this.jobs.length > 1 ? t(`${what}.all`, { n: this.jobs.length }) : t(what);
        const isToDo = (score || tag) && !this.jobs.every((job) => isDescribed(job, wanted));
        this.offerRun(words, isToDo, [...(score ? [SCORER] : []), ...(model ? [model] : [])]);
        this.#offerDownload();
        this.captions.refresh();
    }

    /** @param {Job} [again] */
    async run(again) {
        if (again) this.select(again);
        const wanted = this.#wanted;
        const count = (/** @type {string} */ counted) => this.progress.start(t('describe.working'), counted);
        await this.ask((engine, listen) => describeAll(engine, this.jobs, wanted, listen, count));
        this.#show();
    }

    /** What is known of the picture that shows. */
    #show() {
        const { score, tags } = this.selected?.known.description ?? {};
        $('describe-scores').hidden = !score;
        $('describe-tags').hidden = !tags;
        if (score) {
            drawRadar($('describe-radar'), score);
            drawBins($('describe-bins'), score[String(new FormData($('describe-heads')).get('head'))]);
            $('describe-expected').textContent = expectedWords(score);
        }
        if (tags) {
            const least = this.#least;
            const shown = shownTags(tags, least);
            $('describe-threshold-value').textContent = fixed(least.general, 2);
            $('describe-threshold-character-value').textContent = fixed(least.character, 2);
            $('describe-count').textContent = t('describe.tags.count', { n: shown.length });
            showTags($('describe-chips'), shown);
        }
    }

    #offerDownload() {
        const known = this.state === 'working' ? [] : this.jobs.filter((job) => job.known.description);
        const words = { words: t('tab.json'), name: 'descriptions' };
        downloadLines(this.at('download'), known, (job) => descriptionLine(job, this.#least), words);
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
