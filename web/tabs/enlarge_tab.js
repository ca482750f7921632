// The tab that enlarges.
import { cancelled, engineWith } from '../app/engine.js';
import { keepEngine } from '../app/offline.js';
import { sizeByEngine } from '../app/picture.js';
import { showHero } from '../files/sample_picture.js';
import { canWriteFiles, pickTargets } from '../files/save.js';
import { $ } from '../ui/dom.js';
import { downloadName, isSame, size } from '../ui/format.js';
import { toast } from '../ui/toast.js';
import { Viewer } from '../ui/viewer.js';
import { noteWords, t, told } from '../words/words.js';
import { loadCombinations } from './combinations.js';
import { BatchClock } from './batch_clock.js';
import { NetworkComparison } from './compare_networks.js';
import { enlargeAll } from './enlarge_batch.js';
import { Estimate } from './enlarge_estimate.js';
import { OptionsForm } from './enlarge_options.js';
import { describeResult, downloadResults, offerResult, outcomeOf } from './enlarge_outcome.js';
import { Tab } from './tab.js';

/**
 * @typedef {import('../app/job.js').Job} Job
 * @typedef {import('./enlarge_options.js').Options} Options
 */

export class EnlargeTab extends Tab {
    /** @param {import('./tab.js').Page} page */
    constructor(page) {
        super('enlarge', page);
        this.viewer = new Viewer(this.at('viewer'), this.at('unshown'));
        this.options = new OptionsForm(this.at('form'), () => this.refresh());
        this.estimate = new Estimate(this.at('estimate'), (job, notes) => {
            job.notes = notes;
            this.refreshJobs();
        });
        this.measure = (/** @type {Job} */ job) => sizeByEngine(job, this.options.read());
        const asked = () => {
            const { options } = this;
            const job = /** @type {Job} */ (this.selected);
            return { job, chosen: options.read(), candidates: options.candidates, whyBusy: page.whyBusy() };
        };
        this.comparison = new NetworkComparison(asked, (one) => this.options.choose(one));
        $('zip').addEventListener('click', () => this.#downloadZip());
        this.at('copy').addEventListener('click', () => this.#copy());
        for (const name of ['download', 'jobs'])
            this.at(name).addEventListener('click', (/** @type {Event} */ event) => this.#onDownload(event));
        $('straight-row').hidden = !canWriteFiles;
        $('isolation-note').hidden = globalThis.crossOriginIsolated;
        loadCombinations().then((all) => this.options.setCombinations(all));
        showHero($('hero-before'), $('hero-after'));
    }

    /** Lets the engine start. */
    warm() {
        engineWith(this.page.threads()).then(showMachine, () => {}); // a failure is told when the engine is needed
    }

    onOpen() {
        this.warm();
    }

    get isUnsaved() {
        return super.isUnsaved || this.jobs.some(({ result }) => result?.blob && !result.isSaved);
    }

    /** A link of a result was pressed. @param {Event} event */
    #onDownload({ target }) {
        const job = this.jobs.find(({ result }) => result?.url && result.url === /** @type {HTMLAnchorElement} */ (target).href);
        if (job?.result) job.result.isSaved = true;
    }

    /** @param {Job} job */
    onShow(job) {
        if (this.state === 'done' && job.result) this.viewer.showResult(job, job.result);
        else this.viewer.showOriginal(job, this.options.read().scale);
    }

    onClear() {
        this.viewer.clear();
        this.at('download').removeAttribute('href');
    }

    onRefresh() {
        const { jobs, selected, state } = this;
        $('zoom').hidden = state === 'empty';
        $('comparison-open').disabled = !selected?.isOpen || !selected.isShown;
        this.at('download').hidden = state !== 'done' || jobs.length > 1 || !selected?.result?.url;
        this.at('copy').hidden = this.at('download').hidden || !canCopy(selected?.result?.blob);
        $('zip').hidden = state !== 'done' || jobs.filter((job) => job.result?.blob).length < 2;
        this.estimate.hide();
        if (selected && state !== 'working') this.#showChoice(selected);
    }

    /** What would become of the picture, and what the button does. @param {Job} job */
    #showChoice(job) {
        const { jobs, state } = this;
        const chosen = this.options.read();
        const [width, height] = [job.width * chosen.scale, job.height * chosen.scale];
        this.at('sizes').textContent = job.width ? `${size(job.width, job.height)} → ${size(width, height)}` : '';
        const run = this.at('run');
        run.hidden = !this.#todo(chosen).length;
        run.classList.toggle('primary', state !== 'done');
        run.textContent = runWords(state === 'done', jobs.length);
        if (state === 'chosen' && job.isOpen) this.viewer.showOriginal(job, chosen.scale);
        if (job.result && isSame(job.result.madeWith, chosen)) {
            job.notes = job.result.notes;
            this.refreshJobs();
        }
        if (!run.hidden) this.estimate.show(job, chosen, this.#todo(chosen));
    }

    /** What is not made with these options yet. @param {Options} chosen */
    #todo(chosen) {
        return this.jobs.filter(({ result }) => !result || !isSame(result.madeWith, chosen));
    }

    /** @param {Job} [again] */
    async run(again) {
        const chosen = this.options.read();
        const todo = again ? [again] : this.#todo(chosen);
        const first = downloadName(todo[0].name, chosen, this.options.pattern);
        await this.work(
            (signal, targets) => this.#enlarge(todo, chosen, targets, signal),
            () => ($('straight').checked ? pickTargets(todo.length, first, chosen.format) : undefined),
        );
        const done = todo.findLast((job) => job.state === 'done');
        if (this.state === 'done' && done) this.select(done);
    }

    /**
     * @param {Job[]} todo
     * @param {Options} chosen
     * @param {import('../files/save.js').Targets | undefined} targets
     * @param {AbortSignal} signal
     */
    async #enlarge(todo, chosen, targets, signal) {
        const { viewer, progress } = this;
        const begun = performance.now();
        const clock = new BatchClock(todo.length);
        await enlargeAll(todo, {
            chosen,
            pattern: this.options.pattern,
            targets,
            signal,
            measure: this.measure,
            onBegin: async (job, counted) => {
                await this.select(job);
                viewer.beginWork();
                clock.begin();
                progress.start(t('tab.starting'), counted);
            },
            onEngine: showMachine,
            onProgress: (event) => {
                progress.update(event, clock.rest(event.etaMs));
                viewer.showWork(event.work, chosen.scale);
            },
            onTile: (tile) => viewer.drawTile(tile),
            onTrouble: toast,
            preview: () => viewer.preview(this.jobs.length > 1),
        });
        return this.#outcome(todo, performance.now() - begun, signal);
    }

