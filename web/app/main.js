// The tabs of the page, of which one shows, and the pictures that come in, which go to that one. What shows at first needs little code: that
// of a tab comes when the tab is wanted, or when the page is at rest and the engine is compiled.
import { trustOwnScripts } from './trusted_scripts.js';
import { listenForPictures } from '../files/picture_input.js';
import { keepOffline, listenForLaunches, sharedPictures } from './offline.js';
import { Place } from './place.js';
import { $, stamp } from '../ui/dom.js';
import { chooseLanguage, currentLanguage, languages, onLanguage, t, messageOf } from '../words/words.js';
import { toast } from '../ui/toast.js';

/** @typedef {import('../files/dropped_files.js').Found} Found */

/** @type {import('../tabs/tab.js').Page} */
const page = {
    whyBusy: () => PLACES.map(({ tab }) => tab?.whyBusy()).find(Boolean) ?? '',
    threads: () => enlargeTab?.options.read().threads,
    openIn: async (id, found) => {
        const place = PLACES.find((each) => each.id === id) ?? shown;
        await (await place.open()).openPictures(found);
        location.hash = place.link.hash;
    },
};

trustOwnScripts();
$('unstarted').remove();
document.body.prepend(stamp('page'));
const paste = listenForPictures([$('file'), $('folder')], open, toast);
$('toast').addEventListener('click', () => toast(''));

const BUTTONS = {
    choose: () => $('file').click(),
    'choose-folder': () => $('folder').click(),
    paste,
    sample: async () => open(asFound([await (await import('../files/sample_picture.js')).samplePicture()]), ''),
};

/** @type {import('../tabs/enlarge_tab.js').EnlargeTab | undefined} */
let enlargeTab;

/** @type {[string, () => Promise<import('../tabs/tab.js').Tab>][]} */
const TABS = [
    ['enlarge', async () => (enlargeTab = new (await import('../tabs/enlarge_tab.js')).EnlargeTab(page))],
    ['label', async () => new (await import('../tabs/label_tab.js')).LabelTab(page)],
    ['describe', async () => new (await import('../tabs/describe_tab.js')).DescribeTab(page)],
    ['search', async () => new (await import('../tabs/search_tab.js')).SearchTab(page)],
    ['words', async () => new (await import('../tabs/words_tab.js')).WordsTab(page)],
];
const PLACES = TABS.map(([id, make]) => new Place(id, make, BUTTONS));
let [shown] = PLACES;

/** Shows the tab in the address. Pictures that are open in the last tab are opened in this one, too, if it has none. */
async function show() {
    const before = shown;
    shown = PLACES.find(({ link }) => link.hash === location.hash) ?? PLACES[0];
    const place = shown;
    for (const each of PLACES) each.show(each === place);
    const [tab] = await Promise.all([place.open(), PLACES[0].open()]); // whose settings hold for all
    const found = before.tab?.found ?? [];
    if (place !== before && found.length && tab.takesAlong && !tab.jobs.length) tab.openPictures(found);
    tab.onEnter();
}

const showOrTell = () => show().catch((error) => toast(t('page.broken', { why: messageOf(error) })));
window.addEventListener('hashchange', showOrTell);
showOrTell();

/** @param {Found[]} found @param {string} passedOver */
async function open(found, passedOver) {
    await (await shown.open()).openPictures(found);
    if (passedOver && $('toast').hidden) toast(passedOver, 'status');
}

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

// What nobody has thought of is told: a button that does nothing would be worse.
window.addEventListener('unhandledrejection', ({ reason }) => {
    const isCancelled = reason?.name === 'AbortError' || reason?.code === 'CANCELLED';
    if (reason instanceof Error && !isCancelled) toast(messageOf(reason));
});

window.addEventListener('beforeunload', (event) => {
    if (!PLACES.some(({ tab }) => tab?.isUnsaved)) return;
    event.preventDefault(); // the browser asks
    event.returnValue = true; // Chromium before 119
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
        await place.open().catch(() => {}); // is told when it is wanted
    }
}

/** Once all that shows is there. */
async function prepare() {
    if (/** @type {any} */ (navigator).connection?.saveData) return;
    await PLACES[0].open();
    enlargeTab?.offerUnfinished();
    offline();
    await enlargeTab?.warm(); // compiles on all cores, and what ran meanwhile would wait for them
    loadTabs();
}

const prepareAtRest = () => atRest(() => prepare().catch(() => {})); // what could not be loaded is told when it is wanted
if (document.readyState === 'complete') prepareAtRest();
else window.addEventListener('load', prepareAtRest);
