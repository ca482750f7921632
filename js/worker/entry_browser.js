// The worker in a browser: only the binding of its port, its files and its threads.
import { trustOwnScripts } from '../platform/browser/trusted.js';
import { announced } from '../platform/browser/worker_watch.js';
import { startDecoder } from './decoders/start_browser.js';
import { browserStorage } from './spill/storage_browser.js';
import { serve } from './serve.js';
import { browserLoader } from './threads_browser.js';

trustOwnScripts();

// Loaded on demand: few callers convert models.
const openModelStore = async () => (await import('./convert/store_browser.js')).browserModelStore();
const port = /** @type {Worker} */ (/** @type {unknown} */ (globalThis));
const post = (/** @type {unknown} */ message) => port.postMessage(message);
const receive = serve((message, transfer) => port.postMessage(message, transfer), {
    storage: browserStorage,
    openModelStore,
    startDecoder: announced(post, startDecoder),
    loader: { ...browserLoader, startThread: announced(post, browserLoader.startThread) },
});
port.addEventListener('message', ({ data }) => void receive(data));

// A browser may end a worker without a message, for example for lack of memory. Then its locks are released, and the client, which waits for this
// lock, notices. (There are no locks outside of secure contexts.)
const lock = `acg2vec-${Math.random().toString(36).slice(2)}`;
const locked = navigator.locks?.request(lock, () => {
    port.postMessage({ lock });
    return new Promise(() => {});
});
locked?.catch(() => {}); // refused: the page may store nothing
