// Draws pix2score's three heads: a triangle with the position of the likeliest bin of each, and the probabilities of the bins of one head.
import { fixed, number, t } from '../words/words.js';
import { percent } from './bars.js';
import { make } from './dom.js';

/** @typedef {import('acg2vec').Scores} Scores */

export const HEADS = /** @type {const} */ (['bookmark', 'view', 'sanity']);
const RINGS = [0.2, 0.4, 0.6, 0.8, 1];
const SIZE = { width: 300, height: 224, centre: [150, 128], radius: 92 };
/** The offsets of the two lines of text from each corner: above the upper one, below the others. */
const WORDS = [
    [0, -22],
    [0, 20],
    [0, 20],
];

/** "100 – 130", or "2700 or more". @param {string} label */
export function binWords(label) {
    const [from, to] = label.split('-');
    return to === 'inf' ? t('describe.bin.last', { from }) : t('describe.bin', { from, to });
}

/** @param {string} name @param {Record<string, string | number>} attributes */
function svg(name, attributes, text = '') {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    element.textContent = text;
    return element;
}

/** The point of corner `i` of three, so far from the centre. @param {number} i @param {number} share 0 to 1 */
function point(i, share) {
    const angle = ((i * 2) / 3 - 0.5) * Math.PI;
    const [x, y] = SIZE.centre;
    return [x + Math.cos(angle) * SIZE.radius * share, y + Math.sin(angle) * SIZE.radius * share];
}

/** @param {number[]} shares */
const corners = (shares) =>
    shares
        .map((share, i) =>
            point(i, share)
                .map((each) => each.toFixed(1))
                .join(','),
        )
        .join(' ');

/** @param {Element} root @param {Scores} scores */
export function drawRadar(root, scores) {
    const heads = HEADS.map((head) => ({ name: t(`describe.head.${head}`), ...scores[head] }));
    const shares = heads.map(({ label, labels }) => (labels.indexOf(label) + 1) / labels.length);
    const radar = svg('svg', { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: 'img', class: 'radar' });
    radar.setAttribute(
        'aria-label',
        heads
            .map(({ name, label, labels }) => {
                return t('describe.bin.place', { name, bin: binWords(label), i: labels.indexOf(label) + 1, n: labels.length });
            })
            .join(t('describe.bin.separator')),
    );
    for (const ring of RINGS) radar.append(svg('polygon', { points: corners([ring, ring, ring]), class: 'ring' }));
    for (const i of heads.keys()) {
        const [x, y] = point(i, 1);
        radar.append(svg('line', { x1: SIZE.centre[0], y1: SIZE.centre[1], x2: x, y2: y, class: 'ring' }));
    }
    radar.append(svg('polygon', { points: corners(shares), class: 'value' }));
    for (const [i, { name, label }] of heads.entries()) {
        const [x, y] = point(i, shares[i]);
        radar.append(svg('circle', { cx: x, cy: y, r: 3.5, class: 'mark' }));
        const [left, top] = point(i, 1);
        const [dx, dy] = WORDS[i];
        const words = { x: left + dx, 'text-anchor': 'middle' };
        radar.append(
            svg('text', { ...words, y: top + dy, class: 'name' }, name),
            svg('text', { ...words, y: top + dy + 15, class: 'bin' }, binWords(label)),
        );
    }
    root.replaceChildren(radar);
}

/** @param {Element} list @param {import('acg2vec').Score} score */
export function drawBins(list, { label, labels, probabilities }) {
    const most = Math.max(...probabilities);
    list.replaceChildren(
        ...labels.map((each, i) => {
            const row = make('bin');
            const [name, bar, value] = row.children;
            name.textContent = binWords(each);
            value.textContent = percent(probabilities[i]);
            row.classList.toggle('likeliest', each === label);
            bar.style.setProperty('--share', String(probabilities[i] / most));
            return row;
        }),
    );
}

/** @param {Scores} scores */
export function expectedWords({ bookmark, view, sanity }) {
    const whole = (/** @type {{ expected: number }} */ { expected }) => number(expected, { maximumSignificantDigits: 3 });
    return t('describe.expected', { bookmark: whole(bookmark), view: whole(view), sanity: fixed(sanity.expected, 1) });
}
