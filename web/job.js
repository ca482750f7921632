// A picture that came into the page, and what became of it.
import { openPicture } from './picture.js';

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
 * @property {string} madeWith the options, as text
 * @property {HTMLCanvasElement} preview reduced if need be
 *
 * @typedef {object} Job
 * @property {string} name
 * @property {string} folder where it was found, with / at its end, or ''
 * @property {File} file what the engine enlarges
 * @property {string} url of the file
 * @property {number} width as the browser shows it; 0 before it was opened
 * @property {number} height
 * @property {JobState} state
 * @property {string} message why it failed
 * @property {string} note what else the list says of it
 * @property {Result | null} result
 */

/** @param {import('./dropped_files.js').Found} found @returns {Job} */
function createJob({ file, folder }) {
    return { name: file.name, folder, file, url: URL.createObjectURL(file), width: 0, height: 0, state: 'waiting', message: '', note: '', result: null };
}

/** Finds out its size. Throws an Error with a sentence when the browser cannot show it. @param {Job} job */
export async function openJob(job) {
    if (!job.width) {
        Object.assign(job, await openPicture(job.file, job.url));
    }
}

/**
 * Opens the first that opens. A single one that does not leaves things as they are; of several, each says so in the list.
 * @param {Job[]} jobs are closed if none opens
 * @param {(sentence: string) => void} onProblem
 * @returns {Promise<Job | null>}
 */
async function openFirst(jobs, onProblem) {
    for (const job of jobs) {
        try {
            await openJob(job);
            return job;
        } catch (error) {
            failJob(job, /** @type {Error} */ (error).message);
            onProblem(job.message);
        }
    }
    jobs.forEach(closeJob);
    return null;
}

/**
 * Opens pictures in place of others; if none opens, those stay.
 * @param {Job[]} old
 * @param {import('./dropped_files.js').Found[]} found at least one
 * @param {(sentence: string) => void} onProblem '': there is none any more
 * @returns {Promise<{ jobs: Job[], first: Job, words: string } | null>} first: the first that opened; words: for those who cannot see it
 */
export async function replaceJobs(old, found, onProblem) {
    const jobs = found.map(createJob);
    const first = await openFirst(jobs, onProblem);
    if (!first) {
        return null;
    }
    old.forEach(closeJob);
    onProblem('');
    return { jobs, first, words: first.name + (jobs.length > 1 ? ` and ${jobs.length - 1} more` : '') };
}

/** @param {Job} job @param {string} message */
export function failJob(job, message) {
    job.state = 'failed';
    job.message = message;
}

/** @param {Job} job @param {Result} result */
export function finishJob(job, result) {
    forgetResult(job);
    job.state = 'done';
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
    URL.revokeObjectURL(job.url);
}
