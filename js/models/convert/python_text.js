// Texts as Python has them: JSON whose numbers remember how they were written, str() of what JSON can tell, and white space.
import { AcgError } from '../../errors.js';

/** What Python's str.split() splits at, but for the separators U+001C to U+001F. */
export const WHITE_SPACE = /\p{White_Space}+/u;

// A number outside of a text. JSON.parse alone makes 1.0 and 1 the same.
const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

class WrittenNumber {
    /** @param {string} text */
    constructor(text) {
        this.text = text;
    }
}

/**
 * The content of a JSON file beside the weights, with WrittenNumbers for numbers.
 * @param {string | undefined} text
 * @param {string} path for the sentence
 * @returns {any} undefined if there is none
 * @throws {AcgError} BAD_FORMAT
 */
export function readJson(text, path) {
    if (text === undefined) return undefined;
    const marked = text.replace(TEXT_OR_NUMBER, (token) => (token.startsWith('"') ? token : `{"number":"${token}"}`));
    try {
        return JSON.parse(marked, (_, value) => (isMark(value) ? new WrittenNumber(value.number) : value));
    } catch (error) {
        throw new AcgError('BAD_FORMAT', `Expected JSON in ${path} but it could not be read as that`, { cause: error });
    }
}

/** @param {any} value */
function isMark(value) {
    return typeof value?.number === 'string' && Object.keys(value).length === 1;
}

/**
 * Python's str().
 * @param {unknown} value of readJson, or a whole number
 * @param {string} what for the sentence
 * @throws {AcgError} BAD_FORMAT for lists and objects
 */
export function pythonStr(value, what) {
    if (typeof value === 'string') return value;
    if (value === null) return 'None';
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    if (typeof value === 'number' && Number.isSafeInteger(value)) return `${value}`;
    if (value instanceof WrittenNumber) return /[.eE]/.test(value.text) ? floatStr(Number(value.text)) : value.text.replace(/^-0$/, '0');
    throw new AcgError('BAD_FORMAT', `Expected a number or a word for ${what} but found something else`);
}

/**
 * What Python takes for true.
 * @param {unknown} value of readJson
 */
export function isTrue(value) {
    return value instanceof WrittenNumber ? Number(value.text) !== 0 : Boolean(value);
}

/**
 * The shortest digits that are this number, as in JavaScript; Python writes an exponent below 1e-4 and from 1e16.
 * @param {number} value
 */
export function floatStr(value) {
    if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
    const [, digits, sign, exponent] = /** @type {RegExpExecArray} */ (/^(.+)e([+-])(\d+)$/.exec(value.toExponential()));
    if (sign === '-' ? Number(exponent) > 4 : Number(exponent) > 15)
        return `${negative(value)}${digits.replace('-', '')}e${sign}${exponent.padStart(2, '0')}`;
    const text = Math.abs(value).toString();
    return `${negative(value)}${text}${text.includes('.') ? '' : '.0'}`;
}

/** @param {number} value */
function negative(value) {
    return value < 0 || Object.is(value, -0) ? '-' : '';
}
