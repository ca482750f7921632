// The part that labels: which of some labels fits a picture, or which of some pictures fits a sentence.
import { percent, showBars } from './bars.js';
import { $ } from './dom.js';
import { duration, megabytes, size } from './format.js';
import { closeJob, createJob, failJob, openFirst, openJob } from './job.js';
import { createJobList } from './job_list.js';
import { classify, compare, vectorLine } from './label_work.js';
import { createWeights } from './label_weights.js';
import { createProgress } from './progress.js';
import { toast } from './toast.js';

/**
 * @typedef {import('./label_work.js').LabelJob} LabelJob
 * @typedef {{ isEnlarging: () => boolean, threads: () => number | undefined }} Shared what the parts have to know of each other
 */

/** @type {Shared} */
let shared = { isEnlarging: () => false, threads: () => undefined };
/** @type {LabelJob[]} */
let pictures = [];
/** @type {LabelJob | null} */
let selected = null;
/** @type {AbortController | null} */
let work = null;
let opening = Promise.resolve();
let loaded = false;
let vectorsUrl = '';

const progress = createProgress({
    root: $('label-work'),
    meter: $('label-meter'),
    bar: $('label-meter-bar'),
    percent: $('label-percent'),
    timeLeft: $('label-time-left'),
    announcer: $('announcer'),
});
const list = createJobList($('label-jobs'), (job) => select(/** @type {LabelJob} */ (pictures.find((picture) => picture.job === job))));
const weights = createWeights({
    mayChange() {
        if (work) return 'The network is at work. Cancel that first.';
        return shared.isEnlarging() ? 'A picture is being enlarged. Cancel that first, or wait for it.' : '';
    },
    threads: () => shared.threads(),
    onChange(anew) {
        if (anew) forgetResults();
        refresh();
    },
});

/** @param {Shared} given */
export function share(given) {
    shared = given;
}

/** When the part is shown. */
export function enter() {
    if (loaded) return;
    loaded = true;
    weights.load().catch((error) => say(error.message));
}

/** The pictures that are open, for another part of the page. */
export const openedPictures = () => pictures.map(({ job: { file, folder } }) => ({ file, folder }));

/** @param {import('./dropped_files.js').Found[]} found at least one */
export function openPictures(found) {
    opening = opening.then(() => openNow(found));
    return opening;
}

/** @param {import('./dropped_files.js').Found[]} found */
async function openNow(found) {
    if (work) {
        toast('The network is at work. Cancel that first, then open the next picture.');
        return;
    }
    const jobs = found.map(createJob);
    const first = await openFirst(jobs, toast);
    if (!first) {
        return;
    }
    pictures.forEach(({ job }) => closeJob(job));
    pictures = jobs.map((job) => ({ job }));
    toast('');
    forgetResults();
    list.fill(jobs);
    $('label-task').hidden = pictures.length < 2;
    check('labels');
    select(/** @type {LabelJob} */ (pictures.find(({ job }) => job === first)));
    $('label-run').focus({ preventScroll: true });
    const others = pictures.length > 1 ? ` and ${pictures.length - 1} more` : '';
    $('announcer').textContent = `${first.name}${others} is open.`;
}

/** @param {LabelJob} picture */
async function select(picture) {
    if (selected !== picture && task() === 'labels') hideOutcome();
    selected = picture;
    const { name, url } = picture.job;
    $('label-name').textContent = $('label-name').title = name;
    $('label-sizes').textContent = '';
    Object.assign($('label-picture'), { src: url, alt: name });
    say('');
    refresh();
    await openJob(picture.job).catch((error) => failJob(picture.job, error.message));
    if (selected === picture) {
        const { width, height } = picture.job;
        $('label-sizes').textContent = width ? size(width, height) : '';
        refresh(); // the list tells what could not be opened
    }
}

const task = () => String(new FormData($('label-form')).get('task'));

/** @param {string} value */
function check(value) {
    $('label-form').elements.namedItem('task').value = value;
}

/** Labels, each once. */
const labels = () => [...new Set($('label-words').value.split('\n').map((/** @type {string} */ line) => line.trim()))].filter(Boolean);

function refresh() {
    const state = !pictures.length ? 'empty' : work ? 'working' : 'chosen';
    $('label-part').dataset.state = state;
    $('label-empty').hidden = state !== 'empty';
    $('label-viewer').hidden = $('label-panel').hidden = state === 'empty';
    $('label-cancel').hidden = state !== 'working';
    $('label-run').hidden = $('label-another').hidden = state === 'working';
    $('label-form').inert = state === 'working';
    $('label-words-row').hidden = task() === 'sort';
    $('label-sentence-row').hidden = task() !== 'sort';
    const left = weights.toFetch();
    $('label-run').disabled = !weights.ready;
    $('label-run').textContent =
        (task() === 'sort' ? 'Sort the pictures' : 'Find the labels') + (weights.ready && left > 1e7 ? ` (fetches ${megabytes(left)})` : '');
    list.refresh(selected?.job ?? null, state !== 'working');
    offerVectors();
}

