// The worker in a browser: only the binding of its port, its files and its threads.
import { trustOwnScripts } from '../platform/browser/trusted.js';
import { startDecoder } from './decoders/start_browser.js';
import { browserStorage } from './spill/storage_browser.js';
import { serve } from './serve.js';
import { browserLoader } from './threads_browser.js';

trustOwnScripts();

// Loaded when it is wanted: few callers make models.
const openModelStore = async () => (await import('./convert/store_browser.js')).browserModelStore();
const port = /** @type {Worker} */ (/** @type {unknown} */ (globalThis));
const receive = serve((message, transfer) => port.postMessage(message, transfer), {
    storage: browserStorage,
    openModelStore,
    startDecoder,
    loader: browserLoader,
});
port.addEventListener('message', ({ data }) => void receive(data));

// A worker that the browser ends (for want of memory, say) tells nobody. But its locks fall free: whoever waits for this one
// learns of it. (No locks outside of secure contexts.)
const lock = `acg2vec-${Math.random().toString(36).slice(2)}`;
navigator.locks?.request(lock, () => {
    port.postMessage({ lock });
    return new Promise(() => {});
});
