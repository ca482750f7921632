// The tabs of the page, of which one is shown; new pictures go to that one.
import { trustOwnScripts } from './trusted_scripts.js';
import { listenForPictures } from '../files/picture_input.js';
import { samplePicture } from '../files/sample_picture.js';
import { keepOffline, listenForLaunches, sharedPictures } from './offline.js';
import { EnlargeTab } from '../tabs/enlarge_tab.js';
import { $, stamp } from '../ui/dom.js';
import { chooseLanguage, currentLanguage, languages, onLanguage, t, messageOf } from '../words/words.js';
import { toast } from '../ui/toast.js';

/**
 * @typedef {import('../tabs/tab.js').Tab} Tab
 * @typedef {import('../files/dropped_files.js').Found} Found
 * @typedef {{ id: string, make: () => Promise<Tab>, made?: Promise<Tab>, tab?: Tab }} Place of a tab, whose code is loaded on demand
 */

/** @type {import('../tabs/tab.js').Page} */
const page = {
    whyBusy: () => PLACES.map(({ tab }) => tab?.whyBusy()).find(Boolean) ?? '',
    threads: () => enlargeTab.options.read().threads,
    openIn: async (id, found) => {
        const place = PLACES.find((each) => each.id === id) ?? shown;
        await (await tabAt(place)).openPictures(found);
        location.hash = $(`to-${place.id}`).hash;
    },
};

/** Each has a link to-… and a template …-tab in index.html. @type {Place[]} */
const PLACES = [
    { id: 'enlarge', make: async () => enlargeTab },
    { id: 'label', make: async () => new (await import('../tabs/label_tab.js')).LabelTab(page) },
    { id: 'describe', make: async () => new (await import('../tabs/describe_tab.js')).DescribeTab(page) },
    { id: 'search', make: async () => new (await import('../tabs/search_tab.js')).SearchTab(page) },
    { id: 'words', make: async () => new (await import('../tabs/words_tab.js')).WordsTab(page) },
];
trustOwnScripts();
document.body.prepend(stamp('page'));
for (const { id } of PLACES) $('toast').before(stamp('tab', $(`${id}-tab`)));

const enlargeTab = new EnlargeTab(page);
PLACES[0].tab = enlargeTab;
let shown = PLACES[0];

/** @param {Place} place */
async function tabAt(place) {
    place.made ??= place.make();
    place.tab = await place.made.catch((error) => {
        place.made = undefined; // a failed load is tried again
        throw error;
    });
    return place.tab;
}

/** Shows the tab in the address. Pictures that are open in the last tab are opened in this one, too, if it has none. */
async function show() {
    const before = shown;
    const place = PLACES.find(({ id }) => $(`to-${id}`).hash === location.hash) ?? PLACES[0];
    shown = place;
    for (const { id } of PLACES) {
        $(`${id}-part`).hidden = id !== place.id;
        $(`to-${id}`).ariaCurrent = id === place.id ? 'page' : 'false';
    }
    const tab = await tabAt(place);
    const found = before.tab?.found ?? [];
    if (place !== before && found.length && tab.takesAlong && !tab.jobs.length) tab.openPictures(found);
    tab.onEnter();
}

const showOrTell = () => show().catch((error) => toast(t('page.broken', { why: messageOf(error) })));
window.addEventListener('hashchange', showOrTell);
showOrTell();

/** @param {Found[]} found @param {string} passedOver */
async function open(found, passedOver) {
    await (await tabAt(shown)).openPictures(found);
    if (passedOver && $('toast').hidden) toast(passedOver, 'status');
}

/** The buttons of this name in all tabs that have one. @param {string} name */
const buttons = (name) => PLACES.map(({ id }) => $(`${id}-${name}`)).filter(Boolean);

listenForPictures({ inputs: [$('file'), $('folder')], pasteButtons: buttons('paste') }, open, toast);
for (const button of buttons('choose')) button.addEventListener('click', () => $('file').click());
for (const button of buttons('choose-folder')) button.addEventListener('click', () => $('folder').click());
for (const button of buttons('sample')) {
    button.addEventListener('click', async () => open([{ file: await samplePicture(), folder: '' }], ''));
}
$('toast').addEventListener('click', () => toast(''));

const language = /** @type {HTMLSelectElement} */ ($('language'));
for (const [id, name] of languages()) language.add(Object.assign(new Option(name, id, false, id === currentLanguage()), { lang: id }));
language.addEventListener('change', () => chooseLanguage(language.value).catch((error) => toast(messageOf(error))));
const appManifest = Object.assign(document.createElement('link'), { rel: 'manifest' });
document.head.append(appManifest);
const sayHead = () => {
    document.title = t('page.title');
    appManifest.href = `manifest-${currentLanguage()}.webmanifest`;
    /** @type {HTMLMetaElement} */ (document.querySelector('meta[name=description]')).content = t('page.description');
};
sayHead();
onLanguage(sayHead);

window.addEventListener('beforeunload', (event) => {
    if (PLACES.some(({ tab }) => tab?.isUnsaved)) event.preventDefault(); // the browser asks
});

listenForLaunches((files) => open(asFound(files), ''));
sharedPictures().then((files) => files.length && open(asFound(files), ''));

/** @param {File[]} files @returns {Found[]} */
function asFound(files) {
    return files.map((file) => ({ file, folder: '' }));
}

/** Offers a new version to the user. @param {() => void} take */
function offerUpdate(take) {
    $('update').hidden = false;
    $('update-later').onclick = () => ($('update').hidden = true);
    $('update-take').onclick = () => (page.whyBusy() ? toast(page.whyBusy()) : take());
}

const offline = () => keepOffline({ isUntouched: () => PLACES.every(({ tab }) => !tab?.jobs.length), onUpdate: offerUpdate });

// Loads the other tabs when the page is idle, so that they do not delay the first one.
const atRest = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ task) => setTimeout(task, 1000));

/** One after the other, so that none blocks the page for long. */
async function loadTabs() {
    for (const place of PLACES) {
        await new Promise((resolve) => atRest(() => resolve(undefined)));
        await tabAt(place).catch(() => {}); // the error is shown when the tab is opened
    }
}

window.addEventListener('load', () =>
    atRest(() => {
        if (/** @type {any} */ (navigator).connection?.saveData) return;
        enlargeTab.warm();
        enlargeTab.offerUnfinished();
        loadTabs();
        offline();
    }),
);
