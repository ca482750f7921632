// Scores, tags and vectors of pictures. ImageInference decodes each picture once and runs the networks.
import { checkDescribeOptions, TAG_NETWORKS } from '../options/describe.js';
import { IMAGE_NETWORKS } from '../options/embed.js';
import { findNetwork } from '../models/manifest.js';
import { checkBins, HEADS, scoreOf } from './score_bins.js';
import { chooseTags } from '../models/tags.js';

/**
 * @typedef {import('../types.js').Source} Source
 * @typedef {import('../types.js').Description} Description
 * @typedef {import('../types.js').DescribeOptions} DescribeOptions
 * @typedef {import('../types.js').Facts} Facts
 * @typedef {import('../types.js').EmbedImageModel} EmbedImageModel
 * @typedef {import('./image_inference.js').Job} Job
 * @typedef {import('./image_inference.js').Outputs} Outputs
 */

export class Describer {
    #manifest;
    #inference;

    /**
     * @param {import('../models/manifest.js').Manifest} manifest
     * @param {import('./image_inference.js').ImageInference} inference
     */
    constructor(manifest, inference) {
        this.#manifest = manifest;
        this.#inference = inference;
    }

    /**
     * @param {Source[]} sources
     * @param {DescribeOptions} options
     * @returns {Promise<Description[]>}
     */
    async describe(sources, options) {
        const { score, tag, model, embed, facts, threshold, thresholds, order, fit, normalize } = checkDescribeOptions(options);
        /** @type {Required<Job>[]} */
        const jobs = [];
        const scoring = score ? this.#add(jobs, 'pix2score', 'resnet_v2', HEADS) : undefined;
        const tagging = tag ? this.#add(jobs, model, TAG_NETWORKS[model].network, ['tags'], { fit }) : undefined;
        const hasDeepDanbooru = tag && model === 'deepdanbooru';
        const embedding = embed.map((name) => ({ name, ...this.#addVector(jobs, name, hasDeepDanbooru, normalize) }));
        /** @type {import('../models/tags.js').TagName[]} */
        let tags = [];
        /** @type {Facts['weights']} */
        let weights = {};
        const seen = await this.#inference.look(sources, jobs, { ...options, facts, stage: 'describe' }, (open) => {
            weights = Object.fromEntries(embedding.map(({ name, job }) => [name, open[job].sha256 ?? '']));
            if (scoring !== undefined) checkBins(open[scoring].dims ?? {});
            if (tagging !== undefined) tags = open[tagging].tags ?? [];
        });
        return seen.map(({ outputs, warnings, facts: known }) => ({
            ...(scoring !== undefined && { score: scoresOf(outputs[scoring]) }),
            ...(tagging !== undefined && { tags: chooseTags(tags, outputs[tagging].tags, threshold, thresholds, order) }),
            ...(embed.length > 0 && {
                vectors: Object.fromEntries(embedding.map(({ name, job, output }) => [name, outputs[job][output]])),
            }),
            ...(known && { facts: { width: known.width, height: known.height, weights } }),
            warnings,
        }));
    }

    /**
     * illust2vec is the first part of DeepDanbooru. If its tags are asked for too, DeepDanbooru gives illust2vec's vectors as well.
     * @param {Required<Job>[]} jobs
     * @param {EmbedImageModel} name
     * @param {boolean} hasDeepDanbooru
     * @param {boolean} normalize
     */
    #addVector(jobs, name, hasDeepDanbooru, normalize) {
        const { model, network, output } = IMAGE_NETWORKS[name];
        const shared = hasDeepDanbooru && network === 'deepdanbooru' ? 'deepdanbooru' : model;
        return { job: this.#add(jobs, shared, network, [output], { normalize }), output };
    }

    /**
     * @param {Required<Job>[]} jobs
     * @param {string} name
     * @param {string} network
     * @param {string[]} outputs
     * @param {{ fit?: boolean, normalize?: boolean }} [options]
     */
    #add(jobs, name, network, outputs, options) {
        return addJob(jobs, findNetwork(this.#manifest, name, network), outputs, options);
    }
}

/**
 * Adds outputs to the job with the same network and preprocessing, or adds a new job. Returns the job's index.
 * @param {Required<Job>[]} jobs
 * @param {import('../models/manifest.js').Model} model
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
