// Keeps the one engine of the page: made when first wanted, made anew when the number of threads changes or it broke.
import { createEngine } from 'acg2vec';
import { toast } from '../ui/toast.js';
import { t } from '../words/words.js';
import { urlOnSite } from './site_weights.js';

/** @type {{ threads: number | undefined, engine: ReturnType<typeof createEngine> } | null} */
let current = null;

/** How many tasks have the engine that there is. */
let uses = 0;

/** @param {number | undefined} threads undefined: the engine chooses. While it is held, the engine stays the one that it is */
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
        current = null; // a failed start is not remembered
        throw error;
    }
}

/**
 * Another tab does not close the engine before `task` is done.
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
 * A cancelled call is over at once: the engine ends its step before it answers to an abort, and nobody needs to wait for that.
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

/** What a cancelled task rejects with. */
export const cancelled = () => Object.assign(new Error(t('tab.cancelled')), { code: 'CANCELLED' });

/** What the page chose, as the engine takes it. @param {import('../tabs/enlarge_options.js').Options} options */
export function sizedOptions({ threads: _, ...options }) {
    return options;
}

/** The same with the size that the network makes. @param {import('../tabs/enlarge_options.js').Options} options */
export function engineOptions(options) {
    const { width: _, height: __, fit: ___, ...others } = sizedOptions(options);
    return others;
}
