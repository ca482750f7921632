// The tab that enlarges.
import { cancelled, engineWith } from '../app/engine.js';
import { closeJob } from '../app/job.js';
import { keepEngine } from '../app/offline.js';
import { sizeByEngine } from '../app/picture.js';
import { letDragOut } from '../files/drag_out.js';
import { forgetKept, forgetPictures, keepQueue, leftPictures } from '../files/kept_queue.js';
import { showHero } from '../files/sample_picture.js';
import { canWriteFiles, pickTargets } from '../files/save.js';
import { canCopyPicture, copyPicture } from '../ui/clipboard.js';
import { $ } from '../ui/dom.js';
import { downloadName, isSame, size } from '../ui/format.js';
import { fillForm, formValues } from '../ui/kept_form.js';
import { toast } from '../ui/toast.js';
import { Viewer } from '../ui/viewer.js';
import { noteWords, t, messageOf } from '../words/words.js';
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
    /** Files that are kept until their results are saved. @type {File[]} */
    #kept = [];
    #cancelOne = () => {};

    /** @param {import('./tab.js').Page} page */
    constructor(page) {
        super('enlarge', page);
        this.viewer = new Viewer(this.at('viewer'), this.at('unshown'));
        this.options = new OptionsForm(this.at('form'), () => this.refresh());
        this.estimate = new Estimate(this.at('estimate'), (job, plan) => {
            job.notes = plan.notes;
            this.at('sizes').textContent = sizesOf(job, plan);
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
        for (const name of ['download', 'jobs']) {
            this.at(name).addEventListener('click', ({ target }) => this.#onTaken(target.href));
            letDragOut(
                this.at(name),
                (href) => this.#jobOf(href)?.result ?? undefined,
                (href) => this.#onTaken(href),
            );
        }
        $('straight-row').hidden = !canWriteFiles;
        $('isolation-note').hidden = globalThis.crossOriginIsolated || !globalThis.isSecureContext;
        $('insecure-note').hidden = globalThis.isSecureContext;
        loadCombinations().then((all) => this.options.setCombinations(all));
        showHero($('hero-before'), $('hero-after'));
    }

    /** Starts the engine in advance. Resolves when it is ready, and also when it failed: that is shown when the engine is needed. */
    async warm() {
        await engineWith(this.page.threads()).then(showMachine, () => {});
    }

    onOpen() {
        this.warm();
        forgetPictures(this.#kept.splice(0));
    }

    /** @returns {import('../ui/job_list.js').Queue} */
    get queue() {
        return { onMove: (job, by) => this.#move(job, by), onLeave: (job) => this.#leave(job) };
    }

    /** @param {Job} job @param {-1 | 1} by */
    #move(job, by) {
        const from = this.jobs.indexOf(job);
        this.jobs.splice(from, 1);
        this.jobs.splice(from + by, 0, job);
        this.list.sort(this.jobs);
        this.refreshJobs();
    }

    /** Removes a picture from the queue; the current one is cancelled instead. @param {Job} job */
    #leave(job) {
        if (job.state === 'working') return this.#cancelOne();
        const place = this.jobs.indexOf(job);
        this.jobs.splice(place, 1);
        forgetPictures([job.file]);
        closeJob(job);
        this.list.fill(this.jobs);
        const neighbour = this.jobs[Math.min(place, this.jobs.length - 1)];
        if (this.selected === job) this.select(neighbour);
        else this.refresh();
        this.list.focus(neighbour);
    }

    get isUnsaved() {
        return super.isUnsaved || this.jobs.some(({ result }) => result?.blob && !result.isSaved);
    }

    /** @param {string} href of a link to a result */
    #jobOf(href) {
        return this.jobs.find(({ result }) => result?.url && result.url === href);
    }

    /** A result was downloaded or dragged out. @param {string} href */
    #onTaken(href) {
        const job = this.#jobOf(href);
        if (!job?.result) return;
        job.result.isSaved = true;
        forgetPictures([job.file]);
    }

    /** Offers pictures that were not finished at the last visit. */
    async offerUnfinished() {
        const left = await leftPictures();
        const bar = $('unfinished');
        if (!left.length || this.jobs.length) return;
        $('unfinished-words').textContent = t('unfinished.there', { n: left.length });
        bar.hidden = false;
        $('unfinished-later').onclick = () => (bar.hidden = true); // they are offered again at the next visit
        $('unfinished-forget').onclick = () => {
            bar.hidden = true;
            forgetKept(left);
        };
        $('unfinished-take').onclick = async () => {
            const why = this.page.whyBusy();
            if (why) return toast(why);
            bar.hidden = true;
            fillForm(this.options.form, left[0].settings);
            await this.page.openIn(this.id, left);
            await this.#keep(this.jobs);
            await forgetKept(left);
        };
    }

    /** Keeps pictures until their results are saved. @param {Job[]} jobs */
    async #keep(jobs) {
        this.#kept = jobs.map(({ file }) => file);
        await keepQueue(jobs, formValues(this.options.form));
    }

    /** @param {Job} job */
    onShow(job) {
        if (this.state === 'done' && job.result) this.viewer.showResult(job, job.result);
        else this.viewer.showOriginal(job, this.options.read().scale);
    }

    onClear() {
        forgetPictures(this.#kept.splice(0));
        this.viewer.clear();
        this.at('download').removeAttribute('href');
    }

    onRefresh() {
        const { jobs, selected, state } = this;
        $('zoom').hidden = state === 'empty';
        $('comparison-open').disabled = !selected?.isOpen || !selected.isShown;
        this.at('download').hidden = state !== 'done' || jobs.length > 1 || !selected?.result?.url;
        this.at('copy').hidden = this.at('download').hidden || !canCopyPicture(selected?.result?.blob);
        $('zip').hidden = state !== 'done' || jobs.filter((job) => job.result?.blob).length < 2;
        this.estimate.hide();
        if (selected && state !== 'working') this.#showChoice(selected);
    }

    /** Shows the size of the result, and the button's action. @param {Job} job */
    #showChoice(job) {
        const { jobs, state } = this;
        const chosen = this.options.read();
        const [width, height] = [job.width * chosen.scale, job.height * chosen.scale];
        const isAsked = chosen.width || chosen.height; // the estimate shows the resulting size
        this.at('sizes').textContent = isAsked ? '' : sizesOf(job, { width, height });
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

    /** The pictures without a result of these options. @param {Options} chosen */
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
        const queue = () => this.jobs.filter((job) => todo.includes(job));
        const clock = new BatchClock(() => queue().length);
        this.#keep(todo);
        await enlargeAll(queue, {
            chosen,
            pattern: this.options.pattern,
            targets,
            signal,
            measure: this.measure,
            onBegin: async (job, counted, cancel) => {
                this.#cancelOne = cancel;
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
        forgetPictures(todo.filter(({ result }) => !result?.blob).map(({ file }) => file)); // these have no result to save
        return this.#outcome(queue(), performance.now() - begun, signal);
    }

    /** @param {Job[]} todo @param {number} ms @param {AbortSignal} signal */
    #outcome(todo, ms, signal) {
        const job = todo.findLast((each) => each.state === 'done');
        if (!job?.result) {
            const failed = todo.find((each) => each.state === 'failed');
            if (signal.aborted || !failed) throw cancelled();
            throw new Error(failed.message);
        }
        offerResult(this.at('download'), job.result);
        const words = outcomeOf(todo, this.jobs.length, ms);
        const notes = this.jobs.length > 1 ? [] : job.notes.map(noteWords);
        return { words, fine: describeResult(job.result), spoken: [words, ...notes].join(' ') };
    }

    get next() {
        return this.state === 'done' ? [this.at('download'), $('zip'), this.at('another')] : [this.at('run')];
    }

    /** Copies the result to the clipboard as a picture. */
    async #copy() {
        const blob = this.selected?.result?.blob;
        if (!blob) return;
        toast(t((await copyPicture(blob)) ? 'describe.copied' : 'describe.copy.refused'), 'status');
    }

    async #downloadZip() {
        $('zip').disabled = true;
        await downloadResults(this.jobs).catch((error) => this.say(messageOf(error)));
        forgetPictures(this.jobs.filter(({ result }) => result?.isSaved).map(({ file }) => file));
        $('zip').disabled = false;
    }
}

/** @param {Job} job @param {{ width: number, height: number }} result */
const sizesOf = (job, result) => (job.width ? `${size(job.width, job.height)} → ${size(result.width, result.height)}` : '');

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
