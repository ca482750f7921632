// Asks the engine for vectors and probabilities. Each picture goes through the network once.
import { eachPicture, timed } from './timed.js';

/**
 * @typedef {object} LabelJob a picture, and what is known of it
 * @property {import('./job.js').Job} job
 * @property {Float32Array} [vector]
 * @property {number} [cosine] with the sentence
 *
 * @typedef {import('./timed.js').Asking} Asking
 * @typedef {import('./timed.js').Listen} Listen
 */

const MODEL = 'dclip';

/**
 * @param {LabelJob} picture gets its vector if it has none
 * @param {string[]} labels
 * @param {Asking} asking
 */
export function classify(picture, labels, asking) {
    return timed(asking, async (engine, listen) => {
        if (!picture.vector) await eachPicture([picture], asking.signal, () => embed(engine, picture, listen));
        if (picture.job.state === 'failed') throw new Error(picture.job.message);
        const vector = /** @type {Float32Array} */ (picture.vector);
        return engine.classify({ vector }, labels, listen);
    });
}

/**
 * @param {LabelJob[]} pictures get their vectors, and how well they fit; those that cannot be read say so in their job
 * @param {string} sentence
 * @param {Asking} asking
 */
export function compare(pictures, sentence, asking) {
    return timed(asking, async (engine, listen) => {
        const text = await engine.embedText(sentence, { ...listen, normalize: true });
        await eachPicture(pictures, asking.signal, async (picture) => {
            delete picture.cosine;
            await embed(engine, picture, listen);
            picture.cosine = cosine(/** @type {Float32Array} */ (picture.vector), text);
        });
    });
}

/** What the command line prints for a picture, as a line of JSON. @param {LabelJob} picture */
export function vectorLine({ job, vector }) {
    const values = [...(vector ?? [])];
    return JSON.stringify({
        input: job.folder + job.name,
        model: MODEL,
        dim: values.length,
        vector: values,
        ...(job.warnings.length > 0 && { warnings: job.warnings }),
    });
}

/**
 * @param {import('acg2vec').Engine} engine
 * @param {LabelJob} picture
 * @param {Listen} listen
 */
async function embed(engine, picture, listen) {
    const { job } = picture;
    if (picture.vector) return;
    const { vectors, warnings } = await engine.describe(job.file, { embed: [MODEL], ...job.allowed, ...listen });
    picture.vector = vectors?.[MODEL];
    job.warnings = warnings;
}

/** @param {Float32Array} a of any length @param {Float32Array} b of length 1 */
function cosine(a, b) {
    return a.reduce((sum, value, i) => sum + value * b[i], 0) / Math.hypot(...a);
}
