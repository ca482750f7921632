// A progress bar with the time left on standard error, if that is a terminal; otherwise nothing.
import { SingleBar } from 'cli-progress';
import { clock } from './plan.js';

/** @typedef {import('../types.js').Progress} Progress */

const WORDS = {
    models: 'fetching the model',
    convert: 'converting',
    upscale: 'enlarging',
    embed: 'embedding',
    describe: 'looking',
    index: 'indexing',
};

export class Bar {
    #name;
    /** @type {SingleBar | undefined} */
    #bar;

    /** @param {string} name what the bar is for */
    constructor(name) {
        this.#name = name;
    }

    /** @param {Progress} progress */
    update({ stage, done, total, etaMs }) {
        if (!process.stderr.isTTY) return;
        this.#bar ??= this.#start();
        this.#bar.setTotal(total);
        this.#bar.update(done, { stage: WORDS[stage], left: etaMs === undefined ? '' : `${clock(etaMs)} left` });
    }

    stop() {
        this.#bar?.stop();
        this.#bar = undefined;
    }

    #start() {
        const format = `${this.#name} {bar} {percentage}% {stage} {left}`;
        const bar = new SingleBar({
            format,
            stream: process.stderr,
            clearOnComplete: true,
            hideCursor: true,
            barsize: 24,
            barCompleteChar: '=',
            barIncompleteChar: '-',
        });
        bar.start(1, 0, { stage: '', left: '' });
        return bar;
    }
}
