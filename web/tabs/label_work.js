// Asks the engine for vectors and probabilities. Each picture goes through the network once.
import { LABEL_MODEL } from './model_names.js';
import { eachPicture } from './network_tab.js';

/**
 * @typedef {import('../app/job.js').Job} Job with known.vector; known.labels when all were labelled; known.cosine with a sentence
 * @typedef {import('acg2vec').Engine} Engine
 * @typedef {import('./network_tab.js').Listen} Listen
 */

/** @param {Engine} engine @param {Job} job its vector is computed if it has none @param {string[]} labels @param {Listen} listen */
export async function classify(engine, job, labels, listen) {
    if (!job.known.vector) await eachPicture([job], listen.signal, () => embed(engine, job, listen));
    if (job.state === 'failed') throw new Error(job.message);
    return engine.classify({ vector: job.known.vector }, labels, listen);
}

/**
 * @param {Engine} engine
 * @param {Job[]} jobs get their vectors, and how well each label fits; those that cannot be read say so
 * @param {string[]} labels
 * @param {Listen} listen
 * @param {() => void} onDone of each
 */
export async function classifyAll(engine, jobs, labels, listen, onDone) {
    await eachPicture(jobs, listen.signal, async (job) => {
        await embed(engine, job, listen);
        job.known.labels = await engine.classify({ vector: job.known.vector }, labels, listen);
        onDone();
    });
}

/**
 * @param {Engine} engine
 * @param {Job[]} jobs get their vectors, and how well they fit; those that cannot be read say so
 * @param {string} sentence
 * @param {Listen} listen
 * @returns {Promise<Job[]>} the best first
 */
export async function sortBySentence(engine, jobs, sentence, listen) {
    const text = await engine.embedText(sentence, { ...listen, normalize: true });
    await eachPicture(jobs, listen.signal, async (job) => {
        delete job.known.cosine;
        await embed(engine, job, listen);
        job.known.cosine = cosine(job.known.vector, text);
    });
    const fit = (/** @type {Job} */ { known }) => known.cosine ?? -2;
    return [...jobs].sort((a, b) => fit(b) - fit(a));
}

/** The same facts that the command line prints for a picture. @param {Job} job */
export function vectorFacts({ folder, name, known, notes }) {
    const warnings = notes.map(({ sentence }) => sentence);
    const vector = [...known.vector];
    return { input: folder + name, model: LABEL_MODEL, dim: vector.length, vector, ...(warnings.length > 0 && { warnings }) };
}

/** @param {Engine} engine @param {Job} job @param {Listen} listen */
async function embed(engine, job, listen) {
    if (job.known.vector) return;
    const { vectors, notes } = await engine.describe(job.file, { embed: [LABEL_MODEL], ...job.allowed, ...listen });
    job.known.vector = vectors?.[LABEL_MODEL];
    job.notes = notes;
}

/** @param {Float32Array} a of any length @param {Float32Array} b of length 1 */
function cosine(a, b) {
    return a.reduce((sum, value, i) => sum + value * b[i], 0) / Math.hypot(...a);
}
