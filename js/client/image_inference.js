// Runs networks on pictures and decodes each picture once for all networks. Does not interpret their outputs.
import { badArgument } from '../errors.js';
import { checkPictureOptions } from '../options/upscale.js';
import { ProgressMeter } from '../shared/progress.js';
import { transferable } from './source.js';

/**
 * @typedef {import('../types.js').Source} Source
 * @typedef {import('../types.js').Progress} Progress
 *
 * @typedef {object} Job
 * @property {import('../models/manifest.js').Model} model
 * @property {string[]} outputs
 * @property {boolean} [fit] keep the picture's proportions; default: as the network's preprocessing does
 * @property {boolean} [normalize] vectors are scaled to length 1
 *
 * @typedef {Record<string, Float32Array<ArrayBuffer>>} Outputs by their names
 * @typedef {{ outputs: Outputs[], notes: import('../types.js').Note[], facts?: import('../shared/protocol.js').PictureFacts }} Seen
 *   outputs: of each job; notes: what is unusual about the picture's file; facts: size and hashes of the picture, if asked for
 */

/** Steps of progress for each job. All jobs count the same, because the steps of different networks take different times. */
const JOB_STEPS = 100;

export class ImageInference {
    #session;
    #nextId = 1;

    /** @param {import('./session.js').Session} session */
    constructor(session) {
        this.#session = session;
    }

    /**
     * Runs the jobs on one picture after the other, so that the pixels of only one picture are in memory.
     * @param {Source[]} sources
     * @param {Job[]} jobs
     * @param {import('./session.js').CallOptions & import('../types.js').PictureOptions & { stage: Progress['stage'], facts?: boolean }} options
     *   stage: the name of the work in progress reports
     * @param {(open: import('../models/open.js').OpenModel[]) => void} [check] gets the model of each job before any work; may throw
     * @returns {Promise<Seen[]>} for each source
     */
    async infer(sources, jobs, options, check) {
        if (sources.length === 0) throw badArgument('at least one picture', 'source', sources);
        const settings = checkPictureOptions(options);
        const models = [...new Set(jobs.map(({ model }) => model))];
        /** @typedef {import('./session.js').Call & { prepared: import('./source.js').Picture }} Call */
        const run = async (/** @type {Call} */ { rpc, open, prepared, signal, onProgress }) => {
            check?.(jobs.map(({ model }) => open[models.indexOf(model)]));
            const meter = new ProgressMeter(options.stage, onProgress);
            const seen = [];
            for (const [i, source] of sources.entries()) {
                const progress =
                    (/** @type {number} */ j) =>
                    (/** @type {Progress} */ { done, total }) => {
                        const steps = jobs.length > 1 ? JOB_STEPS : total;
                        const before = (i * jobs.length + j) * steps;
                        meter.update(before + Math.round((done * steps) / total), sources.length * jobs.length * steps);
                    };
                const picture = i === 0 ? prepared : await this.#session.readSource(source, signal);
                seen.push(await this.#inferOne(picture, jobs, { rpc, signal, settings, facts: options.facts, progress }));
            }
            return seen;
        };
        return this.#session.withModels(models, options, run, (signal) => this.#session.readSource(sources[0], signal));
    }

    /**
     * @param {import('./source.js').Picture} picture
     * @param {Job[]} jobs
     * @param {{ rpc: import('./rpc.js').Rpc, signal: AbortSignal, settings: ReturnType<typeof checkPictureOptions>, facts?: boolean,
     *     progress: (job: number) => (progress: Progress) => void }} call
     * @returns {Promise<Seen>}
     */
    async #inferOne(picture, jobs, { rpc, signal, settings, facts = false, progress }) {
        const id = this.#nextId++;
        const notes = await rpc.request('openPicture', { id, picture, ...settings }, { transfer: transferable(picture), signal });
        try {
            const outputs = [];
            for (const [j, { model, outputs: wanted, fit = false, normalize = false }] of jobs.entries()) {
                const body = { model: model.id, picture: id, outputs: wanted, fit, normalize };
                outputs.push(await rpc.request('look', body, { signal, events: { progress: progress(j) } }));
            }
            return { outputs, notes, ...(facts && { facts: await rpc.request('pictureFacts', { id }) }) };
        } finally {
            if (rpc.alive) await rpc.request('closePicture', { id });
        }
    }
}
