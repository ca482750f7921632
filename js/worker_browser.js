// The worker in a browser: only the binding of its port.
import { serve } from './worker.js';

const port = /** @type {Worker} */ (/** @type {unknown} */ (globalThis));
const receive = serve((message, transfer) => port.postMessage(message, transfer));
port.addEventListener('message', ({ data }) => void receive(data));
