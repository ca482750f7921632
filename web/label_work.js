// Asks the engine for vectors and probabilities, and times it. Each picture goes through the network once.
import { untilAborted } from './cancel.js';
import { engineWith, holdEngine } from './engine.js';

/**
 * @typedef {object} LabelJob a picture, and what is known of it
 * @property {import('./job.js').Job} job
 * @property {Float32Array} [vector]
 * @property {number} [cosine] with the sentence
 *
 * @typedef {object} Asking
 * @property {AbortSignal} signal
 * @property {number | undefined} threads
 * @property {(role: 'clip_vision' | 'clip_text', progress: import('acg2vec').Progress) => void} onProgress
 */

const MODEL = 'dclip';

/**
 * @param {LabelJob} picture gets its vector if it has none
 * @param {string[]} labels
 * @param {Asking} asking
 */
export function classify(picture, labels, asking) {
    return timed(asking, async (engine, listen) => {
        await embed(engine, picture, listen);
        const vector = /** @type {Float32Array} */ (picture.vector);
        return engine.classify({ vector }, labels, listen('clip_text'));
    });
}

/**
 * @param {LabelJob[]} pictures get their vectors, and how well they fit; those that cannot be read say so in their job
 * @param {string} sentence
 * @param {Asking} asking
 */
export function compare(pictures, sentence, asking) {
    return timed(asking, async (engine, listen) => {
        const text = await engine.embedText(sentence, { ...listen('clip_text'), normalize: true });
        for (const picture of pictures) {
            delete picture.cosine;
            Object.assign(picture.job, { state: 'waiting', message: '', note: '' });
            try {
                await embed(engine, picture, listen);
                picture.cosine = cosine(/** @type {Float32Array} */ (picture.vector), text);
            } catch (error) {
                const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
                if (asking.signal.aborted || code === 'NOT_FOUND' || code === 'BAD_MODEL') throw error;
                Object.assign(picture.job, { state: 'failed', message });
            }
        }
    });
}

/** What the command line prints for a picture, as a line of JSON. @param {LabelJob} picture */
export function vectorLine({ job, vector }) {
    const values = [...(vector ?? [])];
    return JSON.stringify({ input: job.folder + job.name, model: MODEL, dim: values.length, vector: values });
}

/**
 * @template T
 * @param {Asking} asking
 * @param {(engine: import('acg2vec').Engine, listen: (role: 'clip_vision' | 'clip_text') => import('acg2vec').EmbedOptions) => Promise<T>} task
 * @returns {Promise<{ result: T, ms: number, loadMs: number }>} loadMs: how much of it the weights took to come
 */
async function timed({ signal, threads, onProgress }, task) {
    const begun = performance.now();
    let loadMs = 0;
    const run = async () => {
        const engine = await engineWith(threads);
        const listen = (/** @type {'clip_vision' | 'clip_text'} */ role) => {
            const asked = performance.now();
            let loaded = 0;
            return {
                signal,
                onProgress(progress) {
                    if (progress.stage === 'models') {
                        loadMs += performance.now() - asked - loaded;
                        loaded = performance.now() - asked;
                    }
                    onProgress(role, progress);
                },
            };
        };
        return holdEngine(() => task(engine, listen));
    };
    const result = await untilAborted(run(), signal);
    return { result, ms: performance.now() - begun, loadMs };
}

/**
 * @param {import('acg2vec').Engine} engine
 * @param {LabelJob} picture
 * @param {(role: 'clip_vision') => import('acg2vec').EmbedOptions} listen
 */
async function embed(engine, picture, listen) {
    picture.vector ??= await engine.embedImage(picture.job.file, listen('clip_vision'));
}

/** @param {Float32Array} a of any length @param {Float32Array} b of length 1 */
function cosine(a, b) {
    return a.reduce((sum, value, i) => sum + value * b[i], 0) / Math.hypot(...a);
}
