// Shows how far the work is: bar, percent, time left, window title, and now and then a sentence for screen readers.
import { megabytes, timeLeft } from './format.js';

const LARGE = 2e7; // bytes, from which on a download is worth a bar
const SPOKEN_EVERY_MS = 8000;

/** @param {Record<'root' | 'meter' | 'bar' | 'percent' | 'timeLeft' | 'announcer', HTMLElement>} elements */
export function createProgress({ root, meter, bar, percent, timeLeft: left, announcer }) {
    const title = document.title;
    let spokenAt = 0;
    let prefix = '';

    return {
        /** @param {string} sentence @param {string} [counted] goes before every figure */
        start(sentence, counted = '') {
            prefix = counted;
            root.hidden = false;
            meter.removeAttribute('aria-valuenow');
            bar.style.transform = 'scaleX(0)';
            percent.textContent = prefix + sentence;
            left.textContent = '';
            announcer.textContent = sentence;
            spokenAt = performance.now();
        },

        /** @param {{ done: number, total: number, etaMs?: number, stage: string }} event */
        update({ done, total, etaMs, stage }) {
            const share = total > 0 ? Math.min(1, done / total) : 0;
            if (stage === 'models') {
                percent.textContent = `${prefix}Loading the network`;
                left.textContent = total > 0 ? `${megabytes(done)} of ${megabytes(total)}` : '';
                bar.style.transform = `scaleX(${total > LARGE ? share : 0})`;
                return;
            }
            const figure = `${prefix}${Math.floor(share * 100)} %`;
            bar.style.transform = `scaleX(${share})`;
            meter.setAttribute('aria-valuenow', String(Math.floor(share * 100)));
            percent.textContent = figure;
            left.textContent = etaMs === undefined || !Number.isFinite(etaMs) || done === 0 ? '' : timeLeft(etaMs);
            document.title = `${figure} · ${title}`;
            if (performance.now() - spokenAt > SPOKEN_EVERY_MS) {
                spokenAt = performance.now();
                announcer.textContent = `${figure}, ${left.textContent}`;
            }
        },

        /** @param {string} sentence */
        stop(sentence) {
            root.hidden = true;
            document.title = title;
            announcer.textContent = sentence;
        },
    };
}
