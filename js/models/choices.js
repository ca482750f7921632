// Lists the models that callers can choose for each task, from the manifest. The first model of a task is its default.
import { AcgError } from '../errors.js';

/**
 * @typedef {import('./manifest.js').Manifest} Manifest
 * @typedef {import('./manifest.js').Model} Model
 * @typedef {import('../types.js').TagModel} TagModel
 * @typedef {import('../types.js').TagDefaults} TagDefaults
 *
 * @typedef {object} Choices names of models, in the order of the manifest; the first of each list is the default
 * @property {import('../types.js').EmbedImageModel[]} images for vectors of pictures
 * @property {import('../types.js').EmbedTextModel[]} texts for vectors of texts
 * @property {import('../types.js').ClipModel[]} labels for both, so that a picture can be compared with a text
 * @property {NonNullable<import('../types.js').NeighbourOptions['model']>[]} words for texts only
 * @property {Map<TagModel, TagDefaults>} taggers with their thresholds
 * @property {string} scorer the model that scores; '': there is none
 * @property {Map<string, { scale: number, denoise: string }>} upscalers with the scale and the denoise level that are their defaults
 */

/**
 * @param {Manifest} manifest
 * @returns {Choices}
 */
export function choicesOf({ models }) {
    const ofTask = (/** @type {Model['task']} */ wanted) => models.filter(({ task }) => task === wanted);
    const ofInput = (/** @type {Model['input']} */ wanted) => ofTask('embed').filter(({ input }) => input === wanted);
    const images = /** @type {Choices['images']} */ (ofInput('image').flatMap((model) => Object.keys(vectorsOf(model))));
    const texts = /** @type {Choices['texts']} */ (ofInput('text').map(({ model }) => model));
    const isImage = (/** @type {string} */ name) => images.some((image) => image === name);
    return {
        images,
        texts,
        labels: /** @type {Choices['labels']} */ (texts.filter(isImage)),
        words: /** @type {Choices['words']} */ (texts.filter((name) => !isImage(name))),
        taggers: new Map(ofTask('tag').map(({ model, defaults }) => [/** @type {any} */ (model), /** @type {any} */ (defaults)])),
        scorer: ofTask('score')[0]?.model ?? '',
        upscalers: upscalersOf(ofTask('upscale')),
    };
}

/**
 * Each model with the scale and the denoise level of its first entry.
 * @param {Model[]} entries
 */
function upscalersOf(entries) {
    /** @type {Choices['upscalers']} */
    const upscalers = new Map();
    for (const { model, scale, denoise } of entries) {
        if (!upscalers.has(model)) upscalers.set(model, { scale, denoise });
    }
    return upscalers;
}

/**
 * The network that gives a vector of pictures, and the name that its output has in the network.
 * @param {Manifest} manifest
 * @param {string} name one of `images`
 */
export function findVector({ models }, name) {
    for (const network of models.filter(({ task, input }) => task === 'embed' && input === 'image')) {
        const vectors = new Map(Object.entries(vectorsOf(network)));
        const output = vectors.get(name);
        if (output !== undefined) return { network, output };
    }
    throw new AcgError('INTERNAL', `Expected a network for the vector ${name} in the manifest but found none`);
}

/**
 * The outputs that are vectors, by the names that callers choose them by.
 * @param {Model} model
 * @returns {Record<string, string>}
 */
const vectorsOf = ({ model, vectors = { [model]: 'vector' } }) => vectors;
