// A picture in the page, its state and its result.
import { t, messageOf } from '../words/words.js';
import { sizeInBrowser } from './picture.js';
import { remedyFor } from './remedy.js';

/**
 * @typedef {'waiting' | 'working' | 'done' | 'failed'} JobState
 *
 * @typedef {object} Result
 * @property {string} name for the file
 * @property {Blob} [blob] the file to download; undefined if it was written directly into a file
 * @property {string} [url] of the blob
 * @property {number} width
 * @property {number} height
 * @property {number} bytes
 * @property {number} ms
 * @property {import('acg2vec').Note[]} notes
 * @property {boolean} isStretched its proportions differ from the picture's, because the user wanted that
 * @property {string} madeWith the options, as text
 * @property {HTMLCanvasElement} preview reduced if necessary
 * @property {boolean} [isSaved] it was downloaded
 *
 * @typedef {object} Job
 * @property {string} name
 * @property {string} folder where it was found, with / at its end, or ''
 * @property {File} file the picture's file
 * @property {string} url of the file
 * @property {number} width 0: unknown
 * @property {number} height
 * @property {boolean} isOpen whether it could be opened as a picture
 * @property {boolean} isShown whether the browser can show it
 * @property {import('./remedy.js').Allowed} allowed what the user has allowed for it
 * @property {import('./remedy.js').Remedy | null} remedy what the user may allow after a failure
 * @property {import('acg2vec').Note[]} notes warnings about it or its result
 * @property {JobState} state
 * @property {string} message why it failed
 * @property {string} note other words about it in the list
 * @property {Result | null} result of enlarging
 * @property {Record<string, any>} known results of other tabs
 */

/** The URLs, created on demand: of a thousand pictures few are shown. @type {WeakMap<object, string>} */
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
 * @param {import('./picture.js').Measure} measure for files that the browser cannot show
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
 * Opens the first picture that can be opened. If a single one fails, nothing changes; of several, each shows its error in the list.
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
 * Replaces the open pictures; if no new one can be opened, the old ones stay.
 * @param {Job[]} old
 * @param {import('../files/dropped_files.js').Found[]} found at least one
 * @param {import('./picture.js').Measure} measure
 * @param {(sentence: string) => void} onProblem '': removes the last sentence
 * @returns {Promise<{ jobs: Job[], first: Job, words: string } | null>} first: the first that opened; words: for screen readers
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
    job.message = messageOf(error);
    job.remedy = remedyFor(error, job.allowed) ?? (isPassing(error) ? { words: 'picture.remedy.again', allows: {} } : null);
}

/** Whether another attempt may succeed: the picture was not the reason. @param {unknown} error */
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

/** Frees its resources. @param {Job} job */
export function closeJob(job) {
    forgetResult(job);
    URL.revokeObjectURL(urls.get(job) ?? '');
    urls.delete(job);
}
