// Makes the data that an index stores of a picture: size, perceptual hash, vectors, tags and scores, each with the SHA-256 of its weights.
import { checkBins, HEADS } from './score_bins.js';
import { addJob, scoresOf } from './describer.js';
import { findVector } from '../models/choices.js';
import { findNetwork } from '../models/manifest.js';
import { chooseTags } from '../models/tags.js';

/**
 * @typedef {import('./image_inference.js').Job} Job
 * @typedef {import('./image_inference.js').Outputs} Outputs
 * @typedef {import('../models/open.js').OpenModel} OpenModel
 *
 * @typedef {'vector' | 'tags' | 'scores'} LookKind
 * @typedef {{ name: string, kind: LookKind }} Wanted a model, and the kind of result that is wanted
 * @typedef {{ name: string, kind: LookKind, sha256: string, dims: number }} Identity sha256: of the file of weights, '' if unknown;
 *   dims: of the vector, 0 if there is none
 *
 * @typedef {object} Look the result of a model for a picture
 * @property {Identity} model
 * @property {Float32Array} [vector]
 * @property {import('../types.js').Tag[]} [tags]
 * @property {import('../types.js').Scores} [scores]
 *
 * @typedef {import('../shared/protocol.js').PictureFacts & { looks: Look[], warnings: string[] }} PictureRecord
 */

export class PictureRecorder {
    #manifest;
    #session;
    #inference;

    /**
     * @param {import('../models/manifest.js').Manifest} manifest
     * @param {import('./session.js').Session} session
     * @param {import('./image_inference.js').ImageInference} inference
     */
    constructor(manifest, session, inference) {
        this.#manifest = manifest;
        this.#session = session;
        this.#inference = inference;
    }

    /**
     * Opens these models to learn the SHA-256 of their weights.
     * @param {Wanted[]} wanted
     * @param {import('./session.js').CallOptions} options
     * @returns {Promise<Identity[]>}
     */
    async identify(wanted, options) {
        const { jobs, places } = this.#plan(wanted);
        const models = [...new Set(jobs.map(({ model }) => model))];
        return this.#session.withModels(models, options, async ({ open }) =>
            wanted.map((each, i) => identityOf(each, open[models.indexOf(jobs[places[i].job].model)], places[i].output)),
        );
    }

    /**
     * @param {import('../types.js').Source} source
     * @param {Wanted[]} wanted
     * @param {import('./session.js').CallOptions & import('../types.js').PictureOptions} options
     * @returns {Promise<PictureRecord>}
     */
    async record(source, wanted, options) {
        const { jobs, places } = this.#plan(wanted);
        /** @type {OpenModel[]} */
        let opened = [];
        const [seen] = await this.#inference.infer([source], jobs, { ...options, stage: 'describe', facts: true }, (open) => {
            opened = open;
            for (const [i, { kind }] of wanted.entries()) if (kind === 'scores') checkBins(open[places[i].job].dims);
        });
        const looks = wanted.map((each, i) => {
            const { job, output } = places[i];
            const model = identityOf(each, opened[job], output);
            return lookOf(model, seen.outputs[job], { output, tags: opened[job].tags, defaults: jobs[job].model.defaults });
        });
        return {
            .../** @type {import('../shared/protocol.js').PictureFacts} */ (seen.facts),
            looks,
            warnings: seen.notes.map(({ sentence }) => sentence),
        };
    }

    /**
     * The networks to run, and for each wanted result its network and output.
     * @param {Wanted[]} wanted
     */
    #plan(wanted) {
        /** @type {Required<Job>[]} */
        const jobs = [];
        const places = wanted.map(({ name, kind }) => {
            const { network, outputs } = this.#outputs(name, kind);
            const job = addJob(jobs, network, outputs, { normalize: kind === 'vector' });
            return { job, output: outputs[0] };
        });
        return { jobs, places };
    }

    /**
     * @param {string} name
     * @param {LookKind} kind
     */
    #outputs(name, kind) {
        if (kind === 'vector') {
            const { network, output } = findVector(this.#manifest, name);
            return { network, outputs: [output] };
        }
        return { network: findNetwork(this.#manifest, name, 'image'), outputs: kind === 'scores' ? [...HEADS] : ['tags'] };
    }
}

/**
 * @param {Wanted} wanted
 * @param {OpenModel} open
 * @param {string} output
 * @returns {Identity}
 */
function identityOf({ name, kind }, { sha256 = '', dims }, output) {
    return { name, kind, sha256, dims: kind === 'vector' ? dims[output] : 0 };
}

/**
 * @param {Identity} model
 * @param {Outputs} outputs
 * @param {Pick<OpenModel, 'tags'> & { output: string, defaults: import('../models/manifest.js').Model['defaults'] }} network
 * @returns {Look}
 */
function lookOf(model, outputs, { output, tags = [], defaults = { threshold: 0, thresholds: {} } }) {
    if (model.kind === 'vector') return { model, vector: outputs[output] };
    if (model.kind === 'scores') return { model, scores: scoresOf(outputs) };
    return { model, tags: chooseTags(tags, outputs.tags, defaults.threshold, defaults.thresholds) };
}
