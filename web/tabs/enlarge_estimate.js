// Shows the predicted time and memory before the work begins. Asks the engine shortly after the last change.
import { engineWith, sizedOptions } from '../app/engine.js';
import { duration, megabytes } from '../ui/format.js';
import { t } from '../words/words.js';

/** @typedef {import('../app/job.js').Job} Job */
/** @typedef {import('acg2vec').UpscalePlan} Plan */

const SETTLE_MS = 350;
const MAX_PLANNED = 20;

export class Estimate {
    #latest = new AbortController();

    /**
     * @param {HTMLElement} element for the sentence
     * @param {(job: import('../app/job.js').Job, plan: Plan) => void} onPlan called for the selected picture
     */
    constructor(element, onPlan) {
        this.element = element;
        this.onPlan = onPlan;
    }

    /**
     * @param {Job} job the selected one
     * @param {import('./enlarge_options.js').Options} options
     * @param {Job[]} todo the pictures that would be enlarged
     */
    async show(job, options, todo) {
        this.hide();
        this.#latest = new AbortController();
        const { signal } = this.#latest;
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        if (signal.aborted) return;
        try {
            const engine = await engineWith(options.threads);
            const planOf = (/** @type {Job} */ { file, allowed }) => engine.plan(file, { ...sizedOptions(options), ...allowed, signal });
            const plan = await planOf(job);
            if (signal.aborted) return;
            this.onPlan(job, plan);
            const words = todo.length > 1 ? allWords(await planAll(todo, planOf), todo.length) : wordsOf(plan);
            if (!signal.aborted) this.element.textContent = words;
        } catch {
            // an error of the picture is shown when it is enlarged
        }
    }

    hide() {
        this.#latest.abort();
        this.element.textContent = '';
    }
}

/**
 * The total of several pictures; of many, a sample is planned and scaled. Unreadable pictures count as nothing.
 * @param {Job[]} todo
 * @param {(job: Job) => Promise<Plan>} planOf
 */
async function planAll(todo, planOf) {
    const some = todo.slice(0, MAX_PLANNED);
    const total = { ms: 0, memory: 0 };
    for (const job of some) {
        const plan = await planOf(job).catch(() => null);
        total.ms += plan?.ms ?? 0;
        total.memory = Math.max(total.memory, plan?.memory ?? 0);
    }
    return { ...total, ms: (total.ms * todo.length) / some.length };
}

/** @param {{ ms: number, memory: number }} total @param {number} n */
const allWords = ({ ms, memory }, n) => t('enlarge.estimate.all', { time: duration(ms), n, memory: megabytes(memory) });

/** @param {Plan} plan */
function wordsOf({ ms, msFrom, memory }) {
    const key = msFrom === 'trial' ? 'enlarge.estimate.trial' : 'enlarge.estimate';
    return t(key, { time: duration(ms), memory: megabytes(memory) });
}
