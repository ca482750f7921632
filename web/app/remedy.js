// The remedy for a picture that the engine refuses: an option that the user may allow. Allows nothing itself.

/**
 * @typedef {Pick<import('acg2vec').UpscaleOptions, 'damaged' | 'maxPixels'>} Allowed for one picture
 * @typedef {{ words: string, allows: Allowed }} Remedy words: the key of the button's text
 */

const MAX_PIXELS = 2 ** 32 - 1;

/**
 * @param {unknown} error
 * @param {Allowed} allowed what was allowed already
 * @returns {Remedy | null} null: there is none
 */
export function remedyFor(error, allowed) {
    const { reason } = /** @type {{ reason?: import('acg2vec').Reason }} */ (error);
    const isDamaged = reason === 'FILE_DAMAGED' || reason === 'FILE_CUT';
    if (isDamaged && !allowed.damaged) return { words: 'picture.remedy.damaged', allows: { damaged: 'keep' } };
    if (reason === 'TOO_MANY_PIXELS' && !allowed.maxPixels) return { words: 'picture.remedy.large', allows: { maxPixels: MAX_PIXELS } };
    return null;
}

/** Takes the remedy of a picture, if there is one. @param {import('./job.js').Job} job */
export function takeRemedy(job) {
    Object.assign(job.allowed, job.remedy?.allows);
    job.remedy = null;
}
