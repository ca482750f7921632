// Shows the progress of work: bar, percent, time left, window title, and at intervals a sentence for screen readers.
import { t } from '../words/words.js';
import { partOf, timeLeft, wholePercent } from './format.js';
import { announce } from './toast.js';

const LARGE = 2e7; // bytes: larger downloads have a bar
const SPOKEN_EVERY_MS = 8000;

export class Progress {
    #spokenAt = 0;
    #prefix = '';

    /** @param {(name: string) => any} at elements by their names: work, meter, meter-bar, percent, time-left */
    constructor(at) {
        this.at = at;
    }

    /** @param {string} sentence @param {string} [counted] precedes every figure */
    start(sentence, counted = '') {
        this.#prefix = counted;
        this.at('work').hidden = false;
        this.at('meter').removeAttribute('aria-valuenow');
        this.#show(counted + sentence, '', 0);
        announce(sentence);
        this.#spokenAt = performance.now();
    }

    /**
     * @param {{ done: number, total: number, etaMs?: number, stage: string }} event
     * @param {number} [restMs] the predicted time of the pictures after this one
     */
    update({ done, total, etaMs = Infinity, stage }, restMs = 0) {
        const share = total > 0 ? Math.min(1, done / total) : 0;
        if (stage === 'models') {
            const left = total > 0 ? partOf(done, total) : '';
            this.#show(this.#prefix + t('tab.loading'), left, total > LARGE ? share : 0);
            return;
        }
        const figure = this.#prefix + wholePercent(share);
        const isKnown = Number.isFinite(etaMs + restMs) && done > 0;
        const left = isKnown ? timeLeft(etaMs + restMs, restMs ? 0 : share) : '';
        this.#show(figure, left, share);
        this.at('meter').setAttribute('aria-valuenow', String(Math.floor(share * 100)));
        document.title = `${figure} · ${t('page.title')}`;
        if (performance.now() - this.#spokenAt > SPOKEN_EVERY_MS) {
            this.#spokenAt = performance.now();
            announce(left ? t('format.beside', { rate: figure, left }) : figure);
        }
    }

    /** @param {string} sentence */
    stop(sentence) {
        this.at('work').hidden = true;
        document.title = t('page.title');
        announce(sentence);
    }

    /** @param {string} figure @param {string} left @param {number} share */
    #show(figure, left, share) {
        this.at('percent').textContent = figure;
        this.at('time-left').textContent = left;
        this.at('meter-bar').style.transform = `scaleX(${share})`;
    }
}
