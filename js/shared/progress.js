// Limits how often progress is reported, and predicts the time left. Used on both sides of the worker.

/** @typedef {import('../types.js').Progress} Progress */

const INTERVAL_MS = 50;

export class ProgressMeter {
    #started = performance.now();
    #reported = -Infinity;
    #stage;
    #report;

    /**
     * @param {Progress['stage']} stage
     * @param {((progress: Progress) => void) | undefined} report
     */
    constructor(stage, report) {
        this.#stage = stage;
        this.#report = report;
    }

    /**
     * @param {number} done
     * @param {number} total
     * @param {Progress['work']} [work]
     */
    update(done, total, work) {
        const now = performance.now();
        if (!this.#report || (now - this.#reported < INTERVAL_MS && done < total)) return;
        this.#reported = now;
        const etaMs = done > 0 ? Math.round(((now - this.#started) / done) * (total - done)) : undefined;
        this.#report({ stage: this.#stage, done, total, etaMs, work });
    }
}
