// The part that enlarges: empty -> chosen -> working -> done.
import { enlargeAll } from './batch.js';
import { loadCombinations } from './combinations.js';
import { $ } from './dom.js';
import { engineWith } from './engine.js';
import { optionWords, progress, say, showChoice, showIsolation, showMachine, showOdd, showState, viewer } from './enlarge_view.js';
import { createForetelling } from './foretell.js';
import { downloadName, isSame, size } from './format.js';
import { closeJob, failJob, openJob, replaceJobs } from './job.js';
import { createJobList } from './job_list.js';
import { createOptions } from './options.js';
import { describeResult, downloadZip, offerResult, outcomeOf } from './outcome.js';
import { sizeByEngine } from './picture.js';
import { takeRemedy } from './remedy.js';
import { showHero } from './sample_picture.js';
import { canWriteFiles, pickTargets } from './save.js';
import { toast } from './toast.js';

/** @typedef {import('./enlarge_view.js').State} State */
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

const options = createOptions($('options'), optionWords, optionsChanged);
const foretelling = createForetelling($('foretold'), showWarnings);
const list = createJobList($('jobs'), select, retry);
const measure = (/** @type {Job} */ job) => sizeByEngine(job, options.read());

/** @param {State} next */
function enter(next) {
    state = next;
    showState(state, jobs, selected);
    options.enable(next !== 'working');
    list.refresh(selected, next !== 'working');
    optionsChanged();
}

function optionsChanged() {
    if (!selected || state === 'working') {
        return;
    }
    const chosen = options.read();
    const allMade = jobs.every((job) => job.result && isSame(job.result.madeWith, chosen));
    showChoice(selected, { state, scale: chosen.scale, count: jobs.length, allMade });
    if (state === 'chosen') {
        viewer.showOriginal(selected, chosen.scale);
    }
    if (selected.result && isSame(selected.result.madeWith, chosen)) showWarnings(selected, selected.result.warnings);
    if (allMade) {
        foretelling.hide();
    } else {
        foretelling.show(selected, chosen);
    }
}

/** @param {Job} job @param {string[]} warnings */
function showWarnings(job, warnings) {
    job.warnings = warnings;
    showOdd(selected, jobs.length);
    list.refresh(selected, state !== 'working');
}

/** @param {import('./dropped_files.js').Found[]} found */
async function openNow(found) {
    if (work) {
        toast('A picture is being enlarged. Cancel that first, then open the next one.');
        return;
    }
    const opened = await replaceJobs(jobs, found, measure, toast);
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
    warm();
}

/** Lets the engine start. */
function warm() {
    engineWith(options.read().threads).then(showMachine, () => {}); // a failure is told when the engine is needed
}

/** Shows a picture, and its result if there is one. @param {Job} job */
async function select(job) {
    selected = job;
    $('picture-name').textContent = $('picture-name').title = job.name;
    if (jobs.length > 1) say('');
    else say(job.message, job.remedy);
    showOdd(job, jobs.length);
    await openJob(job, measure).catch((error) => failJob(job, error));
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

/** @param {Job[]} [asked] default: all that there is to do */
async function start(asked) {
    if (work) {
        return;
    }
    work = new AbortController();
    const chosen = options.read();
    const todo = asked ?? jobs.filter((job) => !job.result || !isSame(job.result.madeWith, chosen));
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

/** Again, with what can be done about its failure. @param {Job} job */
function retry(job) {
    if (work) return;
    takeRemedy(job);
    start([job]);
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
        measure,
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
        const failed = todo.find((each) => each.state === 'failed');
        say(failed?.message ?? '', jobs.length > 1 ? null : failed?.remedy);
        $('enlarge').focus({ preventScroll: true });
        return;
    }
    $('outcome').textContent = outcomeOf(todo, jobs.length, ms);
    enter('done');
    select(job);
    $('outcome-size').textContent = describeResult(job.result, viewer.reduced);
    offerResult($('download'), job.result);
    progress.stop([$('outcome').textContent, ...(jobs.length > 1 ? [] : job.warnings)].join(' '));
    const next = [$('download'), $('zip'), $('another')].find((element) => !element.hidden);
    next.focus({ preventScroll: true });
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

/** What the page needs of a part. @type {import('./main.js').Part & { warm: () => void, chosenThreads: () => number | undefined }} */
export const page = {
    warm,
    enter() {},
    whyBusy: () => (work ? 'A picture is being enlarged. Cancel that first, or wait for it.' : ''),
    openedPictures: () => jobs.map(({ file, folder }) => ({ file, folder })),
    openPictures(found) {
        opening = opening.then(() => openNow(found));
        return opening;
    },
    /** How many threads were chosen; undefined: the engine chooses. */
    chosenThreads: () => options.read().threads,
};

$('enlarge').addEventListener('click', () => start());
$('remedy').addEventListener('click', () => selected && retry(selected));
$('cancel').addEventListener('click', () => work?.abort());
$('another').addEventListener('click', startOver);
$('zip').addEventListener('click', async () => {
    $('zip').disabled = true;
    await downloadZip(jobs).catch((error) => say(error.message));
    $('zip').disabled = false;
});
$('straight-row').hidden = !canWriteFiles;
showIsolation();
loadCombinations().then(options.setCombinations);
showHero($('hero-before'), $('hero-after'));
