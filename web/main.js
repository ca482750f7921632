// Wires the page together: empty -> chosen -> working -> done, and the sentences in between.
import { dropEngine, engineWith } from './engine.js';
import { downloadName, duration, megabytes, size } from './format.js';
import { createOptions } from './options.js';
import { openPicture } from './picture.js';
import { listenForPictures } from './picture_input.js';
import { createProgress } from './progress.js';
import { showHero, samplePicture } from './sample_picture.js';
import { createViewer } from './viewer.js';

/** @typedef {'empty' | 'chosen' | 'working' | 'done'} State */

/** @param {string} id @returns {any} */
const $ = (id) => document.getElementById(id);

/** @type {State} */
let state = 'empty';
/** @type {import('./picture.js').Picture | null} */
let picture = null;
/** @type {AbortController | null} */
let work = null;
/** @type {string} what the shown result was made with */
let resultOf = '';
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
});
const progress = createProgress({
    root: $('work'),
    meter: $('meter'),
    bar: $('meter-bar'),
    percent: $('percent'),
    timeLeft: $('time-left'),
    announcer: $('announcer'),
});
const options = createOptions(
    $('options'),
    { denoiseHint: $('denoise-hint'), strengthValue: $('strength-value') },
    optionsChanged,
);

/** @param {State} next */
function enter(next) {
    state = next;
    document.body.dataset.state = next;
    $('empty').hidden = next !== 'empty';
    $('viewer').hidden = $('zoom').hidden = $('panel').hidden = next === 'empty';
    $('enlarge').hidden = next === 'working';
    $('cancel').hidden = next !== 'working';
    $('another').hidden = next === 'working';
    $('download').hidden = $('result').hidden = next !== 'done';
    options.enable(next !== 'working');
    optionsChanged();
}

function optionsChanged() {
    if (!picture || state === 'working') {
        return;
    }
    const { scale } = options.read();
    if (state === 'done') {
        const same = JSON.stringify(options.read()) === resultOf;
        $('enlarge').textContent = 'Enlarge again';
        $('enlarge').hidden = same;
        $('enlarge').classList.remove('primary');
    } else {
        $('enlarge').textContent = 'Enlarge';
        $('enlarge').classList.add('primary');
        viewer.showOriginal(picture.width * scale, picture.height * scale);
    }
    $('sizes').textContent =
        `${size(picture.width, picture.height)} → ${size(picture.width * scale, picture.height * scale)}`;
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

/** @param {File} file */
function open(file) {
    opening = opening.then(() => openNow(file));
    return opening;
}

/** @param {File} file */
async function openNow(file) {
    if (work) {
        toast('A picture is being enlarged. Cancel that first, then open the next one.');
        return;
    }
    try {
        picture = await openPicture(file, $('original'));
    } catch (error) {
        toast(/** @type {Error} */ (error).message);
        return;
    }
    $('toast').hidden = true;
    say('');
    $('picture-name').textContent = $('picture-name').title = picture.name;
    $('original').alt = `The original: ${picture.name}`;
    enter('chosen');
    $('enlarge').focus({ preventScroll: true });
    $('announcer').textContent = `${picture.name}, ${size(picture.width, picture.height)} pixels, is open.`;
    engineWith(options.read().threads).then(showMachine, () => {}); // a failure is told when the engine is needed
}

async function enlarge() {
    if (work) {
        return;
    }
    work = new AbortController();
    try {
        await opening;
        if (picture) {
            await enlargeNow(picture, work.signal);
        }
    } finally {
        work = null;
    }
}

/** @param {import('./picture.js').Picture} picture @param {AbortSignal} signal */
async function enlargeNow(picture, signal) {
    const chosen = options.read();
    say('');
    viewer.showOriginal(picture.width * chosen.scale, picture.height * chosen.scale);
    enter('working');
    viewer.beginWork();
    progress.start('Getting ready');
    $('cancel').focus({ preventScroll: true });
    const begun = performance.now();
    try {
        const engine = await engineWith(chosen.threads);
        showMachine(engine);
        const out = await engine.upscale(picture.source, {
            scale: chosen.scale,
            denoise: chosen.denoise,
            strength: chosen.strength,
            tile: chosen.tile,
            signal,
            onProgress: progress.update,
            onTile: viewer.drawTile,
        });
        finish(
            picture,
            /** @type {{ blob: Blob, width: number, height: number }} */ (out),
            chosen,
            performance.now() - begun,
        );
    } catch (error) {
        giveUp(error);
    }
}

/**
 * @param {import('./picture.js').Picture} picture
 * @param {{ blob: Blob, width: number, height: number }} out
 * @param {import('./options.js').Options} chosen
 * @param {number} ms
 */
function finish({ name }, { blob, width, height }, chosen, ms) {
    resultOf = JSON.stringify(chosen);
    const link = $('download');
    URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(blob);
    link.download = link.title = downloadName(name, chosen.scale, chosen.denoise);
    $('outcome').textContent = `Done in ${duration(ms)}.`;
    $('outcome-size').textContent =
        `A PNG of ${size(width, height)} pixels, ${megabytes(blob.size)}.` +
        (viewer.reduced ? ' What you see here is reduced; the file has every pixel.' : '');
    $('caption-after').textContent = `After, ${chosen.scale}×`;
    viewer.endWork();
    enter('done');
    progress.stop(`Done. ${size(width, height)} pixels, ready to download.`);
    link.focus({ preventScroll: true });
}

/** @param {unknown} error */
function giveUp(error) {
    const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
    const cancelled = code === 'CANCELLED';
    enter('chosen');
    progress.stop(cancelled ? 'Cancelled.' : '');
    say(cancelled ? '' : message);
    $('enlarge').focus({ preventScroll: true });
    if (code === 'NO_MEMORY' || code === 'INTERNAL' || code === undefined) {
        dropEngine(); // what is left of it may not be sound; the next picture gets a new one
    }
}

/** @param {{ info: { variant: string, threads: number } }} engine */
function showMachine({ info }) {
    const kind = info.variant.startsWith('relaxed') ? 'relaxed SIMD' : 'SIMD';
    $('machine').textContent =
        `WebAssembly with ${kind}, ${info.threads === 1 ? 'one thread' : `${info.threads} threads`}`;
    $('machine').title = info.variant;
}

function startOver() {
    say('');
    viewer.showOriginal(1, 1);
    picture = null;
    URL.revokeObjectURL($('download').href);
    $('download').removeAttribute('href');
    enter('empty');
    $('choose').focus({ preventScroll: true });
}

listenForPictures({ file: $('file'), pasteButton: $('paste') }, open, toast);
$('choose').addEventListener('click', () => $('file').click());
$('sample').addEventListener('click', async () => open(await samplePicture()));
$('enlarge').addEventListener('click', enlarge);
$('cancel').addEventListener('click', () => work?.abort());
$('another').addEventListener('click', startOver);
$('toast').addEventListener('click', () => ($('toast').hidden = true));
$('zoom-in').addEventListener('click', () => viewer.zoom.zoomBy(1.5));
$('zoom-out').addEventListener('click', () => viewer.zoom.zoomBy(1 / 1.5));
$('zoom-fit').addEventListener('click', () => viewer.zoom.fit());
$('zoom-actual').addEventListener('click', () => viewer.zoom.actual());

if (!globalThis.crossOriginIsolated) {
    $('isolation-note').hidden = false;
    $('isolation-note').textContent =
        'The work runs on one thread, because this site is served without the headers that let a page use more ' +
        '(Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy). The result is the same; it takes longer.';
}
showHero($('hero-before'), $('hero-after'));
