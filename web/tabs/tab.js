// The base of all tabs: opens pictures, shows one of them, and runs work with progress and cancellation. Subclasses define the work and show its
// results. The elements are those of the template "tab" in index.html.
import { closeJob, failJob, openJob, replaceJobs } from '../app/job.js';
import { sizeUnknown } from '../app/picture.js';
import { takeRemedy } from '../app/remedy.js';
import { noteWords, onLanguage, t, messageOf } from '../words/words.js';
import { $, showNotes } from '../ui/dom.js';
import { size } from '../ui/format.js';
import { JobList } from '../ui/job_list.js';
import { Progress } from '../ui/progress.js';
import { announce, toast } from '../ui/toast.js';

/**
 * @typedef {import('../app/job.js').Job} Job
 * @typedef {'empty' | 'chosen' | 'working' | 'done'} State done: the outcome is shown
 * @typedef {{ words: string, fine?: string, spoken?: string }} Outcome spoken: for screen readers, if other than words
 *
 * @typedef {object} Page what tabs need from the page
 * @property {() => string} whyBusy why files cannot be changed now, or ''
 * @property {(id: string, found: import('../files/dropped_files.js').Found[]) => Promise<void>} openIn shows another tab with these pictures
 * @property {() => number | undefined} threads the chosen number; undefined: the engine chooses
 */

/** @abstract */
export class Tab {
    /** @type {State} */
    state = 'empty';
    /** @type {Job[]} */
    jobs = [];
    /** @type {Job | null} the selected one */
    selected = null;
    /** Measures a file that the browser cannot show. @type {import('../app/picture.js').Measure} */
    measure = sizeUnknown;

    /** @type {AbortController | null} */
    #work = null;
    /** Pictures are opened one after the other, and work begins only when none is being opened. */
    #opening = Promise.resolve();

