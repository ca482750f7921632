// A list of words with a figure and a bar each, the largest first.
import { fixed, t } from '../words/words.js';
import { make } from './dom.js';

/** @typedef {{ label: string, share: number, figure: string, title?: string }} Bar share: its length, 0 to 1 */

/** @param {HTMLElement} list @param {Bar[]} bars */
export function showBars(list, bars) {
    list.hidden = !bars.length;
    list.replaceChildren(...[...bars].sort((a, b) => b.share - a.share).map(makeRow));
}

/** A probability as text. @param {number} probability */
export function percent(probability) {
    const isLeast = probability > 0 && probability < 0.001;
    return isLeast ? t('format.percent.least', { n: 0.1 }) : t('format.percent', { n: fixed(100 * probability, 1) });
}

/** @param {Bar} bar */
function makeRow({ label, share, figure, title = '' }) {
    const row = make('bar');
    const [name, value, bar] = row.children;
    name.textContent = label;
    value.textContent = figure;
    row.title = title;
    bar.style.setProperty('--share', String(share));
    return row;
}
