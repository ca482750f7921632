// A picture that came into the page, and what became of it.
import { t, told } from '../words/words.js';
import { sizeInBrowser } from './picture.js';
import { remedyFor } from './remedy.js';

/**
 * @typedef {'waiting' | 'working' | 'done' | 'failed'} JobState
 *
 * @typedef {object} Result
 * @property {string} name for the file
 * @property {Blob} [blob] what to download; not if it was written into a file at once
 * @property {string} [url] of the blob
 * @property {number} width
 * @property {number} height
 * @property {number} bytes
 * @property {number} ms
 * @property {import('acg2vec').Note[]} notes
 * @property {boolean} isStretched its proportions are not the picture's, as it was asked for
 * @property {string} madeWith the options, as text
 * @property {HTMLCanvasElement} preview reduced if need be
 * @property {boolean} [isSaved] it was downloaded
 *
 * @typedef {object} Job
 * @property {string} name
 * @property {string} folder where it was found, with / at its end, or ''
 * @property {File} file what the engine enlarges
 * @property {string} url of the file
 * @property {number} width 0: not known, or not yet
 * @property {number} height
 * @property {boolean} isOpen whether it was found to be a picture
 * @property {boolean} isShown whether the browser can show it
 * @property {import('./remedy.js').Allowed} allowed what the engine may do with it that it would not do unasked
 * @property {import('./remedy.js').Remedy | null} remedy what could be allowed, since it failed
 * @property {import('acg2vec').Note[]} notes what is odd about it or its result
 * @property {JobState} state
 * @property {string} message why it failed
 * @property {string} note what else the list says of it
 * @property {Result | null} result of enlarging
 * @property {Record<string, any>} known what other tabs found out about it
 */

/** The URLs that were made: of a thousand pictures few are looked at. @type {WeakMap<object, string>} */
const urls = new WeakMap();

/** @param {import('../files/dropped_files.js').Found} found @returns {Job} */
function createJob({ file, folder }) {
    return {
        name: file.name,
        folder,
        file,
        width: 0,
        height: 0,
        isOpen: false,
        isShown: true,
        allowed: {},
        remedy: null,
        notes: [],
        known: {},
        state: 'waiting',
        message: '',
        note: '',
        result: null,
        get url() {
            if (!urls.has(this)) urls.set(this, URL.createObjectURL(file));
            return /** @type {string} */ (urls.get(this));
        },
    };
}

/**
 * Finds out its size. Throws an Error with a sentence when it is no picture.
 * @param {Job} job
 * @param {import('./picture.js').Measure} measure for what the browser cannot show
 */
export async function openJob(job, measure) {
    if (job.isOpen) {
        return;
    }
    const size = await sizeInBrowser(job.file, job.url);
    job.isShown = size !== null;
    Object.assign(job, size ?? (await measure(job)));
    job.isOpen = true;
}

/**
 * Opens the first that opens. A single one that does not leaves things as they are; of several, each says so in the list.
 * @param {Job[]} jobs are closed if none opens
 * @param {import('./picture.js').Measure} measure
 * @param {(sentence: string) => void} onProblem
 * @returns {Promise<Job | null>}
 */
async function openFirst(jobs, measure, onProblem) {
    for (const job of jobs) {
        try {
            await openJob(job, measure);
            return job;
        } catch (error) {
            failJob(job, error);
            onProblem(job.message);
        }
    }
    jobs.forEach(closeJob);
    return null;
}

/**
 * Opens pictures in place of others; if none opens, those stay.
 * @param {Job[]} old
 * @param {import('../files/dropped_files.js').Found[]} found at least one
 * @param {import('./picture.js').Measure} measure
 * @param {(sentence: string) => void} onProblem '': there is none any more
 * @returns {Promise<{ jobs: Job[], first: Job, words: string } | null>} first: the first that opened; words: for those who cannot see it
 */
export async function replaceJobs(old, found, measure, onProblem) {
    const jobs = found.map(createJob);
    const first = await openFirst(jobs, measure, onProblem);
    if (!first) {
        return null;
    }
    old.forEach(closeJob);
    onProblem('');
    return { jobs, first, words: jobs.length > 1 ? t('tab.more', { name: first.name, n: jobs.length - 1 }) : first.name };
}

/** @param {Job} job @param {unknown} error */
export function failJob(job, error) {
    job.state = 'failed';
    job.message = told(error);
    job.remedy = remedyFor(error, job.allowed) ?? (isPassing(error) ? { words: 'picture.remedy.again', allows: {} } : null);
}

/** Whether it may succeed another time: it was not the picture. @param {unknown} error */
function isPassing(error) {
    return ['NO_MEMORY', 'INTERNAL', 'UNREADABLE', 'NOT_FOUND', 'BAD_MODEL'].includes(/** @type {{ code?: string }} */ (error).code ?? '');
}

/** @param {Job} job @param {Result} result */
export function finishJob(job, result) {
    forgetResult(job);
    job.state = 'done';
    job.notes = result.notes;
    job.result = result.blob ? { ...result, url: URL.createObjectURL(result.blob) } : result;
}

/** @param {Job} job */
export function forgetResult(job) {
    URL.revokeObjectURL(job.result?.url ?? '');
    job.result = null;
}

/** Gives back what it holds. @param {Job} job */
export function closeJob(job) {
    forgetResult(job);
    URL.revokeObjectURL(urls.get(job) ?? '');
    urls.delete(job);
}
