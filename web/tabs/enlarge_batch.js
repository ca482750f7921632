// Enlarges pictures one after the other. Shows nothing itself: it calls listeners.
import { dropEngine, engineWith, sizedOptions, untilAborted } from '../app/engine.js';
import { failJob, finishJob, openJob } from '../app/job.js';
import { t } from '../words/words.js';
import { downloadName, unlike } from '../ui/format.js';

/**
 * @typedef {import('../app/job.js').Job} Job
 * @typedef {import('../files/save.js').Target} Target
 *
 * @typedef {object} Listeners
 * @property {AbortSignal} signal
 * @property {(engine: import('acg2vec').Engine) => void} onEngine
 * @property {(progress: import('acg2vec').Progress) => void} onProgress
 * @property {(tile: import('acg2vec').Tile) => void} onTile
 * @property {(sentence: string) => void} onTrouble the work is started again, for this reason
 *
 * @typedef {object} Own the options of one batch
 * @property {import('./enlarge_options.js').Options} chosen
 * @property {string} pattern of the results' names
 * @property {import('../files/save.js').Targets | undefined} targets the files that results are written to
 * @property {import('../app/picture.js').Measure} measure
 * @property {(job: Job, counted: string, cancel: () => void) => Promise<void>} onBegin counted: the number of the picture and the total, or ''; cancel: stops this one
 * @property {() => HTMLCanvasElement} preview of the picture that has just been enlarged
 *
 * @typedef {Own & Listeners} Batch
 */

/**
 * Afterwards each job has its outcome. Ends early when it is cancelled, or when no other picture can succeed.
 * @param {() => Job[]} queue the pictures to enlarge, in this order; it may change meanwhile
 * @param {Batch} batch
 */
export async function enlargeAll(queue, batch) {
    /** @type {Set<string>} */
    const names = new Set();
    /** @type {Set<Job>} */
    const begun = new Set();
    for (;;) {
        const job = queue().find((each) => !begun.has(each));
        if (!job) return;
        begun.add(job);
        const n = queue().length;
        const counted = n > 1 ? t('tab.counted.enlarge', { i: begun.size, n }) : '';
        const name = unlike(names, job.folder + downloadName(job.name, batch.chosen, batch.pattern)).slice(job.folder.length);
        const goesOn = await enlargeJob(job, name, counted, batch);
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
async function enlargeJob(job, name, counted, { chosen, targets, measure, onBegin, preview, ...batch }) {
    const before = job.state;
    const own = new AbortController();
    const stop = () => own.abort();
    const listeners = { ...batch, signal: own.signal };
    batch.signal.addEventListener('abort', stop);
    Object.assign(job, { state: 'working', message: '', remedy: null });
    try {
        await openJob(job, measure);
        await onBegin(job, counted, stop);
        const begun = performance.now();
        const out = await enlarge(job.file, { ...chosen, ...job.allowed }, targets ? await targets(job, name) : null, listeners);
        const ms = performance.now() - begun;
        finishJob(job, { ...out, isStretched: isStretched(chosen), name, ms, madeWith: JSON.stringify(chosen), preview: preview() });
        return true;
    } catch (error) {
        const { code } = /** @type {{ code?: string }} */ (error);
        if (code === 'CANCELLED') {
            job.state = before;
        } else {
            failJob(job, error);
        }
        return code !== 'NOT_FOUND' && code !== 'BAD_MODEL'; // without weights no picture can succeed
    } finally {
        batch.signal.removeEventListener('abort', stop);
    }
}

/** Whether the result may have other proportions than the picture. @param {import('./enlarge_options.js').Options} options */
const isStretched = ({ width, height, fit }) => Boolean(width && height) && fit === 'fill';

/**
 * @param {File} file
 * @param {import('./enlarge_options.js').Options & import('../app/remedy.js').Allowed} options
 * @param {Target | null} target null: into memory
 * @param {Listeners} listeners
 */
async function enlarge(file, options, target, listeners) {
    try {
        const out = await untilAborted(enlargeTwice(file, options, target, listeners), listeners.signal);
        const bytes = target ? await target.finish() : /** @type {Blob} */ (out.blob).size;
        return { blob: out.blob, bytes, width: out.width, height: out.height, notes: out.notes };
    } catch (error) {
        await target?.discard();
        throw error;
    }
}

/** Tries once more if the engine's worker has crashed. @type {typeof enlargeOnce} */
async function enlargeTwice(file, options, target, listeners) {
    try {
        return await enlargeOnce(file, options, target, listeners);
    } catch (error) {
        if (listeners.signal.aborted || /** @type {{ code?: string }} */ (error).code !== 'INTERNAL') throw error;
        await dropEngine(); // it may be in a bad state
        await target?.restart();
        listeners.onTrouble(t('enlarge.restarted'));
        return enlargeOnce(file, options, target, listeners);
    }
}

/**
 * @param {File} file
 * @param {import('./enlarge_options.js').Options & import('../app/remedy.js').Allowed} options
 * @param {Target | null} target
 * @param {Listeners} listeners
 */
async function enlargeOnce(file, options, target, { signal, onEngine, onProgress, onTile }) {
    const engine = await engineWith(options.threads);
    onEngine(engine);
    const onChunk = target ? target.write : undefined;
    return engine.upscale(file, { ...sizedOptions(options), signal, onProgress, onTile, onChunk });
}
