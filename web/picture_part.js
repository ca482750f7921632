// What the parts of the page that look at pictures have in common: pictures come in, one of them shows, work on them begins, tells how
// far it is, can be cancelled. What the work is and what comes of it is for label_part.js and describe_part.js.
import { $ } from './dom.js';
import { megabytes, size } from './format.js';
import { closeJob, failJob, openJob, replaceJobs } from './job.js';
import { createJobList } from './job_list.js';
import { showNotes } from './notes.js';
import { sizeUnknown } from './picture.js';
import { createPictureWork } from './picture_work.js';
import { takeRemedy } from './remedy.js';
import { toast } from './toast.js';
import { createWeights } from './weights_section.js';

const LARGE = 1e7; // bytes, from which on a download is worth a word

/**
 * @typedef {{ whyBusy: () => string, threads: () => number | undefined }} Shared what the parts have to know of each other: why files
 *   cannot be changed now, or ''; and how many threads were chosen
 *
 * @typedef {object} Options
 * @property {string} prefix of the part's ids
 * @property {Pick<import('./weights_section.js').Options, 'roles' | 'of' | 'why'>} weights
 * @property {string[]} known what becomes known of a picture: is deleted when it is of no use any more
 * @property {() => void} onRefresh
 * @property {() => void} [onOpen] other pictures have come
 * @property {(another: boolean) => void} onSelect a picture shows; another than before
 * @property {() => void} onForget what was known of pictures is not any more
 * @property {() => void} onRun the button was pressed
 */

/**
 * @template {{ job: import('./job.js').Job }} P a picture, and what becomes known of it
 * @param {Options} options
 */
export function createPicturePart({ prefix, weights: weightsOptions, known, onRefresh, onOpen, onSelect, onForget, onRun }) {
    const at = (/** @type {string} */ name) => $(`${prefix}-${name}`);
    /** @type {Shared} */
    let shared = { whyBusy: () => '', threads: () => undefined };
    /** @type {P[]} */
    let pictures = [];
    /** @type {P | null} */
    let selected = null;
    let opening = Promise.resolve();
    let loaded = false;

    const pictureOf = (/** @type {import('./job.js').Job} */ job) => /** @type {P} */ (pictures.find((picture) => picture.job === job));
    const list = createJobList(at('jobs'), (job) => select(pictureOf(job)), retry);
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
    const work = createPictureWork({ at, weights, say, refresh });

    const part = {
        weights,
        get pictures() {
            return pictures;
        },
        get selected() {
            return selected;
        },
        get isWorking() {
            return work.goesOn;
        },
        refresh,
        say,
        offerRun,
        /** @param {import('./picture_work.js').Task} task */
        async run(task) {
            if (!selected) return;
            await work.run(task, shared.threads(), opening);
            if (pictures.length === 1 && selected.job.state === 'failed') {
                at('result').hidden = true;
                say(selected.job.message);
            }
        },
        /** In another order, the first one shown. @param {P[]} sorted */
        reorder(sorted) {
            pictures = sorted;
            list.fill(pictures.map(({ job }) => job));
            select(pictures[0]);
        },
        /** What the page needs of a part. @param {Shared} given @returns {import('./main.js').Part} */
        start(given) {
            shared = given;
            return page;
        },
    };

    /** @type {import('./main.js').Part} */
    const page = {
        enter() {
            if (loaded) return;
            loaded = true;
            weights.load().catch((error) => say(error.message));
        },
        whyBusy: () => (work.goesOn ? 'The network is at work. Cancel that first.' : ''),
        openedPictures: () => pictures.map(({ job: { file, folder } }) => ({ file, folder })),
        openPictures(found) {
            opening = opening.then(() => open(found));
            return opening;
        },
    };

    /** @param {import('./dropped_files.js').Found[]} found */
    async function open(found) {
        if (work.goesOn) {
            toast('The network is at work. Cancel that first, then open the next picture.');
            return;
        }
        const opened = await replaceJobs(
            pictures.map(({ job }) => job),
            found,
            sizeUnknown,
            toast,
        );
        if (!opened) {
            return;
        }
        const { jobs, first, words } = opened;
        pictures = jobs.map((job) => /** @type {P} */ ({ job }));
        forget();
        list.fill(jobs);
        onOpen?.();
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
        await openJob(picture.job, sizeUnknown).catch((error) => failJob(picture.job, error));
        if (selected === picture) {
            const { width, height } = picture.job;
            at('sizes').textContent = width ? size(width, height) : '';
            refresh(); // the list tells what could not be opened
        }
    }

    function refresh() {
        const state = !pictures.length ? 'empty' : work.goesOn ? 'working' : 'chosen';
        at('part').dataset.state = state;
        at('empty').hidden = state !== 'empty';
        at('viewer').hidden = at('panel').hidden = state === 'empty';
        at('cancel').hidden = state !== 'working';
        at('run').hidden = at('another').hidden = state === 'working';
        at('form').inert = state === 'working';
        list.refresh(selected?.job ?? null, state !== 'working');
        const isShown = selected?.job.isShown ?? true;
        at('picture').hidden = !isShown;
        at('unshown').hidden = isShown;
        showNotes(at('notes'), pictures.length > 1 ? [] : (selected?.job.warnings ?? []));
        showRemedy();
        onRefresh();
    }

    /** What the button says, with how much would come over the network. @param {string} words @param {boolean} enabled @param {string[]} [models] */
    function offerRun(words, enabled, models) {
        const left = weights.toFetch(models);
        at('run').disabled = !enabled;
        at('run').textContent = words + (enabled && left > LARGE ? ` (fetches ${megabytes(left)})` : '');
    }

    /** A sentence about this work; an empty one takes the last away. @param {string} sentence */
    function say(sentence) {
        at('message').textContent = sentence;
        at('message').hidden = !sentence;
        showRemedy();
    }

    /** What can be done about the picture that shows; of several, the list offers it. */
    function showRemedy() {
        const remedy = pictures.length > 1 ? null : selected?.job.remedy;
        at('remedy').textContent = remedy?.words ?? '';
        at('remedy').hidden = !remedy || at('message').hidden;
    }

    /** @param {import('./job.js').Job} job */
    function retry(job) {
        if (work.goesOn) return;
        takeRemedy(job);
        select(pictureOf(job));
        onRun();
    }

    function forget() {
        for (const picture of pictures) {
            Object.assign(picture.job, { note: '', warnings: [] });
            for (const key of known) delete (/** @type {Record<string, unknown>} */ (picture)[key]);
        }
        at('result').hidden = true;
        say('');
        onForget();
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

    at('run').addEventListener('click', onRun);
    at('remedy').addEventListener('click', () => selected && retry(selected.job));
    at('form').addEventListener('submit', (/** @type {Event} */ event) => {
        event.preventDefault();
        at('run').click(); // which does nothing if it is disabled
    });
    at('another').addEventListener('click', startOver);
    return part;
}
