// Starts the worker of the decoders in Node.
import { Worker } from 'node:worker_threads';

/** @type {import('./library_decoder.js').StartDecoder} */
export function startDecoder({ onAnswer, onDeath }) {
    const worker = new Worker(new URL('./worker_node.js', import.meta.url), { execArgv: [] });
    worker.on('message', onAnswer);
    worker.on('error', (error) => onDeath(error.message));
    worker.on('exit', (code) => onDeath(`it ended with code ${code}`));
    return { post: (message, transfer) => worker.postMessage(message, transfer), stop: () => void worker.terminate() };
}
