// Wires the page together: empty -> chosen -> working -> done, and the sentences in between.
import { loadCombinations } from './combinations.js';
import { engineWith } from './engine.js';
import { createForetelling } from './foretell.js';
import { downloadName, duration, isSame, megabytes, size } from './format.js';
import { closeJob, createJob, failJob, finishJob, openJob } from './job.js';
import { createJobList } from './job_list.js';
import { createOptions } from './options.js';
import { listenForPictures } from './picture_input.js';
import { createProgress } from './progress.js';
import { samplePicture, showHero } from './sample_picture.js';
import { canWriteFiles, pickTargets } from './save.js';
import { createViewer } from './viewer.js';
import { enlarge } from './work.js';
import { unlike, zipped } from './zip.js';

/** @typedef {'empty' | 'chosen' | 'working' | 'done'} State */
/** @typedef {import('./job.js').Job} Job */

/** @param {string} id @returns {any} */
const $ = (id) => document.getElementById(id);

/** @type {State} */
let state = 'empty';
/** @type {Job[]} */
let jobs = [];
/** @type {Job | null} the one that is shown */
let selected = null;
/** @type {AbortController | null} */
let work = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let toastTimer;
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

/** A sentence that goes away by itself, over whatever the page shows. @param {string} sentence */
function toast(sentence) {
    clearTimeout(toastTimer);
    $('toast').textContent = sentence;
    $('toast').hidden = false;
    toastTimer = setTimeout(() => ($('toast').hidden = true), 9000);
}

/** A sentence about this picture; an empty one takes the last away. @param {string} sentence */
function say(sentence) {
    $('message').textContent = sentence;
    $('message').hidden = !sentence;
}

/** @param {import('./dropped_files.js').Found[]} found at least one */
function open(found) {
    opening = opening.then(() => openNow(found));
    return opening;
}

/** @param {import('./dropped_files.js').Found[]} found */
async function openNow(found) {
    if (work) {
        toast('A picture is being enlarged. Cancel that first, then open the next one.');
        return;
    }
    const opened = found.map(createJob);
    const first = await firstThatOpens(opened);
    if (!first) {
        opened.forEach(closeJob);
        return;
    }
    jobs.forEach(closeJob);
    jobs = opened;
    $('toast').hidden = true;
    list.fill(jobs);
    state = 'chosen';
    select(first);
    enter('chosen');
    $('enlarge').focus({ preventScroll: true });
    const others = jobs.length > 1 ? ` and ${jobs.length - 1} more` : '';
    $('announcer').textContent = `${first.name}${others}, ${size(first.width, first.height)} pixels, is open.`;
    engineWith(options.read().threads).then(showMachine, () => {}); // a failure is told when the engine is needed
}

