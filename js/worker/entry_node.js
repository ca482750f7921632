// The worker in Node: only the binding of its port, its files and its threads.
import { parentPort } from 'node:worker_threads';
import { startDecoder } from './decoders/start_node.js';
import { nodeStorage } from './spill/storage_node.js';
import { serve } from './serve.js';
import { nodeLoader } from './threads_node.js';

// Loaded on demand: few callers convert models.
const openModelStore = async (/** @type {string | undefined} */ folder) => (await import('./convert/store_node.js')).nodeModelStore(folder);
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const receive = serve((message, transfer) => port.postMessage(message, /** @type {any} */ (transfer)), {
    storage: nodeStorage,
    openModelStore,
    startDecoder,
    loader: nodeLoader,
});
port.on('message', (message) => void receive(message));
