// The worker in Node: only the binding of its port and its files.
import { parentPort } from 'node:worker_threads';
import { nodeModelStore } from './convert/store_node.js';
import { nodeStorage } from './spill/storage_node.js';
import { serve } from './serve.js';

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const receive = serve((message, transfer) => port.postMessage(message, /** @type {any} */ (transfer)), nodeStorage, nodeModelStore);
port.on('message', (message) => void receive(message));
