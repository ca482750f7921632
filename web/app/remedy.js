// What can be done about a picture that the engine refuses: to allow what it does not do unasked. Allows nothing itself.

/**
 * @typedef {Pick<import('acg2vec').UpscaleOptions, 'damaged' | 'maxPixels'>} Allowed for one picture
 * @typedef {{ words: string, allows: Allowed }} Remedy words: the key of the button's text
 */

const MOST_PIXELS = 2 ** 32 - 1;
const DAMAGED = /^The (?!safetensors).*(ends too early|is damaged)/;
const TOO_LARGE = /too large: (\d+) x (\d+) pixels; at most (\d+) a side/;

/**
 * @param {unknown} error
 * @param {Allowed} allowed what was allowed already
 * @returns {Remedy | null} null: there is none
 */
export function remedyFor(error, allowed) {
    const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
    if (code === 'BAD_FORMAT' && !allowed.damaged && DAMAGED.test(message)) {
        return { words: 'picture.remedy.damaged', allows: { damaged: 'keep' } };
    }
    const [, width, height, most] = (TOO_LARGE.exec(message) ?? []).map(Number);
    if (code === 'UNSUPPORTED' && !allowed.maxPixels && Math.max(width, height) <= most) {
        return { words: 'picture.remedy.large', allows: { maxPixels: MOST_PIXELS } };
    }
    return null;
}

/** Takes the remedy of a picture, if there is one. @param {import('./job.js').Job} job */
export function takeRemedy(job) {
    Object.assign(job.allowed, job.remedy?.allows);
    job.remedy = null;
}
