// Pictures and texts to vectors, and labels to probabilities, over whoever opens models and has the worker.
import { badArgument } from './errors.js';
import { checkEmbedOptions, checkTexts, findHalf, scoreLabels, unitVector } from './embed.js';
import { ProgressMeter } from './progress.js';
import { readSource } from './source.js';

/**
 * @typedef {import('./types.js').EmbedOptions} EmbedOptions
 * @typedef {import('./types.js').TextOptions} TextOptions
 * @typedef {import('./types.js').Progress} Progress
 * @typedef {import('./types.js').Source} Source
 *
 * @typedef {object} Call what a task gets when its turn has come
 * @property {import('./link.js').Link} link
 * @property {import('./open_model.js').OpenModel} open
 * @property {number} modelsMs it took to open it
 * @property {AbortSignal} signal
 * @property {((progress: Progress) => void) | undefined} onProgress
 *
 * @typedef {<T>(model: import('./models.js').Model, options: { signal?: AbortSignal, onProgress?: (progress: Progress) => void },
 *   task: (call: Call) => Promise<T>) => Promise<T>} WithModel
 */

const DEFAULT_LOGIT_FACTOR = 100; // what OpenAI's training stops at, for files that do not tell

export class Embedder {
    #manifest;
    #readUrl;
    #withModel;

    /**
     * @param {import('./models.js').Manifest} manifest
     * @param {import('./client.js').Platform['readUrl']} readUrl
     * @param {WithModel} withModel
     */
    constructor(manifest, readUrl, withModel) {
        this.#manifest = manifest;
        this.#readUrl = readUrl;
        this.#withModel = withModel;
    }

    /**
     * @param {Source[]} sources
     * @param {EmbedOptions} options
     */
    async images(sources, options) {
        const { model, normalize } = checkEmbedOptions(options);
        if (sources.length === 0) throw badArgument('at least one picture', 'source', sources);
        const half = findHalf(this.#manifest, model, 'clip_vision');
        return this.#withModel(half, options, async ({ link, signal, onProgress }) => {
            const meter = new ProgressMeter('embed', onProgress);
            const vectors = [];
            // One after the other: only one picture's pixels are in memory.
            for (const [i, source] of sources.entries()) {
                const picture = await readSource(source, this.#readUrl, signal);
                const transfer = ['bytes' in picture ? picture.bytes.buffer : picture.pixels.buffer];
                const progress = (/** @type {Progress} */ { done, total }) =>
                    meter.update(i * total + done, sources.length * total);
                const body = { model: half.id, picture, normalize };
                vectors.push(...(await link.request('embedImage', body, { transfer, signal, events: { progress } })));
            }
            return vectors;
        });
    }

    /**
     * @param {string[]} texts
     * @param {EmbedOptions & TextOptions} options
     */
    async texts(texts, options) {
        const { model, ...settings } = checkEmbedOptions(options);
        checkTexts(texts, 'text');
        const half = findHalf(this.#manifest, model, 'clip_text');
        return this.#withModel(half, options, async ({ link, open, signal, onProgress }) => {
            const body = { ...settings, model: half.id, texts };
            const vectors = await link.request('embedTexts', body, { signal, events: { progress: onProgress } });
            return { vectors, logitFactor: open.logitFactor || DEFAULT_LOGIT_FACTOR };
        });
    }

    /**
     * @param {Source | import('./types.js').Embedded} source
     * @param {string[]} labels
     * @param {Omit<EmbedOptions, 'normalize'> & TextOptions} options
     */
    async classify(source, labels, options) {
        checkEmbedOptions(options);
        checkTexts(labels, 'labels');
        const given = unitVector(source);
        const { vectors, logitFactor } = await this.texts(labels, { ...options, normalize: true });
        const picture = given ?? (await this.images([/** @type {Source} */ (source)], { ...options, normalize: true }))[0];
        if (picture.length !== vectors[0].length) throw badArgument(`${vectors[0].length} values`, 'source.vector', picture.length);
        return scoreLabels(picture, labels, vectors, logitFactor);
    }
}
