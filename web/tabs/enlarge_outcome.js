// Describes the outcome of the work, and offers downloads.
import { downloadZip } from '../files/zip.js';
import { duration, megabytes, size, unlike } from '../ui/format.js';
import { t } from '../words/words.js';
import { reductionFor } from '../ui/tile_canvas.js';

/** @typedef {import('../app/job.js').Job} Job */

const KINDS = /** @type {Record<string, string>} */ ({ png: 'PNG', webp: 'WebP', jpg: 'JPEG' });

/**
 * @param {Job[]} todo the pictures of the batch
 * @param {number} count of all pictures there are
 * @param {number} ms
 */
export function outcomeOf(todo, count, ms) {
    const [done, failed] = ['done', 'failed'].map((state) => todo.filter((job) => job.state === state).length);
    const time = duration(ms);
    if (count < 2) return t('tab.done', { time });
    return t(failed ? 'enlarge.outcome.failed' : 'enlarge.outcome.all', { done, all: todo.length, failed, time });
}

/** @param {import('../app/job.js').Result} result */
export function describeResult({ url, name, width, height, bytes }) {
    const isReduced = reductionFor(width, height) < 1;
    const facts = { kind: kindOf(name), size: size(width, height), bytes: megabytes(bytes), name };
    return [t(url ? 'enlarge.result' : 'enlarge.result.written', facts), isReduced ? t('enlarge.result.reduced') : '']
        .filter(Boolean)
        .join(' ');
}

/** @param {HTMLAnchorElement} link @param {import('../app/job.js').Result} result */
export function offerResult(link, { url, name }) {
    link.textContent = t('enlarge.download', { kind: kindOf(name) });
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
    for (const { result } of jobs) if (result?.blob) result.isSaved = true;
}

/** @param {string} name */
function kindOf(name) {
    return KINDS[name.slice(name.lastIndexOf('.') + 1)];
}
