// Gives the loader of a build the modules of Node that it requires, and starts its threads.
import { Worker } from 'node:worker_threads';

/** @type {import('./native/builds.js').LoaderHost} */
export const nodeLoader = { nodeModule: () => import('node:module'), startThread, slowSplats: false };

/** @type {import('./native/builds.js').LoaderHost['startThread']} */
function startThread(variant, failed) {
    const worker = new Worker(new URL('./thread_node.js', import.meta.url), { workerData: 'em-pthread', argv: [variant], execArgv: [] });
    worker.once('error', failed);
    return worker;
}
