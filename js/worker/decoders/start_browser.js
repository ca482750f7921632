// Starts the worker of the decoders in a browser.
import { startScript } from '../../shared/script_worker.js';

/** @type {import('./library_decoder.js').StartDecoder} */
export function startDecoder({ onAnswer, onDeath }) {
    const worker = startScript(startWorker, new URL('./worker_browser.js', import.meta.url));
    worker.onmessage = ({ data }) => onAnswer(data);
    worker.onerror = (event) => {
        event.preventDefault();
        onDeath(event.message || 'its script could not be loaded');
    };
    return { post: (message, transfer) => worker.postMessage(message, transfer), stop: () => worker.terminate() };
}

// written out in full: bundlers look for this form
function startWorker() {
    return new Worker(new URL('./worker_browser.js', import.meta.url), { type: 'module' });
}