/** A sentence about this work; an empty one takes the last away. @param {string} sentence */
function say(sentence) {
    $('label-message').textContent = sentence;
    $('label-message').hidden = !sentence;
}

/** The vectors that there are: one as JSON, several as lines of it. */
function offerVectors() {
    const known = pictures.filter(({ vector }) => vector);
    URL.revokeObjectURL(vectorsUrl);
    vectorsUrl = known.length ? URL.createObjectURL(new Blob([`${known.map(vectorLine).join('\n')}\n`], { type: 'application/json' })) : '';
    $('label-download').hidden = !known.length || work !== null;
    if (!known.length) return;
    $('label-download').textContent = known.length > 1 ? `Download ${known.length} vectors` : 'Download the vector';
    const download = known.length > 1 ? 'vectors.jsonl' : `${known[0].job.name.replace(/\.[^.]{1,5}$/, '')}.json`;
    Object.assign($('label-download'), { href: vectorsUrl, download, title: download });
}

/** What was computed is of no use any more. */
function forgetResults() {
    for (const picture of pictures) {
        delete picture.vector;
        delete picture.cosine;
        picture.job.note = '';
    }
    hideOutcome();
    say('');
}

function hideOutcome() {
    showBars($('label-bars'), []);
    $('label-result').hidden = true;
}

async function run() {
    if (work || !selected) return;
    const words = labels();
    const sentence = $('label-sentence').value.trim();
    if (task() === 'sort' ? !sentence : !words.length) {
        say(task() === 'sort' ? 'Write a sentence first.' : 'Write at least one label.');
        return;
    }
    await opening;
    work = new AbortController();
    const asking = { signal: work.signal, threads: shared.threads(), onProgress: showProgress };
    say('');
    $('label-result').hidden = true;
    refresh();
    $('label-cancel').focus({ preventScroll: true });
    progress.start('Getting ready');
    let said = '';
    try {
        const { ms, loadMs } = await (task() === 'sort' ? sort(sentence, asking) : label(selected, words, asking));
        said = `Done in ${duration(ms)}.`;
        $('label-outcome').textContent = said;
        $('label-times').textContent = loadMs > 100 ? `${duration(loadMs)} of that for loading the network.` : '';
        $('label-result').hidden = false;
    } catch (error) {
        const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
        if (code === 'CANCELLED') said = 'Cancelled.';
        else say(message);
    } finally {
        work = null;
        progress.stop(said);
        refresh();
        $('label-run').focus({ preventScroll: true });
        weights.update().catch(() => {}); // only what is kept may not be told
    }
}

/** @param {LabelJob} picture @param {string[]} words @param {import('./label_work.js').Asking} asking */
async function label(picture, words, asking) {
    const outcome = await classify(picture, words, asking);
    showBars(
        $('label-bars'),
        outcome.result.map(({ label: text, probability, cosine }) => ({
            label: text,
            share: probability,
            figure: percent(probability),
            title: `cosine ${cosine.toFixed(4)}`,
        })),
    );
    return outcome;
}

/** @param {string} sentence @param {import('./label_work.js').Asking} asking */
async function sort(sentence, asking) {
    const outcome = await compare(pictures, sentence, asking);
    const fitting = (/** @type {LabelJob} */ { cosine = -2 }) => cosine;
    pictures = pictures.toSorted((a, b) => fitting(b) - fitting(a));
    for (const { job, cosine } of pictures) job.note = cosine === undefined ? '' : `cosine ${cosine.toFixed(3)}`;
    list.fill(pictures.map(({ job }) => job));
    select(pictures[0]);
    return outcome;
}

/** @type {import('./label_work.js').Asking['onProgress']} */
function showProgress(role, event) {
    if (work?.signal.aborted) return;
    progress.update(event.stage === 'models' ? { ...event, total: Math.max(event.done, weights.size(role)) } : event);
}

function startOver() {
    forgetResults();
    pictures.forEach(({ job }) => closeJob(job));
    pictures = [];
    selected = null;
    list.fill([]);
    $('label-picture').removeAttribute('src');
    refresh();
    $('label-choose').focus({ preventScroll: true });
}

$('label-run').addEventListener('click', run);
$('label-form').addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!$('label-run').disabled) run();
});
$('label-form').addEventListener('change', (/** @type {Event} */ event) => {
    if (/** @type {HTMLInputElement} */ (event.target).name === 'task') hideOutcome();
    refresh();
});
$('label-words').addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !$('label-run').disabled) run();
});
$('label-cancel').addEventListener('click', () => work?.abort());
$('label-another').addEventListener('click', startOver);