/** A single one that does not open leaves the page as it is; of several, each says so in the list. @param {Job[]} some */
async function firstThatOpens(some) {
    for (const job of some) {
        try {
            await openJob(job);
            return job;
        } catch (error) {
            failJob(job, /** @type {Error} */ (error).message);
            toast(job.message);
        }
    }
    return null;
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
            await enlargeAll(todo, chosen, targets, work.signal);
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
async function enlargeAll(todo, chosen, targets, signal) {
    foretelling.hide();
    enter('working');
    $('cancel').focus({ preventScroll: true });
    const begun = performance.now();
    /** @type {Set<string>} */
    const names = new Set();
    for (const [i, job] of todo.entries()) {
        const counted = todo.length > 1 ? `${i + 1} of ${todo.length}: ` : '';
        const name = unlike(names, job.folder + downloadName(job.name, chosen)).slice(job.folder.length);
        const goesOn = await enlargeOne(job, name, chosen, targets, signal, counted);
        if (!goesOn || signal.aborted) {
            break;
        }
    }
    conclude(todo, performance.now() - begun, signal.aborted);
}

/**
 * @param {Job} job
 * @param {string} name of the result
 * @param {import('./options.js').Options} chosen
 * @param {import('./save.js').Targets | undefined} targets
 * @param {AbortSignal} signal
 * @param {string} counted goes before what the progress says
 * @returns {Promise<boolean>} whether others may succeed
 */
async function enlargeOne(job, name, chosen, targets, signal, counted) {
    const before = job.state;
    job.message = '';
    job.state = 'working';
    try {
        await openJob(job);
        await select(job);
        viewer.beginWork();
        progress.start('Getting ready', counted);
        const begun = performance.now();
        const out = await enlarge(job.file, chosen, targets ? await targets(job, name) : null, {
            signal,
            onEngine: showMachine,
            onProgress(event) {
                progress.update(event);
                viewer.showWork(event.work, chosen.scale);
            },
            onTile: viewer.drawTile,
            onTrouble: toast,
        });
        const ms = performance.now() - begun;
        finishJob(job, { ...out, name, ms, madeWith: JSON.stringify(chosen), preview: viewer.preview(jobs.length > 1) });
        return true;
    } catch (error) {
        const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
        if (code === 'CANCELLED') {
            job.state = before;
        } else {
            failJob(job, message);
        }
        return code !== 'NOT_FOUND' && code !== 'BAD_MODEL'; // without weights nothing can be done
    }
}

/**
 * @param {Job[]} todo
 * @param {number} ms
 * @param {boolean} cancelled
 */
function conclude(todo, ms, cancelled) {
    const done = todo.filter((job) => job.state === 'done');
    const failed = todo.filter((job) => job.state === 'failed');
    if (!done.length) {
        enter('chosen');
        progress.stop(cancelled ? 'Cancelled.' : '');
        say(failed[0]?.message ?? '');
        $('enlarge').focus({ preventScroll: true });
        return;
    }
    const job = /** @type {Job} */ (done.at(-1));
    const failures = failed.length ? `, ${failed.length} failed` : '';
    $('outcome').textContent =
        jobs.length > 1 ? `${done.length} of ${todo.length} done in ${duration(ms)}${failures}.` : `Done in ${duration(ms)}.`;
    enter('done');
    select(job);
    showOutcome(job);
    progress.stop($('outcome').textContent);
    const next = [$('download'), $('zip'), $('another')].find((element) => !element.hidden);
    next.focus({ preventScroll: true });
}

/** @param {Job} job */
function showOutcome({ result }) {
    if (!result) {
        return;
    }
    const { url, name, width, height, bytes } = result;
    const kind = /** @type {Record<string, string>} */ ({ png: 'PNG', webp: 'WebP', jpg: 'JPEG' })[name.slice(name.lastIndexOf('.') + 1)];
    $('outcome-size').textContent =
        `A ${kind} of ${size(width, height)} pixels, ${megabytes(bytes)}${url ? '' : `, written as ${name}`}.` +
        (viewer.reduced ? ' What you see here is reduced; the file has every pixel.' : '');
    $('download').textContent = `Download ${kind}`;
    $('download').title = name;
    if (url) {
        Object.assign($('download'), { href: url, download: name });
    }
}

async function downloadZip() {
    const results = jobs.flatMap(({ folder, result }) => (result?.blob ? [{ folder, name: result.name, blob: result.blob }] : []));
    $('zip').disabled = true;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await zipped(results));
    link.download = 'enlarged.zip';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60e3);
    $('zip').disabled = false;
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

listenForPictures({ inputs: [$('file'), $('folder')], pasteButton: $('paste') }, open, toast);
$('choose').addEventListener('click', () => $('file').click());
$('choose-folder').addEventListener('click', () => $('folder').click());
$('sample').addEventListener('click', async () => open([{ file: await samplePicture(), folder: '' }]));
$('enlarge').addEventListener('click', start);
$('cancel').addEventListener('click', () => work?.abort());
$('another').addEventListener('click', startOver);
$('zip').addEventListener('click', downloadZip);
$('toast').addEventListener('click', () => ($('toast').hidden = true));
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
