// Runs something of the engine's, times it, and ends at once when it is cancelled.
import { untilAborted } from './cancel.js';
import { engineWith, holdEngine } from './engine.js';
import { failJob } from './job.js';

/**
 * @typedef {object} Asking
 * @property {AbortSignal} signal
 * @property {number | undefined} threads
 * @property {(progress: import('acg2vec').Progress) => void} onProgress
 *
 * @typedef {Pick<Asking, 'signal' | 'onProgress'>} Listen what each call of the engine gets
 */

/**
 * @template T
 * @param {Asking} asking
 * @param {(engine: import('acg2vec').Engine, listen: Listen) => Promise<T>} task
 * @returns {Promise<{ result: T, ms: number, loadMs: number }>} loadMs: how much of it the weights took to come
 */
export async function timed({ signal, threads, onProgress }, task) {
    const begun = performance.now();
    let loadMs = 0;
    const run = async () => {
        const engine = await engineWith(threads);
        let last = performance.now();
        /** @type {Listen} */
        const listen = {
            signal,
            onProgress(progress) {
                const now = performance.now();
                if (progress.stage === 'models') loadMs += now - last;
                last = now;
                onProgress(progress);
            },
        };
        return holdEngine(() => task(engine, listen));
    };
    const result = await untilAborted(run(), signal);
    return { result, ms: performance.now() - begun, loadMs };
}

/**
 * Each picture in turn; one that fails says so in its job, unless no other could be done either.
 * @template {{ job: import('./job.js').Job }} P
 * @param {P[]} pictures
 * @param {AbortSignal} signal
 * @param {(picture: P, i: number) => Promise<void>} task
 */
export async function eachPicture(pictures, signal, task) {
    for (const [i, picture] of pictures.entries()) {
        Object.assign(picture.job, { state: 'waiting', message: '', remedy: null, note: '' });
        try {
            await task(picture, i);
        } catch (error) {
            const { code } = /** @type {{ code?: string }} */ (error);
            if (signal.aborted || code === 'NOT_FOUND' || code === 'BAD_MODEL') throw error;
            failJob(picture.job, error);
        }
    }
}