    /** @param {Job[]} todo @param {number} ms @param {AbortSignal} signal */
    #outcome(todo, ms, signal) {
        const job = todo.findLast((each) => each.state === 'done');
        if (!job?.result) {
            if (signal.aborted) throw cancelled();
            throw new Error(todo.find((each) => each.state === 'failed')?.message);
        }
        offerResult(this.at('download'), job.result);
        const words = outcomeOf(todo, this.jobs.length, ms);
        const notes = this.jobs.length > 1 ? [] : job.notes.map(noteWords);
        return { words, fine: describeResult(job.result), spoken: [words, ...notes].join(' ') };
    }

    get next() {
        return this.state === 'done' ? [this.at('download'), $('zip'), this.at('another')] : [this.at('run')];
    }

    /** The result as a picture in the clipboard. */
    async #copy() {
        const blob = this.selected?.result?.blob;
        if (!blob) return;
        const words = await navigator.clipboard.write([new ClipboardItem({ [blob.type]: blob })]).then(
            () => t('describe.copied'),
            () => t('describe.copy.refused'),
        );
        toast(words, 'status');
    }

    async #downloadZip() {
        $('zip').disabled = true;
        await downloadResults(this.jobs).catch((error) => this.say(told(error)));
        $('zip').disabled = false;
    }
}

/** Whether the browser takes it into the clipboard: all take PNG. @param {Blob} [blob] */
const canCopy = (blob) => Boolean(navigator.clipboard?.write) && blob?.type === 'image/png';

/** @param {{ info: { variant: string, threads: number } }} engine */
function showMachine({ info }) {
    const kind = t(info.variant.startsWith('relaxed') ? 'enlarge.machine.relaxed' : 'enlarge.machine.simd');
    $('machine').textContent = t('enlarge.machine', { kind, threads: t('enlarge.machine.threads', { n: info.threads }) });
    $('machine').title = info.variant;
    keepEngine(info.variant);
}

/** @param {boolean} isAgain @param {number} count of pictures */
function runWords(isAgain, count) {
    if (isAgain) return t('enlarge.run.again');
    return count > 1 ? t('enlarge.run.all', { n: count }) : t('enlarge.run');
}
