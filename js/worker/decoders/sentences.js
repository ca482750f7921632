// The errors and limits of pictures that a library decodes, in the engine's words (src/image/decode.c).
import { AcgError } from '../../errors.js';

/** As the engine's own. */
const MAX_PIXELS = 2 ** 28;
const LONGEST_SIDE = 65535;

/**
 * @param {string} file its kind
 * @param {{ width: number, height: number }} size
 * @param {number} [maxPixels]
 * @throws {AcgError} BAD_FORMAT, UNSUPPORTED
 */
export function checkSize(file, { width, height }, maxPixels = MAX_PIXELS) {
    if (width === 0 || height === 0) {
        throw new AcgError('BAD_FORMAT', `The ${file} has no pixels: its size is ${width} x ${height}`, {
            reason: 'FILE_WITHOUT_PIXELS',
            values: { file, width, height },
        });
    }
    const isLong = Math.max(width, height) > LONGEST_SIDE;
    if (!isLong && width * height <= maxPixels) return;
    const most = `at most ${LONGEST_SIDE} a side, and ${maxPixels} in all unless --max-pixels or maxPixels allows more`;
    throw new AcgError('UNSUPPORTED', `The ${file} is too large: ${width} x ${height} pixels; ${most}`, {
        reason: isLong ? 'SIDES_TOO_LONG' : 'TOO_MANY_PIXELS',
        values: { file, width, height, side: LONGEST_SIDE, pixels: maxPixels },
    });
}

/** @param {string} file @param {string} why @param {unknown} [cause] */
export function damaged(file, why, cause) {
    return new AcgError('BAD_FORMAT', `The ${file} is damaged (${why})`, { cause, reason: 'FILE_DAMAGED', values: { file, why } });
}

/** @param {string} file @param {number} bytes */
export function cut(file, bytes) {
    return new AcgError('BAD_FORMAT', `The ${file} ends too early: more was expected after its ${bytes} bytes`, {
        reason: 'FILE_CUT',
        values: { file, bytes },
    });
}

/** @param {string} file @param {string} why */
export function unsupported(file, why) {
    return new AcgError('UNSUPPORTED', `The ${file} is not supported: ${why}`, { reason: 'VARIANT_UNSUPPORTED', values: { file, why } });
}

/** @param {string} file @param {unknown} [cause] */
export function noMemory(file, cause) {
    return new AcgError('NO_MEMORY', `Not enough memory for the ${file}`, { cause, reason: 'NO_MEMORY' });
}

/** @param {string} file @returns {import('../../types.js').Note} */
export function firstOnly(file) {
    const sentence = `The ${file} holds more than one picture; the first is taken.`;
    return { sentence, reason: 'OTHER_PICTURES_LEFT_OUT', values: { file } };
}
