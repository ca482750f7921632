// Measures a rate over the last seconds, because older values say little about the future.

const WINDOW_MS = 6000;
const LEAST_MS = 500;

export class Rate {
    /** @type {{ at: number, done: number }[]} */
    #marks = [];

    /** @param {number} done so far */
    add(done) {
        const at = performance.now();
        this.#marks = [...this.#marks.filter((mark) => at - mark.at < WINDOW_MS), { at, done }];
    }

    /** Undefined until it is known. */
    get perSecond() {
        const [first, last] = [this.#marks[0], this.#marks.at(-1)];
        if (!first || !last || last.at - first.at < LEAST_MS) return undefined;
        return ((last.done - first.done) / (last.at - first.at)) * 1000;
    }
}
