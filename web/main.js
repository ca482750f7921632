// The parts of the page, of which one shows, and the pictures that come in, which go to that one.
import { $ } from './dom.js';
import { page as describePart } from './describe_part.js';
import { page as enlargePart } from './enlarge_part.js';
import { page as labelPart } from './label_part.js';
import { listenForPictures } from './picture_input.js';
import { samplePicture } from './sample_picture.js';
import { toast } from './toast.js';

const PARTS = [
    { hash: '#larger', main: $('enlarge-part'), link: $('to-enlarge'), part: enlargePart },
    { hash: '#labels', main: $('label-part'), link: $('to-label'), part: labelPart },
    { hash: '#scores', main: $('describe-part'), link: $('to-describe'), part: describePart },
];
let shown = PARTS[0];

/** The part that the address names. What is open in the one before comes along, if nothing is open in this. */
function show() {
    const before = shown;
    shown = PARTS.find(({ hash }) => hash === location.hash) ?? PARTS[0];
    for (const each of PARTS) {
        each.main.hidden = each !== shown;
        each.link.ariaCurrent = each === shown ? 'page' : 'false';
    }
    document.body.dataset.part = shown.hash.slice(1);
    const found = before.part.openedPictures();
    if (shown !== before && found.length && !shown.part.openedPictures().length) {
        shown.part.openPictures(found);
    }
    shown.part.enter();
}

const whyBusy = () => PARTS.map(({ part }) => part.whyBusy()).find(Boolean) ?? '';
for (const part of [labelPart, describePart]) part.share({ whyBusy, threads: enlargePart.chosenThreads });
window.addEventListener('hashchange', show);
show();

const pasteButtons = ['paste', 'label-paste', 'describe-paste'].map($);
listenForPictures({ inputs: [$('file'), $('folder')], pasteButtons }, (found) => shown.part.openPictures(found), toast);
for (const id of ['choose', 'label-choose', 'describe-choose']) $(id).addEventListener('click', () => $('file').click());
for (const id of ['choose-folder', 'label-folder', 'describe-folder']) $(id).addEventListener('click', () => $('folder').click());
for (const id of ['sample', 'label-sample', 'describe-sample']) {
    $(id).addEventListener('click', async () => shown.part.openPictures([{ file: await samplePicture(), folder: '' }]));
}
$('toast').addEventListener('click', () => toast(''));
