// What the parts of the page that look at pictures have in common: pictures come in, one of them shows, work on them begins, tells how
// far it is, can be cancelled. What the work is and what comes of it is for label_part.js and describe_part.js.
import { $ } from './dom.js';
import { duration, size } from './format.js';
import { closeJob, failJob, openJob, replaceJobs } from './job.js';
import { createJobList } from './job_list.js';
import { createProgress } from './progress.js';
import { toast } from './toast.js';
import { createWeights } from './weights_section.js';

/**
 * @typedef {{ whyBusy: () => string, threads: () => number | undefined }} Shared what the parts have to know of each other: why files
 *   cannot be changed now, or ''; and how many threads were chosen
 *
 * @typedef {object} Options
 * @property {string} prefix of the part's ids
 * @property {Pick<import('./weights_section.js').Options, 'roles' | 'of' | 'why'>} weights
 * @property {(state: 'empty' | 'chosen' | 'working') => void} onRefresh
 * @property {() => void} onOpen other pictures have come
 * @property {(another: boolean) => void} onSelect a picture shows; another than before
 * @property {() => void} onForget what was computed is of no use any more
 */

/**
 * @template {{ job: import('./job.js').Job }} P a picture, and what becomes known of it
 * @param {Options} options
 */
export function createPicturePart({ prefix, weights: weightsOptions, onRefresh, onOpen, onSelect, onForget }) {
    const at = (/** @type {string} */ name) => $(`${prefix}-${name}`);
    /** @type {Shared} */
    let shared = { whyBusy: () => '', threads: () => undefined };
    /** @type {P[]} */
    let pictures = [];
    /** @type {P | null} */
    let selected = null;
    /** @type {AbortController | null} */
    let work = null;
    let opening = Promise.resolve();
    let loaded = false;

    const progress = createProgress({
        root: at('work'),
        meter: at('meter'),
        bar: at('meter-bar'),
        percent: at('percent'),
        timeLeft: at('time-left'),
        announcer: $('announcer'),
    });
    const list = createJobList(at('jobs'), (job) => select(/** @type {P} */ (pictures.find((picture) => picture.job === job))));
    const weights = createWeights({
        ...weightsOptions,
        prefix,
        mayChange: () => shared.whyBusy(),
        threads: () => shared.threads(),
        onChange(anew) {
            if (anew) forget();
            refresh();
        },
    });

    const part = {
        weights,
        get pictures() {
            return pictures;
        },
        get selected() {
            return selected;
        },
        get isWorking() {
            return work !== null;
        },
        refresh,
        say,
        run,
        /** In another order, the first one shown. @param {P[]} sorted */
        reorder(sorted) {
            pictures = sorted;
            list.fill(pictures.map(({ job }) => job));
            select(pictures[0]);
        },
        /** What the page needs of a part. */
        page: {
            /** @param {Shared} given */
            share(given) {
                shared = given;
            },
            /** When the part is shown. */
            enter() {
                if (loaded) return;
                loaded = true;
                weights.load().catch((error) => say(error.message));
            },
            whyBusy: () => (work ? 'The network is at work. Cancel that first.' : ''),
            /** The pictures that are open, for another part of the page. */
            openedPictures: () => pictures.map(({ job: { file, folder } }) => ({ file, folder })),
            /** @param {import('./dropped_files.js').Found[]} found at least one */
            openPictures(found) {
                opening = opening.then(() => open(found));
                return opening;
            },
        },
    };

    /** @param {import('./dropped_files.js').Found[]} found */
    async function open(found) {
        if (work) {
            toast('The network is at work. Cancel that first, then open the next picture.');
            return;
        }
        const opened = await replaceJobs(pictures.map(({ job }) => job), found, toast);
        if (!opened) {
            return;
        }
        const { jobs, first, words } = opened;
        pictures = jobs.map((job) => /** @type {P} */ ({ job }));
        forget();
        list.fill(jobs);
        onOpen();
        select(/** @type {P} */ (pictures.find(({ job }) => job === first)));
        at('run').focus({ preventScroll: true });
        $('announcer').textContent = `${words} is open.`;
    }

    /** @param {P} picture */
    async function select(picture) {
        const another = selected !== picture;
        selected = picture;
        const { name, url } = picture.job;
        at('name').textContent = at('name').title = name;
        at('sizes').textContent = '';
        Object.assign(at('picture'), { src: url, alt: name });
        say('');
        onSelect(another);
        refresh();
        await openJob(picture.job).catch((error) => failJob(picture.job, error.message));
        if (selected === picture) {
            const { width, height } = picture.job;
            at('sizes').textContent = width ? size(width, height) : '';
            refresh(); // the list tells what could not be opened
        }
    }

    function refresh() {
        const state = !pictures.length ? 'empty' : work ? 'working' : 'chosen';
        at('part').dataset.state = state;
        at('empty').hidden = state !== 'empty';
        at('viewer').hidden = at('panel').hidden = state === 'empty';
        at('cancel').hidden = state !== 'working';
        at('run').hidden = at('another').hidden = state === 'working';
        at('form').inert = state === 'working';
        list.refresh(selected?.job ?? null, state !== 'working');
        onRefresh(state);
    }

    /** A sentence about this work; an empty one takes the last away. @param {string} sentence */
    function say(sentence) {
        at('message').textContent = sentence;
        at('message').hidden = !sentence;
    }

    function forget() {
        for (const { job } of pictures) job.note = '';
        at('result').hidden = true;
        say('');
        onForget();
    }

    /**
     * @param {(asking: import('./timed.js').Asking, say: (counted: string) => void) => Promise<{ ms: number, loadMs: number }>} task may
     *   say which picture it is at
     */
    async function run(task) {
        if (work || !selected) return;
        work = new AbortController(); // at once: whoever asks again must find it
        await opening;
        const asking = { signal: work.signal, threads: shared.threads(), onProgress: showProgress };
        say('');
        at('result').hidden = true;
        refresh();
        at('cancel').focus({ preventScroll: true });
        progress.start('Getting ready');
        let said = '';
        try {
            const { ms, loadMs } = await task(asking, (counted) => progress.start('Looking', counted));
            said = `Done in ${duration(ms)}.`;
            at('outcome').textContent = said;
            at('times').textContent = loadMs > 100 ? `${duration(loadMs)} of that for loading the network.` : '';
            at('result').hidden = false;
        } catch (error) {
            const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
            if (code === 'CANCELLED') said = 'Cancelled.';
            else say(message);
        } finally {
            work = null;
            progress.stop(said);
            refresh();
            [at('run'), at('another')].find(({ disabled }) => !disabled).focus({ preventScroll: true });
            weights.update().catch(() => {}); // only what is kept may not be told
        }
    }

    /** @param {import('acg2vec').Progress} event */
    function showProgress(event) {
        if (work?.signal.aborted) return;
        progress.update(event.stage === 'models' ? { ...event, total: Math.max(event.done, weights.size(event.model)) } : event);
    }

    function startOver() {
        forget();
        pictures.forEach(({ job }) => closeJob(job));
        pictures = [];
        selected = null;
        list.fill([]);
        at('picture').removeAttribute('src');
        refresh();
        at('choose').focus({ preventScroll: true });
    }

    at('cancel').addEventListener('click', () => work?.abort());
    at('another').addEventListener('click', startOver);
    return part;
}
