// The part that enlarges: empty -> chosen -> working -> done.
import { enlargeAll } from './batch.js';
import { loadCombinations } from './combinations.js';
import { $ } from './dom.js';
import { engineWith } from './engine.js';
import { createForetelling } from './foretell.js';
import { downloadName, isSame, size } from './format.js';
import { closeJob, failJob, openJob, replaceJobs } from './job.js';
import { createJobList } from './job_list.js';
import { createOptions } from './options.js';
import { describeResult, downloadZip, offerResult, outcomeOf } from './outcome.js';
import { createProgress } from './progress.js';
import { showHero } from './sample_picture.js';
import { canWriteFiles, pickTargets } from './save.js';
import { toast } from './toast.js';
import { createViewer } from './viewer.js';

/** @typedef {'empty' | 'chosen' | 'working' | 'done'} State */
/** @typedef {import('./job.js').Job} Job */

/** @type {State} */
let state = 'empty';
/** @type {Job[]} */
let jobs = [];
/** @type {Job | null} the one that is shown */
let selected = null;
/** @type {AbortController | null} */
let work = null;
/** Pictures are opened one after the other, and work begins only when none is being opened. */
let opening = Promise.resolve();

const viewer = createViewer({
    viewport: $('viewer'),
    layers: $('layers'),
    divider: $('divider'),
    before: $('caption-before'),
    after: $('caption-after'),
    zoomLevel: $('zoom-level'),
    original: $('original'),
    enlarged: $('enlarged'),
    file: $('file-shown'),
    veil: $('veil'),
});
const progress = createProgress({
    root: $('work'),
    meter: $('meter'),
    bar: $('meter-bar'),
    percent: $('percent'),
    timeLeft: $('time-left'),
    announcer: $('announcer'),
});
const hints = { model: $('model-hint'), denoise: $('denoise-hint'), format: $('format-hint') };
const options = createOptions($('options'), { ...hints, strength: $('strength-value'), quality: $('quality-value') }, optionsChanged);
const foretelling = createForetelling($('foretold'));
const list = createJobList($('jobs'), select);

/** @param {State} next */
function enter(next) {
    state = next;
    document.body.dataset.state = next;
    $('empty').hidden = next !== 'empty';
    $('viewer').hidden = $('zoom').hidden = $('panel').hidden = next === 'empty';
    $('enlarge').hidden = $('another').hidden = next === 'working';
    $('cancel').hidden = next !== 'working';
    $('result').hidden = next !== 'done';
    $('download').hidden = next !== 'done' || jobs.length > 1 || !selected?.result?.url;
    $('zip').hidden = next !== 'done' || jobs.filter((job) => job.result?.blob).length < 2;
    options.enable(next !== 'working');
    list.refresh(selected, next !== 'working');
    optionsChanged();
}

function optionsChanged() {
    if (!selected || state === 'working') {
        return;
    }
    const chosen = options.read();
    const size2 = size(selected.width * chosen.scale, selected.height * chosen.scale);
    $('sizes').textContent = `${size(selected.width, selected.height)} → ${size2}`;
    const allMade = jobs.every((job) => job.result && isSame(job.result.madeWith, chosen));
    $('enlarge').hidden = allMade;
    $('enlarge').classList.toggle('primary', state !== 'done');
    const what = jobs.length > 1 ? `all ${jobs.length}` : '';
    $('another').textContent = jobs.length > 1 ? 'Other pictures' : 'Another picture';
    $('enlarge').textContent = state === 'done' ? 'Enlarge again' : `Enlarge ${what}`.trim();
    if (state === 'chosen') {
        viewer.showOriginal(selected, chosen.scale);
    }
    if (allMade) {
        foretelling.hide();
    } else {
        foretelling.show(selected, chosen);
    }
}

/** A sentence about this picture; an empty one takes the last away. @param {string} sentence */
function say(sentence) {
    $('message').textContent = sentence;
    $('message').hidden = !sentence;
}

/** @param {import('./dropped_files.js').Found[]} found */
async function openNow(found) {
    if (work) {
        toast('A picture is being enlarged. Cancel that first, then open the next one.');
        return;
    }
    const opened = await replaceJobs(jobs, found, toast);
    if (!opened) {
        return;
    }
    const { first, words } = opened;
    jobs = opened.jobs;
    list.fill(jobs);
    state = 'chosen';
    select(first);
    enter('chosen');
    $('enlarge').focus({ preventScroll: true });
    $('announcer').textContent = `${words}, ${size(first.width, first.height)} pixels, is open.`;
    engineWith(options.read().threads).then(showMachine, () => {}); // a failure is told when the engine is needed
}

/** Shows a picture, and its result if there is one. @param {Job} job */
async function select(job) {
    selected = job;
    $('picture-name').textContent = $('picture-name').title = job.name;
    say(jobs.length > 1 ? '' : job.message);
    if (!job.width) {
        await openJob(job).catch((error) => failJob(job, error.message));
    }
    if (selected !== job) {
        return; // another was chosen meanwhile
    }
    if (state === 'done' && job.result) {
        viewer.showResult(job, job.result);
    } else {
        viewer.showOriginal(job, options.read().scale);
    }
    list.refresh(job, state !== 'working');
    optionsChanged();
}

