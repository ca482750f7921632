// The worker's side of the messages: takes requests, runs them in the engine, and answers. The two bindings give it a port
// and the parts that differ between a browser and Node.
import { Runner } from './runner.js';
import { packError } from '../shared/protocol.js';

/**
 * @typedef {import('../shared/protocol.js').FromWorker} FromWorker
 * @typedef {import('../shared/protocol.js').ToWorker} ToWorker
 */

/**
 * @param {(message: FromWorker, transfer: Transferable[]) => void} post
 * @param {import('./runner.js').Host} host
 * @returns {(message: ToWorker) => Promise<void>} receives the messages
 */
export function serve(post, host) {
    const runner = new Runner(host);
    /** @type {Map<number, AbortController>} */
    const running = new Map();

    return async (message) => {
        const { id, type } = message;
        if (type === 'abort') return running.get(id)?.abort();
        const aborter = new AbortController();
        running.set(id, aborter);
        try {
            const context = {
                signal: aborter.signal,
                /** @type {import('./steps.js').Emit} */
                emit: (name, body, transfer = []) => post({ id, type: 'event', name, body }, transfer),
            };
            const body = await runner[message.name](message.body, context);
            post({ id, type: 'done', body }, []);
        } catch (error) {
            post({ id, type: 'failed', error: packError(error) }, []);
        } finally {
            running.delete(id);
        }
    };
}
