// Predicts the time of the remaining pictures from the finished ones.

export class BatchClock {
    #count;
    #begun = 0;
    /** Of the first and of this one, by performance.now(). */
    #starts = { first: 0, last: 0 };

    /** @param {() => number} count of all pictures, which may become fewer */
    constructor(count) {
        this.#count = count;
    }

    /** The next picture's turn has come. */
    begin() {
        const now = performance.now();
        if (!this.#begun) this.#starts.first = now;
        this.#starts.last = now;
        this.#begun++;
    }

    /** The time of the pictures after this one, in ms. @param {number} [left] the time left for this picture */
    rest(left = Infinity) {
        const after = this.#count() - this.#begun;
        if (after <= 0) return 0;
        const { first, last } = this.#starts;
        const mean = this.#begun > 1 ? (last - first) / (this.#begun - 1) : performance.now() - last + left;
        return after * mean;
    }
}
