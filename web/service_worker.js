// The page's service worker: caches page and engine, so that both work without a network, and adds the headers to every file that let a page use
// threads. build.mjs writes SITE, the list of the site's files, before it. The package itself keeps models.

/* global SITE */
/** @typedef {{ version: string, files: string[], engines: Record<string, string[]>, extras: string[] }} Site engines: the files of each
 *   build; extras: what few pictures need (decoders, colours), cached at its first use */

const worker = /** @type {any} */ (self);
const { version, files, engines, extras } = /** @type {Site} */ (worker.SITE);

const PREFIX = 'acg2vec-page-';
const PAGE = PREFIX + version;
const SHARED = 'acg2vec-shared';
const PAGE_FILE = 'index.html';
const KNOWN = new Set([...files, ...Object.values(engines).flat(), ...extras]);

const ISOLATION = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
};

worker.addEventListener('install', (/** @type {any} */ event) => event.waitUntil(keepPage()));
worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(takeOver()));
worker.addEventListener('message', (/** @type {any} */ event) => {
    const { engine, takeOver: isWanted } = event.data;
    if (isWanted) worker.skipWaiting();
    if (engines[engine]) event.waitUntil(keep(engines[engine]));
});
worker.addEventListener('fetch', (/** @type {any} */ event) => {
    const { request } = event;
    const path = pathOf(request);
    if (path === undefined) return;
    if (request.method === 'POST' && path === 'share') event.respondWith(takeShared(request));
    else if (request.method === 'GET' && !path.startsWith('weights/')) event.respondWith(answer(request, path));
});

/** The path of a file below the page; undefined: it is not ours. @param {Request} request */
function pathOf({ url }) {
    const [whole] = url.split(/[?#]/);
    const { scope } = worker.registration;
    return whole.startsWith(scope) ? whole.slice(scope.length) || PAGE_FILE : undefined;
}

/** Caches the whole page, and those builds of the engine and extras that an earlier version has cached. */
async function keepPage() {
    const kept = new Set();
    for (const name of await olderCaches()) {
        for (const { url } of await (await caches.open(name)).keys()) kept.add(buildOf(url));
    }
    const builds = Object.keys(engines).filter((build) => kept.has(build));
    const used = await Promise.all(extras.map(async (path) => ((await caches.match(path)) ? [path] : [])));
    await keep([...files, ...builds.flatMap((build) => engines[build]), ...used.flat()]);
}

/** @param {string} url */
const buildOf = (url) => /acg2vec-([a-z-]+)-[\w-]{8}\.(?:js|wasm)$/.exec(url)?.[1];

/** Caches files. Files with a hash in their names are not fetched again if they are cached. @param {string[]} paths */
async function keep(paths) {
    const cache = await caches.open(PAGE);
    for (const path of paths) {
        const isNamed = path.startsWith('assets/');
        if (isNamed && (await cache.match(path))) continue;
        const found = isNamed ? await caches.match(path) : undefined;
        const response = found ?? (await fetch(path, { cache: isNamed ? 'default' : 'no-cache' }));
        if (!response.ok) throw new Error(`${path}: ${response.status}`); // this version is not installed; the old one stays
        await cache.put(path, response);
    }
}

const olderCaches = async () => (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== PAGE);

/** Keeps the cache of the version before this one, for tabs that still show it. */
async function takeOver() {
    for (const name of (await olderCaches()).slice(0, -1)) await caches.delete(name);
    await worker.clients.claim();
}

/** @param {Request} request @param {string} path */
async function answer(request, path) {
    if (extras.includes(path)) await keep([path]).catch(() => {}); // if that fails, the fetch below reports the error
    const kept = KNOWN.has(path) ? await (await caches.open(PAGE)).match(path) : undefined;
    const older = kept ?? (path.startsWith('assets/') ? await caches.match(path) : undefined);
    return isolated(older ?? (await fetch(request)));
}

/** @param {Response} response */
function isolated(response) {
    if (response.status === 0) return response; // an opaque response cannot be read
    const headers = new Headers(response.headers);
    for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** Keeps pictures that another program has shared until the page asks for them. @param {Request} request */
async function takeShared(request) {
    const cache = await caches.open(SHARED);
    const pictures = /** @type {File[]} */ ((await request.formData()).getAll('pictures'));
    for (const [i, picture] of pictures.entries()) {
        await cache.put(`shared/${i}/${encodeURIComponent(picture.name)}`, new Response(picture));
    }
    return Response.redirect(`${worker.registration.scope}?shared`, 303);
}
