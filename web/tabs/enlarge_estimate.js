// Says what the work would take, before it begins. Asks the engine, a moment after the last change.
import { engineOptions, engineWith } from '../app/engine.js';
import { duration, megabytes } from '../ui/format.js';
import { t } from '../words/words.js';

const SETTLE_MS = 350;

export class Estimate {
    #latest = new AbortController();

    /**
     * @param {HTMLElement} element for the sentence
     * @param {(job: import('../app/job.js').Job, warnings: string[]) => void} onWarnings what is odd about a picture
     */
    constructor(element, onWarnings) {
        this.element = element;
        this.onWarnings = onWarnings;
    }

    /** @param {import('../app/job.js').Job} job @param {import('./enlarge_options.js').Options} options */
    async show(job, options) {
        this.hide();
        this.#latest = new AbortController();
        const { signal } = this.#latest;
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        if (signal.aborted) return;
        try {
            const engine = await engineWith(options.threads);
            const plan = await engine.plan(job.file, { ...engineOptions(options), ...job.allowed, signal });
            if (signal.aborted) return;
            this.element.textContent = sentence(plan);
            this.onWarnings(job, plan.warnings);
        } catch {
            // whatever is wrong with the picture is said when it is enlarged
        }
    }

    hide() {
        this.#latest.abort();
        this.element.textContent = '';
    }
}

/** @param {import('acg2vec').UpscalePlan} plan */
function sentence({ ms, msFrom, memory }) {
    const key = msFrom === 'trial' ? 'enlarge.estimate.trial' : 'enlarge.estimate';
    return t(key, { time: duration(ms), memory: megabytes(memory) });
}
