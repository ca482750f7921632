// The base of tabs that run a network on pictures: shows the picture, manages the network's weights, and keeps the results of each picture.
import { engineWith, holdEngine, untilAborted } from '../app/engine.js';
import { failJob } from '../app/job.js';
import { duration, megabytes, size } from '../ui/format.js';
import { t, messageOf } from '../words/words.js';
import { Tab } from './tab.js';
import { Weights } from './weights.js';

const LARGE = 1e7; // bytes: larger downloads are mentioned

/**
 * @typedef {import('../app/job.js').Job} Job
 * @typedef {{ signal: AbortSignal, onProgress: (progress: import('acg2vec').Progress) => void }} Listen the options of each call of the engine
 */

/** @abstract */
export class NetworkTab extends Tab {
    #isLoaded = false;

    /**
     * @param {string} id
     * @param {import('./tab.js').Page} page
     * @param {(all: import('./model_words.js').Group[]) => import('./model_words.js').Group[]} chooseModels returns those that the tab needs
     */
    constructor(id, page, chooseModels) {
        super(id, page);
        this.weights = new Weights(this, chooseModels);
        this.at('form').addEventListener('submit', (/** @type {Event} */ event) => {
            event.preventDefault();
            this.at('run').click(); // no effect if it is disabled
        });
    }

    /** The computed results are obsolete. */
    onForget() {}

    get hasPanel() {
        return super.hasPanel || this.weights.isLacking;
    }

    onEnter() {
        if (this.#isLoaded) return;
        this.#isLoaded = true;
        this.weights.load().catch((error) => this.say(messageOf(error)));
    }

    onOpen() {
        this.onForget();
    }

    /** @param {Job} job @param {boolean} [_another] */
    onSelect(job, _another) {
        this.at('sizes').textContent = '';
        Object.assign(this.at('picture'), { src: job.url, alt: job.name });
    }

    /** @param {Job} job */
    onShow({ width, height }) {
        this.at('sizes').textContent = width ? size(width, height) : '';
    }

    onRefresh() {
        const isShown = this.selected?.isShown ?? true;
        this.at('picture').hidden = !isShown;
        this.at('unshown').hidden = isShown;
    }

    onClear() {
        this.onForget();
        this.at('picture').removeAttribute('src');
    }

    /** The weights have changed, so the results of the pictures are obsolete. */
    forget() {
        for (const job of this.jobs) Object.assign(job, { note: '', notes: [], known: {} });
        if (this.state === 'done') this.state = 'chosen';
        this.onForget();
        this.say('');
    }

    /** Sets the button's text, with the size of the necessary download. @param {string} words @param {boolean} enabled @param {string[]} [models] */
    offerRun(words, enabled, models) {
        const left = this.weights.toFetch(models);
        this.at('run').disabled = !enabled;
        this.at('run').textContent = enabled && left > LARGE ? t('tab.fetches', { words, size: megabytes(left) }) : words;
    }

    /**
     * Runs a task with the engine, and shows its progress and duration.
     * @template T
     * @param {(engine: import('acg2vec').Engine, listen: Listen) => Promise<T>} task
     * @returns {Promise<T | undefined>} undefined: it failed or was cancelled, which is shown
     */
    async ask(task) {
        /** @type {T | undefined} */
        let result;
        await this.work(
            async (signal) => {
                const begun = performance.now();
                const clock = { loadMs: 0, last: begun };
                const found = await untilAborted(this.#withEngine(task, signal, clock), signal);
                const [single, ...others] = this.jobs;
                if (!others.length && single?.state === 'failed') throw new Error(single.message);
                result = found;
                const { loadMs } = clock;
                return {
                    words: t('tab.done', { time: duration(performance.now() - begun) }),
                    fine: loadMs > 100 ? t('tab.done.loading', { time: duration(loadMs) }) : '',
                };
            },
            () => true,
        );
        this.weights.update().catch(() => {}); // at worst, the kept sizes are not up to date
        return result;
    }

    /**
     * @template T
     * @param {(engine: import('acg2vec').Engine, listen: Listen) => Promise<T>} task
     * @param {AbortSignal} signal
     * @param {{ loadMs: number, last: number }} clock measures how long the weights took to load
     */
    async #withEngine(task, signal, clock) {
        const engine = await engineWith(this.page.threads());
        clock.last = performance.now();
        const onProgress = (/** @type {import('acg2vec').Progress} */ event) => {
            const now = performance.now();
            const isLoading = event.stage === 'models';
            if (isLoading) clock.loadMs += now - clock.last;
            clock.last = now;
            if (signal.aborted) return;
            this.progress.update(isLoading ? { ...event, total: Math.max(event.done, this.weights.size(event.model)) } : event);
        };
        return holdEngine(() => task(engine, { signal, onProgress }));
    }
}

/**
 * Runs the task for each picture. A failure is set in the job; an error that concerns all pictures is thrown.
 * @param {Job[]} jobs
 * @param {AbortSignal} signal
 * @param {(job: Job, i: number) => Promise<void>} task
 */
export async function eachPicture(jobs, signal, task) {
    for (const [i, job] of jobs.entries()) {
        Object.assign(job, { state: 'waiting', message: '', remedy: null, note: '' });
        try {
            await task(job, i);
        } catch (error) {
            const { code } = /** @type {{ code?: string }} */ (error);
            if (signal.aborted || code === 'NOT_FOUND' || code === 'BAD_MODEL') throw error;
            failJob(job, error);
        }
    }
}