    /** @param {string} id of the tab @param {Page} page */
    constructor(id, page) {
        this.id = id;
        this.page = page;
        this.progress = new Progress((name) => this.at(name));
        this.list = new JobList(
            this.at('jobs'),
            (job) => this.select(job),
            (job) => this.retry(job),
            this.queue,
        );
        this.at('run').addEventListener('click', () => this.run());
        this.at('remedy').addEventListener('click', () => this.selected && this.retry(this.selected));
        this.at('cancel').addEventListener('click', () => this.#work?.abort());
        this.at('another').addEventListener('click', () => this.#startOver());
        onLanguage(() => this.refresh());
    }

    /** An element of this tab. @param {string} name */
    at(name) {
        return $(`${this.id}-${name}`);
    }

    // Methods for subclasses:

    /** The tab is shown. */
    onEnter() {}
    /** Other pictures were opened. */
    onOpen() {}
    /** A picture is selected. @param {Job} _job may not be opened yet @param {boolean} _whether another was selected before */
    onSelect(_job, _another) {}
    /** The selected picture was opened, or has failed. @param {Job} _job */
    onShow(_job) {}
    /** Anything has changed. */
    onRefresh() {}
    /** All pictures are removed. */
    onClear() {}
    /** Moves pictures in the list; null: their order does not matter. @returns {import('../ui/job_list.js').Queue | null} */
    get queue() {
        return null;
    }
    /** Whether the pictures show as a list. */
    get isList() {
        return this.jobs.length > 1;
    }
    /** Whether there is anything to choose. */
    get hasPanel() {
        return this.state !== 'empty';
    }
    /** The button was pressed. @param {Job} [_job] to run only this one again */
    run(_job) {}

    // Methods for the page:

    whyBusy() {
        return this.#work ? t('tab.busy') : '';
    }

    /** Whether pictures that are open in another tab are opened in this one, too. */
    get takesAlong() {
        return true;
    }

    /** Whether closing the page would lose something. */
    get isUnsaved() {
        return this.#work !== null;
    }

    /** The open pictures as files. @returns {import('../files/dropped_files.js').Found[]} */
    get found() {
        return this.jobs.map(({ file, folder }) => ({ file, folder }));
    }

    /** Opens pictures in place of those that are open. @param {import('../files/dropped_files.js').Found[]} found */
    openPictures(found) {
        this.#opening = this.#opening.then(() => this.#open(found));
        return this.#opening;
    }

    // Shared parts of tabs:

    /** @param {Job} job */
    async select(job) {
        const another = this.selected !== job;
        this.selected = job;
        this.at('name').textContent = this.at('name').title = job.name;
        this.say(this.jobs.length > 1 ? '' : job.message);
        this.onSelect(job, another);
        this.refresh();
        await openJob(job, this.measure).catch((error) => failJob(job, error));
        if (this.selected !== job) return; // another was selected meanwhile
        this.onShow(job);
        this.refresh(); // the list shows what could not be opened
    }

    /** @param {State} state */
    setState(state) {
        this.state = state;
        this.refresh();
    }

    /** Shows the current state. */
    refresh() {
        const { state } = this;
        this.at('part').dataset.state = state;
        this.at('empty').hidden = state !== 'empty';
        this.at('viewer').hidden = state === 'empty';
        this.at('panel').hidden = !this.hasPanel;
        this.at('cancel').hidden = state !== 'working';
        this.at('run').hidden = this.at('another').hidden = state === 'working';
        this.at('another').textContent = t(this.jobs.length > 1 ? 'tab.others' : 'tab.another');
        this.at('result').hidden = state !== 'done';
        this.at('form').inert = state === 'working';
        this.refreshJobs();
        this.onRefresh();
    }

    /** Updates the list of pictures, which is shown for several. */
    refreshJobs() {
        this.at('jobs').hidden = !this.isList;
        this.list.refresh(this.selected, this.state !== 'working');
        const single = this.jobs.length > 1 ? null : this.selected;
        showNotes(this.at('notes'), (single?.notes ?? []).map(noteWords));
        this.at('remedy').textContent = single?.remedy ? t(single.remedy.words) : '';
        this.at('remedy').hidden = !single?.remedy || this.at('message').hidden;
    }

    /** Shows a sentence about this work; '' removes the last one. @param {string} sentence */
    say(sentence) {
        this.at('message').textContent = sentence;
        this.at('message').hidden = !sentence;
        this.refreshJobs();
    }

    /**
     * Runs work on the pictures, unless other work is running.
     * @template P
     * @param {(signal: AbortSignal, prepared: P) => Promise<Outcome>} task rejects with an Error whose message is a sentence
     * @param {() => P | Promise<P | null>} prepare must be called directly after a click; null: the user cancelled
     */
    async work(task, prepare) {
        if (this.#work) return;
        this.#work = new AbortController(); // immediately, so that a second call sees it
        const { signal } = this.#work;
        this.say('');
        try {
            const prepared = await prepare();
            if (prepared === null) return;
            await this.#opening;
            await this.#tell(() => task(signal, prepared));
        } catch (error) {
            this.say(messageOf(error));
        } finally {
            this.#work = null;
        }
    }

    /** The elements for the focus after work: the first that can have it gets it. */
    get next() {
        return ['run', 'another'].map((name) => this.at(name));
    }

    /** Shows that work is running, and then its outcome. @param {() => Promise<Outcome>} task */
    async #tell(task) {
        this.setState('working');
        this.at('cancel').focus({ preventScroll: true });
        this.progress.start(t('tab.starting'));
        let said = '';
        try {
            const { words, fine = '', spoken = words } = await task();
            said = spoken;
            this.at('outcome').textContent = words;
            this.at('outcome-fine').textContent = fine;
            this.setState('done');
        } catch (error) {
            const { code } = /** @type {{ code?: string }} */ (error);
            this.setState('chosen');
            if (code === 'CANCELLED') said = t('tab.cancelled');
            else this.say(messageOf(error));
        }
        this.progress.stop(said);
        this.next.find(({ hidden, disabled }) => !hidden && !disabled)?.focus({ preventScroll: true });
    }

    /** @param {import('../files/dropped_files.js').Found[]} found */
    async #open(found) {
        if (this.#work) {
            toast(this.whyBusy());
            return;
        }
        const opened = await replaceJobs(this.jobs, found, this.measure, toast);
        if (!opened) return;
        const { jobs, first, words } = opened;
        this.jobs = jobs;
        this.list.fill(jobs);
        this.state = 'chosen';
        this.onOpen();
        this.select(first);
        this.at('run').focus({ preventScroll: true });
        announce(
            first.width ? t('tab.opened.size', { name: words, size: size(first.width, first.height) }) : t('tab.opened', { name: words }),
        );
    }

    /** Tries a picture again, with its remedy. @param {Job} job */
    retry(job) {
        if (this.#work) return;
        takeRemedy(job);
        this.run(job);
    }

    #startOver() {
        this.jobs.forEach(closeJob);
        this.jobs = [];
        this.selected = null;
        this.list.fill([]);
        this.onClear();
        this.say('');
        this.setState('empty');
        this.at('choose').focus({ preventScroll: true });
    }
}
