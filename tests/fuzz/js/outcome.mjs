// The allowed outcomes of a run: success, or a sentence with a code.
import { AcgError } from '../../../js/errors.js';

const MAX_MESSAGE = 400;

/**
 * @param {unknown} error
 * @param {string[]} [codes] those that are expected; without: any but INTERNAL
 * @returns {string} its code
 * @throws errors that are not for users
 */
export function refusal(error, codes) {
    const isSentence = error instanceof AcgError && /[.!?]$/.test(error.message) && error.message.length <= MAX_MESSAGE;
    const isExpected = isSentence && (codes ? codes.includes(error.code) : error.code !== 'INTERNAL');
    if (!isExpected) throw error;
    return error.code;
}
