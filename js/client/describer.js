// Makes scores, tags and vectors of pictures. ImageInference decodes each picture once and runs the networks.
import { withWarnings } from '../errors.js';
import { checkDescribeOptions } from '../options/describe.js';
import { findVector } from '../models/choices.js';
import { findNetwork } from '../models/manifest.js';
import { checkBins, HEADS, scoreOf } from './score_bins.js';
import { chooseTags } from '../models/tags.js';

/**
 * @typedef {import('../types.js').Source} Source
 * @typedef {import('../types.js').Description} Description
 * @typedef {import('../types.js').DescribeOptions} DescribeOptions
 * @typedef {import('../types.js').Facts} Facts
 * @typedef {import('../types.js').EmbedImageModel} EmbedImageModel
 * @typedef {import('../models/manifest.js').Model} Model
 * @typedef {import('./image_inference.js').Job} Job
 * @typedef {import('./image_inference.js').Outputs} Outputs
 */

export class Describer {
    #manifest;
    #choices;
    #inference;

    /**
     * @param {import('../models/manifest.js').Manifest} manifest
     * @param {import('../models/choices.js').Choices} choices
     * @param {import('./image_inference.js').ImageInference} inference
     */
    constructor(manifest, choices, inference) {
        this.#manifest = manifest;
        this.#choices = choices;
        this.#inference = inference;
    }

    /**
     * @param {Source[]} sources
     * @param {DescribeOptions} options
     * @returns {Promise<Description[]>}
     */
    async describe(sources, options) {
        const { score, tag, model, embed, facts, threshold, thresholds, order, fit, normalize } = checkDescribeOptions(
            options,
            this.#choices,
        );
        /** @type {Required<Job>[]} */
        const jobs = [];
        const scoring = score ? addJob(jobs, this.#network(this.#choices.scorer), HEADS) : undefined;
        const tagger = tag ? this.#network(model) : undefined;
        const tagging = tagger && addJob(jobs, tagger, ['tags'], { fit });
        const embedding = embed.map((name) => ({ name, ...this.#addVector(jobs, name, tagger, normalize) }));
        /** @type {import('../models/tags.js').TagName[]} */
        let tags = [];
        /** @type {Facts['weights']} */
        let weights = {};
        const seen = await this.#inference.infer(sources, jobs, { ...options, facts, stage: 'describe' }, (open) => {
            weights = Object.fromEntries(embedding.map(({ name, job }) => [name, open[job].sha256 ?? '']));
            if (scoring !== undefined) checkBins(open[scoring].dims ?? {});
            if (tagging !== undefined) tags = open[tagging].tags ?? [];
        });
        return seen.map(({ outputs, notes, facts: known }) => ({
            ...(scoring !== undefined && { score: scoresOf(outputs[scoring]) }),
            ...(tagging !== undefined && { tags: chooseTags(tags, outputs[tagging].tags, threshold, thresholds, order) }),
            ...(embed.length > 0 && {
                vectors: Object.fromEntries(embedding.map(({ name, job, output }) => [name, outputs[job][output]])),
            }),
            ...(known && { facts: { width: known.width, height: known.height, weights } }),
            ...withWarnings(notes),
        }));
    }

    /**
     * If the tagger has the same network and publication as the model of vectors, it contains all layers of that model. Then the tagger
     * gives the vectors too, and the picture runs through one network instead of two.
     * @param {Required<Job>[]} jobs
     * @param {EmbedImageModel} name
     * @param {Model | undefined} tagger
     * @param {boolean} normalize
     */
    #addVector(jobs, name, tagger, normalize) {
        const { network: own, output } = findVector(this.#manifest, name);
        const isShared = tagger && own.publication === tagger.publication && own.network === tagger.network;
        return { job: addJob(jobs, isShared ? tagger : own, [output], { normalize }), output };
    }

    /** @param {string} model */
    #network(model) {
        return findNetwork(this.#manifest, model, 'image');
    }
}

/**
 * Adds outputs to the job with the same network and preprocessing, or adds a new job. Returns the job's index.
 * @param {Required<Job>[]} jobs
 * @param {Model} model
 * @param {string[]} outputs
 * @param {{ fit?: boolean, normalize?: boolean }} [options]
 */
export function addJob(jobs, model, outputs, { fit = false, normalize = false } = {}) {
    const same = jobs.find((job) => job.model === model && job.fit === fit);
    if (!same) return jobs.push({ model, outputs: [...outputs], fit, normalize }) - 1;
    same.outputs.push(...outputs);
    same.normalize ||= normalize; // tags are not affected
    return jobs.indexOf(same);
}

/**
 * @param {Outputs} outputs
 * @returns {import('../types.js').Scores}
 */
export function scoresOf({ bookmark, view, sanity }) {
    return { bookmark: scoreOf('bookmark', bookmark), view: scoreOf('view', view), sanity: scoreOf('sanity', sanity) };
}
