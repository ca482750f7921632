// What became of the work, in words, and the ways to download it.
import { downloadZip } from '../files/zip.js';
import { duration, megabytes, size, unlike } from '../ui/format.js';
import { reductionFor } from '../ui/tile_canvas.js';

/** @typedef {import('../app/job.js').Job} Job */

const KINDS = /** @type {Record<string, string>} */ ({ png: 'PNG', webp: 'WebP', jpg: 'JPEG' });

/**
 * @param {Job[]} todo what was to be done
 * @param {number} count of all pictures there are
 * @param {number} ms
 */
export function outcomeOf(todo, count, ms) {
    const [done, failed] = ['done', 'failed'].map((state) => todo.filter((job) => job.state === state).length);
    const failures = failed ? `, ${failed} failed` : '';
    return count > 1 ? `${done} of ${todo.length} done in ${duration(ms)}${failures}.` : `Done in ${duration(ms)}.`;
}

/** @param {import('../app/job.js').Result} result */
export function describeResult({ url, name, width, height, bytes }) {
    const isReduced = reductionFor(width, height) < 1;
    return (
        `A ${kindOf(name)} of ${size(width, height)} pixels, ${megabytes(bytes)}${url ? '' : `, written as ${name}`}.` +
        (isReduced ? ' What you see here is reduced; the file has every pixel.' : '')
    );
}

/** @param {HTMLAnchorElement} link @param {import('../app/job.js').Result} result */
export function offerResult(link, { url, name }) {
    link.textContent = `Download ${kindOf(name)}`;
    link.title = name;
    if (url) {
        Object.assign(link, { href: url, download: name });
    }
}

/** Downloads all results in one file. @param {Job[]} jobs */
export async function downloadResults(jobs) {
    /** @type {Set<string>} */
    const taken = new Set();
    const files = jobs.flatMap(({ folder, result }) =>
        result?.blob ? [{ name: unlike(taken, folder + result.name), input: result.blob }] : [],
    );
    await downloadZip(files, 'enlarged.zip');
}

/** @param {string} name */
function kindOf(name) {
    return KINDS[name.slice(name.lastIndexOf('.') + 1)];
}
