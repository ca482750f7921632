// The parts of the page, of which one shows, and the pictures that come in, which go to that one.
import { $ } from './dom.js';
import * as enlargePart from './enlarge_part.js';
import * as labelPart from './label_part.js';
import { listenForPictures } from './picture_input.js';
import { samplePicture } from './sample_picture.js';
import { toast } from './toast.js';

const PARTS = [
    { hash: '#larger', main: $('enlarge-part'), link: $('to-enlarge'), part: enlargePart },
    { hash: '#labels', main: $('label-part'), link: $('to-label'), part: labelPart },
];
let shown = PARTS[0];

/** The part that the address names. What is open in the other one comes along, if nothing is open in this. */
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
    if (shown.part === labelPart) labelPart.enter();
}

labelPart.share({ isEnlarging: enlargePart.isEnlarging, threads: enlargePart.chosenThreads });
window.addEventListener('hashchange', show);
show();

const pasteButtons = [$('paste'), $('label-paste')];
listenForPictures({ inputs: [$('file'), $('folder')], pasteButtons }, (found) => shown.part.openPictures(found), toast);
for (const id of ['choose', 'label-choose']) $(id).addEventListener('click', () => $('file').click());
for (const id of ['choose-folder', 'label-folder']) $(id).addEventListener('click', () => $('folder').click());
for (const id of ['sample', 'label-sample']) {
    $(id).addEventListener('click', async () => shown.part.openPictures([{ file: await samplePicture(), folder: '' }]));
}
$('toast').addEventListener('click', () => toast(''));
