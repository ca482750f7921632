// The parts of the page, of which one shows, and the pictures that come in, which go to that one.
import { $ } from './dom.js';
import { page as enlargePart } from './enlarge_part.js';
import { listenForPictures } from './picture_input.js';
import { samplePicture } from './sample_picture.js';
import { toast } from './toast.js';

/**
 * @typedef {object} Part
 * @property {() => void} enter when it is shown
 * @property {() => string} whyBusy why files cannot be changed now, or ''
 * @property {() => import('./dropped_files.js').Found[]} openedPictures
 * @property {(found: import('./dropped_files.js').Found[]) => Promise<void>} openPictures
 *
 * @typedef {{ hash: string, main: HTMLElement, link: HTMLElement, load: () => Promise<Part>, part?: Part }} Place part: once its code
 *   is here
 */

const shared = { whyBusy: () => PLACES.map(({ part }) => part?.whyBusy()).find(Boolean) ?? '', threads: enlargePart.chosenThreads };

/** @type {Place[]} */
const PLACES = [
    { hash: '#larger', main: $('enlarge-part'), link: $('to-enlarge'), load: async () => enlargePart, part: enlargePart },
    { hash: '#labels', main: $('label-part'), link: $('to-label'), load: async () => (await import('./label_part.js')).start(shared) },
    {
        hash: '#scores',
        main: $('describe-part'),
        link: $('to-describe'),
        load: async () => (await import('./describe_part.js')).start(shared),
    },
];
let shown = PLACES[0];

/** @param {Place} place */
async function partAt(place) {
    return (place.part ??= await place.load());
}

/** The part that the address names. What is open in the one before comes along, if nothing is open in this. */
async function show() {
    const before = shown;
    const place = (shown = PLACES.find(({ hash }) => hash === location.hash) ?? PLACES[0]);
    for (const each of PLACES) {
        each.main.hidden = each !== place;
        each.link.ariaCurrent = each === place ? 'page' : 'false';
    }
    document.body.dataset.part = place.hash.slice(1);
    const part = await partAt(place);
    const found = before.part?.openedPictures() ?? [];
    if (place !== before && found.length && !part.openedPictures().length) {
        part.openPictures(found);
    }
    part.enter();
}

/** @param {() => Promise<void>} task */
const telling = (task) => () => task().catch((error) => toast(`This part of the page could not be loaded: ${error.message}`));

window.addEventListener('hashchange', telling(show));
telling(show)();

/** @param {import('./dropped_files.js').Found[]} found @param {string} passedOver */
async function open(found, passedOver) {
    await (await partAt(shown)).openPictures(found);
    if (passedOver && $('toast').hidden) toast(passedOver, 'status');
}

const pasteButtons = ['paste', 'label-paste', 'describe-paste'].map($);
listenForPictures({ inputs: [$('file'), $('folder')], pasteButtons }, open, toast);
for (const id of ['choose', 'label-choose', 'describe-choose']) $(id).addEventListener('click', () => $('file').click());
for (const id of ['choose-folder', 'label-folder', 'describe-folder']) $(id).addEventListener('click', () => $('folder').click());
for (const id of ['sample', 'label-sample', 'describe-sample']) {
    $(id).addEventListener('click', async () => (await partAt(shown)).openPictures([{ file: await samplePicture(), folder: '' }]));
}

// What is wanted next comes when the page is at rest; before that it would only be in the way of it.
const atRest = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ task) => setTimeout(task, 1000));
window.addEventListener('load', () =>
    atRest(() => {
        if (/** @type {any} */ (navigator).connection?.saveData) return;
        enlargePart.warm();
        for (const place of PLACES) partAt(place).catch(() => {}); // is told when it is wanted
    }),
);
$('toast').addEventListener('click', () => toast(''));
