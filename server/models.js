// The models of the package, from its manifest. The first name of each list is the default.
import { createRequire } from 'node:module';

/**
 * @typedef {import('acg2vec').ClipModel} ClipModel
 * @typedef {import('acg2vec').TagModel} TagModel
 * @typedef {{ task: string, model: string, input?: 'image' | 'text', scale?: number, denoise?: string }} Entry
 */

/** @type {{ models: Entry[] }} */
const { models } = createRequire(import.meta.url)('acg2vec/models/manifest.json');

/** @param {(entry: Entry) => boolean} isWanted */
const namesOf = (isWanted) => [...new Set(models.filter(isWanted).map(({ model }) => model))];

const TEXT_MODELS = namesOf(({ task, input }) => task === 'embed' && input === 'text');
const IMAGE_MODELS = namesOf(({ task, input }) => task === 'embed' && input === 'image');

export const UPSCALERS = namesOf(({ task }) => task === 'upscale');
export const TAGGERS = /** @type {TagModel[]} */ (namesOf(({ task }) => task === 'tag'));
/** The models whose vectors of pictures and of texts can be compared. */
export const CLIP_MODELS = /** @type {ClipModel[]} */ (IMAGE_MODELS.filter((name) => TEXT_MODELS.includes(name)));

/**
 * The scales of a model with this denoise level, ascending.
 * @param {import('acg2vec').UpscaleOptions} options denoise: default any
 */
export function scalesOf({ model, denoise }) {
    const isMeant = (/** @type {Entry} */ each) => each.model === model && (denoise === undefined || each.denoise === String(denoise));
    const scales = new Set(models.filter(isMeant).map(({ scale }) => /** @type {1 | 2 | 3 | 4} */ (scale)));
    return [...scales].sort((a, b) => a - b);
}