async function start() {
    if (work) {
        return;
    }
    work = new AbortController();
    const chosen = options.read();
    const todo = jobs.filter((job) => !job.result || !isSame(job.result.madeWith, chosen));
    say('');
    try {
        const first = downloadName(todo[0].name, chosen);
        // first of all, because browsers allow it only right after a click
        const targets = $('straight').checked ? await pickTargets(todo.length, first, chosen.format) : undefined;
        if (targets !== null) {
            await opening;
            await run(todo, chosen, targets, work.signal);
        }
    } catch (error) {
        say(/** @type {Error} */ (error).message);
    } finally {
        work = null;
    }
}

/**
 * @param {Job[]} todo
 * @param {import('./options.js').Options} chosen
 * @param {import('./save.js').Targets | undefined} targets
 * @param {AbortSignal} signal
 */
async function run(todo, chosen, targets, signal) {
    foretelling.hide();
    enter('working');
    $('cancel').focus({ preventScroll: true });
    const begun = performance.now();
    await enlargeAll(todo, {
        chosen,
        targets,
        signal,
        async onBegin(job, counted) {
            await select(job);
            viewer.beginWork();
            progress.start('Getting ready', counted);
        },
        onEngine: showMachine,
        onProgress(event) {
            progress.update(event);
            viewer.showWork(event.work, chosen.scale);
        },
        onTile: viewer.drawTile,
        onTrouble: toast,
        preview: () => viewer.preview(jobs.length > 1),
    });
    conclude(todo, performance.now() - begun, signal.aborted);
}

/**
 * @param {Job[]} todo
 * @param {number} ms
 * @param {boolean} cancelled
 */
function conclude(todo, ms, cancelled) {
    const job = todo.findLast((each) => each.state === 'done');
    if (!job?.result) {
        enter('chosen');
        progress.stop(cancelled ? 'Cancelled.' : '');
        say(todo.find((each) => each.state === 'failed')?.message ?? '');
        $('enlarge').focus({ preventScroll: true });
        return;
    }
    $('outcome').textContent = outcomeOf(todo, jobs.length, ms);
    enter('done');
    select(job);
    $('outcome-size').textContent = describeResult(job.result, viewer.reduced);
    offerResult($('download'), job.result);
    progress.stop($('outcome').textContent);
    const next = [$('download'), $('zip'), $('another')].find((element) => !element.hidden);
    next.focus({ preventScroll: true });
}

/** @param {{ info: { variant: string, threads: number } }} engine */
function showMachine({ info }) {
    const kind = info.variant.startsWith('relaxed') ? 'relaxed SIMD' : 'SIMD';
    $('machine').textContent = `WebAssembly with ${kind}, ${info.threads === 1 ? 'one thread' : `${info.threads} threads`}`;
    $('machine').title = info.variant;
}

function startOver() {
    say('');
    foretelling.hide();
    viewer.clear();
    jobs.forEach(closeJob);
    jobs = [];
    selected = null;
    list.fill(jobs);
    $('download').removeAttribute('href');
    enter('empty');
    $('choose').focus({ preventScroll: true });
}

/** What the page needs of a part. */
export const page = {
    enter() {},
    whyBusy: () => (work ? 'A picture is being enlarged. Cancel that first, or wait for it.' : ''),
    /** The pictures that are open, for another part of the page. */
    openedPictures: () => jobs.map(({ file, folder }) => ({ file, folder })),
    /** @param {import('./dropped_files.js').Found[]} found at least one */
    openPictures(found) {
        opening = opening.then(() => openNow(found));
        return opening;
    },
    /** How many threads were chosen; undefined: the engine chooses. */
    chosenThreads: () => options.read().threads,
};

$('enlarge').addEventListener('click', start);
$('cancel').addEventListener('click', () => work?.abort());
$('another').addEventListener('click', startOver);
$('zip').addEventListener('click', async () => {
    $('zip').disabled = true;
    await downloadZip(jobs);
    $('zip').disabled = false;
});
$('zoom-in').addEventListener('click', () => viewer.zoom.zoomBy(1.5));
$('zoom-out').addEventListener('click', () => viewer.zoom.zoomBy(1 / 1.5));
$('zoom-fit').addEventListener('click', () => viewer.zoom.fit());
$('zoom-actual').addEventListener('click', () => viewer.zoom.actual());

$('straight-row').hidden = !canWriteFiles;
if (!globalThis.crossOriginIsolated) {
    $('isolation-note').hidden = false;
    $('isolation-note').textContent =
        'The work runs on one thread, because this site is served without the headers that let a page use more ' +
        '(Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy). The result is the same; it takes longer.';
}
loadCombinations().then(options.setCombinations);
showHero($('hero-before'), $('hero-after'));
