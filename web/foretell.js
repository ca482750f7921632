// Says what the work would take, before it begins. Asks the engine, a moment after the last change.
import { engineOptions, engineWith } from './engine.js';
import { duration, megabytes } from './format.js';

const SETTLE_MS = 350;

/**
 * @param {HTMLElement} element for the sentence
 * @param {(job: import('./job.js').Job, warnings: string[]) => void} onWarnings what is odd about a picture
 */
export function createForetelling(element, onWarnings) {
    let latest = new AbortController();

    return {
        /** @param {import('./job.js').Job} job @param {import('./options.js').Options} options */
        async show(job, options) {
            this.hide();
            const { signal } = (latest = new AbortController());
            await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
            if (signal.aborted) {
                return;
            }
            try {
                const engine = await engineWith(options.threads);
                const plan = await engine.plan(job.file, { ...engineOptions(options), ...job.allowed, signal });
                if (!signal.aborted) {
                    element.textContent = sentence(plan);
                    onWarnings(job, plan.warnings);
                }
            } catch {
                // whatever is wrong with the picture is said when it is enlarged
            }
        },
        hide() {
            latest.abort();
            element.textContent = '';
        },
    };
}

/** @param {import('acg2vec').UpscalePlan} plan */
function sentence({ ms, msFrom, memory }) {
    return `About ${duration(ms)}${msFrom === 'trial' ? ' (by a short trial)' : ''}, with ${megabytes(memory)} of memory.`;
}
