// What the enlarging part shows: its elements, which of them there are in which state, and their words. Decides nothing.
import { $ } from './dom.js';
import { size } from './format.js';
import { showNotes } from './notes.js';
import { createProgress } from './progress.js';
import { createViewer } from './viewer.js';

/** @typedef {'empty' | 'chosen' | 'working' | 'done'} State */
/** @typedef {import('./job.js').Job} Job */

export const viewer = createViewer({
    viewport: $('viewer'),
    layers: $('layers'),
    divider: $('divider'),
    before: $('caption-before'),
    after: $('caption-after'),
    zoomLevel: $('zoom-level'),
    original: $('original'),
    enlarged: $('enlarged'),
    file: $('file-shown'),
    unshown: $('unshown'),
    veil: $('veil'),
});
$('zoom-in').addEventListener('click', () => viewer.zoom.zoomBy(1.5));
$('zoom-out').addEventListener('click', () => viewer.zoom.zoomBy(1 / 1.5));
$('zoom-fit').addEventListener('click', () => viewer.zoom.fit());
$('zoom-actual').addEventListener('click', () => viewer.zoom.actual());

export const progress = createProgress({
    root: $('work'),
    meter: $('meter'),
    bar: $('meter-bar'),
    percent: $('percent'),
    timeLeft: $('time-left'),
    announcer: $('announcer'),
});

/** Where the form says what its choices mean. */
export const optionWords = {
    model: $('model-hint'),
    denoise: $('denoise-hint'),
    format: $('format-hint'),
    strength: $('strength-value'),
    quality: $('quality-value'),
};

/** @param {State} state @param {Job[]} jobs @param {Job | null} selected */
export function showState(state, jobs, selected) {
    document.body.dataset.state = state;
    $('empty').hidden = state !== 'empty';
    $('viewer').hidden = $('zoom').hidden = $('panel').hidden = state === 'empty';
    $('enlarge').hidden = $('another').hidden = state === 'working';
    $('cancel').hidden = state !== 'working';
    $('result').hidden = state !== 'done';
    $('download').hidden = state !== 'done' || jobs.length > 1 || !selected?.result?.url;
    $('zip').hidden = state !== 'done' || jobs.filter((job) => job.result?.blob).length < 2;
}

/**
 * What would become of the picture, and what the buttons do.
 * @param {Job} job
 * @param {{ state: State, scale: number, count: number, allMade: boolean }} choice allMade: nothing is left to do with these options
 */
export function showChoice(job, { state, scale, count, allMade }) {
    $('sizes').textContent = job.width ? `${size(job.width, job.height)} → ${size(job.width * scale, job.height * scale)}` : '';
    $('enlarge').hidden = allMade;
    $('enlarge').classList.toggle('primary', state !== 'done');
    $('enlarge').textContent = state === 'done' ? 'Enlarge again' : count > 1 ? `Enlarge all ${count}` : 'Enlarge';
    $('another').textContent = count > 1 ? 'Other pictures' : 'Another picture';
}

/**
 * A sentence about this picture; an empty one takes the last away.
 * @param {string} sentence
 * @param {import('./remedy.js').Remedy | null} [remedy] what can be done about it
 */
export function say(sentence, remedy) {
    $('message').textContent = sentence;
    $('message').hidden = !sentence;
    $('remedy').textContent = remedy?.words ?? '';
    $('remedy').hidden = !remedy;
}

/** What is odd about the picture; of several, the list tells it of each. @param {Job | null} job @param {number} count */
export function showOdd(job, count) {
    showNotes($('notes'), count > 1 ? [] : (job?.warnings ?? []));
}

/** @param {{ info: { variant: string, threads: number } }} engine */
export function showMachine({ info }) {
    const kind = info.variant.startsWith('relaxed') ? 'relaxed SIMD' : 'SIMD';
    $('machine').textContent = `WebAssembly with ${kind}, ${info.threads === 1 ? 'one thread' : `${info.threads} threads`}`;
    $('machine').title = info.variant;
}

/** Why there is only one thread, if so. */
export function showIsolation() {
    if (globalThis.crossOriginIsolated) {
        return;
    }
    $('isolation-note').hidden = false;
    $('isolation-note').textContent =
        'The work runs on one thread, because this site is served without the headers that let a page use more ' +
        '(Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy). The result is the same; it takes longer.';
}
