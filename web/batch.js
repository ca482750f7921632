// Enlarges pictures one after the other. Shows nothing itself: whoever asks for it is told.
import { downloadName, unlike } from './format.js';
import { failJob, finishJob, openJob } from './job.js';
import { enlarge } from './work.js';

/**
 * @typedef {import('./job.js').Job} Job
 *
 * @typedef {object} Batch
 * @property {import('./options.js').Options} chosen
 * @property {import('./save.js').Targets | undefined} targets where results are written straight to
 * @property {AbortSignal} signal
 * @property {import('./picture.js').Measure} measure
 * @property {(job: Job, counted: string) => Promise<void>} onBegin counted: which of how many, or ''
 * @property {(engine: import('acg2vec').Engine) => void} onEngine
 * @property {(progress: import('acg2vec').Progress) => void} onProgress
 * @property {(tile: import('acg2vec').Tile) => void} onTile
 * @property {(sentence: string) => void} onTrouble
 * @property {() => HTMLCanvasElement} preview of the picture that has just been enlarged
 */

/**
 * Afterwards each job says what became of it. Ends early when it is cancelled, or when no other can succeed.
 * @param {Job[]} jobs
 * @param {Batch} batch
 */
export async function enlargeAll(jobs, batch) {
    /** @type {Set<string>} */
    const names = new Set();
    for (const [i, job] of jobs.entries()) {
        const counted = jobs.length > 1 ? `${i + 1} of ${jobs.length}: ` : '';
        const name = unlike(names, job.folder + downloadName(job.name, batch.chosen)).slice(job.folder.length);
        const goesOn = await enlargeOne(job, name, counted, batch);
        if (!goesOn || batch.signal.aborted) return;
    }
}

/**
 * @param {Job} job
 * @param {string} name of the result
 * @param {string} counted
 * @param {Batch} batch
 * @returns {Promise<boolean>} whether others may succeed
 */
async function enlargeOne(job, name, counted, { chosen, targets, measure, onBegin, preview, ...listeners }) {
    const before = job.state;
    job.message = '';
    job.remedy = null;
    job.state = 'working';
    try {
        await openJob(job, measure);
        await onBegin(job, counted);
        const begun = performance.now();
        const out = await enlarge(job.file, { ...chosen, ...job.allowed }, targets ? await targets(job, name) : null, listeners);
        const ms = performance.now() - begun;
        finishJob(job, { ...out, name, ms, madeWith: JSON.stringify(chosen), preview: preview() });
        return true;
    } catch (error) {
        const { code } = /** @type {{ code?: string }} */ (error);
        if (code === 'CANCELLED') {
            job.state = before;
        } else {
            failJob(job, error);
        }
        return code !== 'NOT_FOUND' && code !== 'BAD_MODEL'; // without weights nothing can be done
    }
}
