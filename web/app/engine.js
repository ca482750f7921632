// Keeps the only engine of the page. It is created on demand, and again after a crash or when the number of threads changes.
import { createEngine } from 'acg2vec';
import { toast } from '../ui/toast.js';
import { t } from '../words/words.js';
import { urlOnSite } from './site_weights.js';

/** @type {{ threads: number | undefined, engine: ReturnType<typeof createEngine> } | null} */
let current = null;

/** How many tasks are using the engine. */
let uses = 0;

/** @param {number | undefined} threads undefined: the engine chooses. While tasks hold it, the engine is not replaced */
export async function engineWith(threads) {
    if (current && current.threads !== threads && !uses) {
        await dropEngine();
    }
    current ??= {
        threads,
        engine: createEngine({
            threads,
            models: urlOnSite,
            onWarning: (warning) => toast(t('warning', { detail: `${warning}.` }), 'status'),
        }),
    };
    try {
        return await current.engine;
    } catch (error) {
        current = null; // a failed start is tried again
        throw error;
    }
}

/**
 * Runs a task; until it ends, another tab does not close the engine.
 * @template T
 * @param {() => Promise<T>} task
 */
export async function holdEngine(task) {
    uses++;
    try {
        return await task();
    } finally {
        uses--;
    }
}

export async function dropEngine() {
    const old = current;
    current = null;
    await old?.engine.then((engine) => engine.close()).catch(() => {});
}

/**
 * Rejects immediately on an abort: the engine finishes its current step first, and the user need not wait for that.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
export function untilAborted(promise, signal) {
    return new Promise((resolve, reject) => {
        promise.then(resolve, reject);
        signal.addEventListener('abort', () => reject(cancelled()), { once: true });
    });
}

/** The error of a cancelled task. */
export const cancelled = () => Object.assign(new Error(t('tab.cancelled')), { code: 'CANCELLED' });

/** The chosen options in the form of the engine. @param {import('../tabs/enlarge_options.js').Options} options */
export function sizedOptions({ threads: _, ...options }) {
    return options;
}

/** The same without a wanted size: the result has the network's scale. @param {import('../tabs/enlarge_options.js').Options} options */
export function engineOptions(options) {
    const { width: _, height: __, fit: ___, ...others } = sizedOptions(options);
    return others;
}
