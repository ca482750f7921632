// The bins of pix2score's outputs: bookmarks, views and Pixiv's sanity levels, as in its training
// (ACG2vec-model, pix2score/dataset_generator.py). Bin i holds the numbers from edge i - 1 to below edge i.
import { AcgError } from '../errors.js';

/** @typedef {import('../types.js').Score} Score */

/** @type {Record<'bookmark' | 'view' | 'sanity', number[]>} the edges between the bins of each head; the first bin begins at 0 */
const EDGES = {
    bookmark: [10, 30, 50, 70, 100, 130, 170, 220, 300, 400, 550, 800, 1300, 2700],
    view: [500, 700, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 6500, 8500, 12000, 19000, 35000],
    sanity: [2, 4, 6, 7],
};

export const HEADS = /** @type {(keyof typeof EDGES)[]} */ (Object.keys(EDGES));

/** @param {keyof typeof EDGES} head */
const boundsOf = (head) => [0, ...EDGES[head]].map((from, i) => ({ from, to: EDGES[head][i] ?? Infinity }));

/** "0-10" … "2700-inf". @param {keyof typeof EDGES} head */
const labelsOf = (head) => boundsOf(head).map(({ from, to }) => `${from}-${to === Infinity ? 'inf' : to}`);

/**
 * Checks that a network has these bins.
 * @param {Record<string, number>} dims of its outputs
 * @throws {AcgError} BAD_MODEL
 */
export function checkBins(dims) {
    for (const head of HEADS) {
        const expected = EDGES[head].length + 1;
        if (dims[head] !== expected) {
            throw new AcgError('BAD_MODEL', `Expected a network of ${expected} bins for ${head} but found one of ${dims[head] ?? 0}`);
        }
    }
}

/**
 * @param {keyof typeof EDGES} head
 * @param {ArrayLike<number>} probabilities of its bins
 * @returns {Score} `expected`: the mean of the centres of the bins, weighted by their probabilities. The last bin has no upper edge: its
 *   lower edge is taken as its centre, so `expected` is too small if that bin is probable
 */
export function scoreOf(head, probabilities) {
    const bounds = boundsOf(head);
    const labels = labelsOf(head);
    const shares = Array.from(probabilities);
    const middles = bounds.map(({ from, to }) => (to === Infinity ? from : (from + to) / 2));
    const best = shares.indexOf(Math.max(...shares));
    return { label: labels[best], probabilities: shares, labels, expected: shares.reduce((sum, share, i) => sum + share * middles[i], 0) };
}
