// Opens the store that the option --store names: the path of an index, or the URL of a database.
import { isName } from './collection.js';
import { openEmbedded } from './embedded.js';
import { openRemote } from './remote.js';

/**
 * @typedef {import('acg2vec').Engine} Engine
 * @typedef {import('./store.js').Store} Store
 * @typedef {import('./collection.js').Collection} Collection
 * @typedef {(url: URL) => Promise<Collection>} OpenCollection
 */

/** By the protocol of the URL. The packages of databases are loaded only when needed. @type {Record<string, OpenCollection>} */
const DATABASES = {
    'milvus:': async (url) => (await import('./milvus.js')).openMilvus(url),
    'postgres:': async (url) => (await import('./postgres.js')).openPostgres(url),
};

/** Reads the collection's name from the URL. @type {Record<string, (url: URL) => string>} */
const NAMES = {
    'milvus:': (url) => url.pathname.slice(1),
    'postgres:': (url) => url.searchParams.get('table') ?? 'pictures',
};

/**
 * Whether it is the name of a store. Does not connect to it.
 * @param {string} store
 * @returns {boolean}
 */
export function isStore(store) {
    const url = addressOf(store);
    return url ? url.protocol in DATABASES && url.hostname !== '' && isName(NAMES[url.protocol](url)) : store !== '';
}

/**
 * Opens a store. A database need not be reachable yet: until it is, requests fail.
 * @param {string} store
 * @param {{ startEngine: () => Promise<Engine>, openIndex: import('./embedded.js').OpenIndex,
 *   tagger?: import('acg2vec').TagModel }} options
 * @returns {Promise<Store>}
 */
export async function openStore(store, { startEngine, openIndex, tagger }) {
    const url = addressOf(store);
    if (!url) return openEmbedded(store, { startEngine, openIndex, tagger });
    return openRemote(await openCollection(store), { startEngine, tagger });
}

/**
 * @param {string} store the address of a database
 * @returns {Promise<Collection>}
 */
export async function openCollection(store) {
    const url = /** @type {URL} */ (addressOf(store));
    return DATABASES[url.protocol](url);
}

/** @param {string} store */
function addressOf(store) {
    const [, protocol, rest] = /^([a-z]+):\/\/(.*)$/.exec(store) ?? [];
    if (protocol === undefined) return undefined;
    return new URL(`${protocol === 'postgresql' ? 'postgres' : protocol}://${rest}`);
}
