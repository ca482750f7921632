// The page's side of the service worker: registers it, tells it which engine this machine uses, and offers a new version of the page. If a host
// sends no isolation headers, the worker adds them, and the page is reloaded once to get them.

const RELOADED = 'acg2vec-isolated';
const LOOK_EVERY_MS = 36e5;
const SHARED = 'acg2vec-shared';

const workers = navigator.serviceWorker;

/**
 * @param {object} page
 * @param {() => boolean} page.isUntouched nothing would be lost by a reload
 * @param {(take: () => void) => void} page.onUpdate a new version is there; `take` shows it
 */
export async function keepOffline({ isUntouched, onUpdate }) {
    const registration = await workers?.register('service_worker.js').catch(() => undefined);
    if (!registration) return; // the page works without it
    offerUpdates(registration, onUpdate);
    if (!globalThis.crossOriginIsolated) await isolateOnce(isUntouched);
}

/** The builds of the engine are large: only the one that is used is kept. @param {string} variant */
export function keepEngine(variant) {
    const sent = workers?.ready.then(({ active }) => active?.postMessage({ engine: variant }));
    sent?.catch(() => {}); // Firefox, where it may store nothing
}

/** Pictures that another program has shared with the page. */
export async function sharedPictures() {
    if (location.search !== '?shared') return [];
    history.replaceState(null, '', location.pathname + location.hash);
    const cache = await caches.open(SHARED);
    const files = [];
    for (const request of await cache.keys()) {
        const blob = await (await cache.match(request))?.blob();
        const name = decodeURIComponent(request.url.replace(/.*\//, ''));
        if (blob) files.push(new File([blob], name, { type: blob.type }));
    }
    await caches.delete(SHARED);
    return files;
}

/** Pictures that are opened with the installed page. @param {(files: File[]) => void} onFiles */
export function listenForLaunches(onFiles) {
    const queue = /** @type {any} */ (globalThis).launchQueue;
    queue?.setConsumer(async (/** @type {{ files: FileSystemFileHandle[] }} */ { files }) => {
        if (files.length) onFiles(await Promise.all(files.map((handle) => handle.getFile())));
    });
}

/** @param {ServiceWorkerRegistration} registration @param {(take: () => void) => void} onUpdate */
function offerUpdates(registration, onUpdate) {
    let isTaken = false;
    const take = () => {
        isTaken = true;
        registration.waiting?.postMessage({ takeOver: true });
    };
    const offer = () => registration.waiting && workers.controller && onUpdate(take);
    const watch = () => registration.installing?.addEventListener('statechange', offer);
    workers.addEventListener('controllerchange', () => isTaken && location.reload());
    registration.addEventListener('updatefound', watch);
    watch();
    offer();
    setInterval(() => registration.update().catch(() => {}), LOOK_EVERY_MS);
}

/** At most once in a tab: if the headers had no effect, a second reload would not help. @param {() => boolean} isUntouched */
async function isolateOnce(isUntouched) {
    await workers.ready;
    if (!workers.controller) await new Promise((resolve) => workers.addEventListener('controllerchange', resolve, { once: true }));
    if (!isUntouched() || hasReloaded()) return;
    location.reload();
}

/** Whether it was called before. */
function hasReloaded() {
    try {
        const before = sessionStorage.getItem(RELOADED);
        sessionStorage.setItem(RELOADED, 'yes');
        return before !== null;
    } catch {
        return true; // without storage the page is not reloaded
    }
}
