// What the routes for pictures share: schemas, options, numbers in answers.

/** @typedef {{ image: import('../http/forms.js').Upload }} PictureForm */

export const PICTURE = { picture: true, description: 'A PNG, JPEG, WebP, AVIF, JPEG XL, GIF, BMP, TGA, PSD or PPM' };

/** A form with one picture. */
export const IMAGE_FORM = { type: 'object', properties: { image: PICTURE }, required: ['image'] };

/**
 * The options of the engine's calls that take a picture.
 * @param {import('fastify').FastifyRequest} request
 * @param {{ megapixels: number }} limits
 */
export function pictureOptions(request, { megapixels }) {
    return { signal: request.work, maxPixels: Math.floor(megapixels * 1e6) };
}

/**
 * Rounds float32 values to nine digits, which are enough to distinguish them.
 * @param {ArrayLike<number>} values
 */
export function floats(values) {
    return Array.from(values, (value) => Number(value.toPrecision(9)));
}
