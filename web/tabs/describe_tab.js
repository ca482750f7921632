// The tab that scores and tags: bookmarks, views and sanity, estimated by pix2score, and DeepDanbooru's tags.
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

const MODELS = { score: 'pix2score', tag: 'deepdanbooru' };
const COPIED_MS = 2000;

export class DescribeTab extends NetworkTab {
    /** @param {import('./tab.js').Page} page */
    constructor(page) {
        super('describe', page, [GROUPS.pix2score, GROUPS.deepdanbooru]);
        this.choices = this.at('form').elements;
        this.at('form').addEventListener('change', () => this.refresh());
        $('describe-heads').addEventListener('change', () => this.#show());
        this.choices.namedItem('threshold').addEventListener('input', () => {
            this.#show();
            this.#offerDownload();
            this.captions.refresh();
        });
        $('describe-copy').addEventListener('click', () => this.#copyTags());
        this.captions = new Captions(() => ({
            all: this.jobs,
            jobs: this.state === 'working' ? [] : this.jobs.filter((job) => job.known.description?.tags),
            threshold: this.#threshold,
        }));
    }

    /** What is asked for, as far as there are weights for it. @returns {import('./describe_work.js').Wanted} */
    get #wanted() {
        return { score: this.#wants('score'), tag: this.#wants('tag'), fit: this.choices.namedItem('fit').checked };
    }

    get #threshold() {
        return Number(this.choices.namedItem('threshold').value);
    }

    /** @param {keyof typeof MODELS} what */
    #wants(what) {
        return this.choices.namedItem(what).checked && this.weights.has([MODELS[what]]);
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
        for (const [what, model] of Object.entries(MODELS)) this.choices.namedItem(what).disabled = !this.weights.has([model]);
        const wanted = this.#wanted;
        const { score, tag } = wanted;
        this.choices.namedItem('fit').disabled = !tag;
        const what = score === tag ? 'describe.run' : score ? 'describe.run.score' : 'describe.run.tag';
        const words = this.jobs.length > 1 ? t(`${what}.all`, { n: this.jobs.length }) : t(what);
        const isToDo = (score || tag) && !this.jobs.every((job) => isDescribed(job, wanted));
        this.offerRun(words, isToDo, [...(score ? [MODELS.score] : []), ...(tag ? [MODELS.tag] : [])]);
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
            const shown = shownTags(tags, this.#threshold);
            $('describe-threshold-value').textContent = fixed(this.#threshold, 2);
            $('describe-count').textContent = t('describe.tags.count', { n: shown.length });
            showTags($('describe-chips'), shown);
        }
    }

    #offerDownload() {
        const known = this.state === 'working' ? [] : this.jobs.filter((job) => job.known.description);
        const words = { words: t('tab.json'), name: 'descriptions' };
        downloadLines(this.at('download'), known, (job) => descriptionLine(job, this.#threshold), words);
    }

    async #copyTags() {
        const text = tagsAsText(shownTags(this.selected?.known.description?.tags ?? [], this.#threshold));
        const words = await navigator.clipboard.writeText(text).then(
            () => t('describe.copied'),
            () => t('describe.copy.refused'),
        );
        $('describe-copy').textContent = words;
        announce(words);
        setTimeout(() => ($('describe-copy').textContent = t('describe.copy')), COPIED_MS);
    }
}
