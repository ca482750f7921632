// The worker in Node: only the binding of its port.
import { parentPort } from 'node:worker_threads';
import { serve } from './worker.js';

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const receive = serve((message, transfer) => port.postMessage(message, /** @type {any} */ (transfer)));
port.on('message', (message) => void receive(message));
