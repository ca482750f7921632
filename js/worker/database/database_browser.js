// The worker of a database in a browser: only the binding of its port and its files.
import { browserFiles } from './files_browser.js';
import { serveDatabase } from './serve.js';

const port = /** @type {Worker} */ (/** @type {unknown} */ (globalThis));
const receive = serveDatabase((message, transfer) => port.postMessage(message, transfer), browserFiles());
port.addEventListener('message', ({ data }) => receive(data));
