// Texts as Python writes them: JSON whose numbers keep their spelling, str() of JSON values, and white space.
import { AcgError } from '../../errors.js';

/** The characters at which Python's str.split() splits, without U+001C to U+001F. */
export const WHITE_SPACE = /\p{White_Space}+/u;

// Finds numbers that are not inside a text, because JSON.parse alone makes 1.0 and 1 the same.
const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

class WrittenNumber {
    /** @param {string} text */
    constructor(text) {
        this.text = text;
    }
}

/**
 * Parses JSON. Numbers become WrittenNumbers, which keep their spelling.
 * @param {string | undefined} text
 * @param {string} path for the message
 * @returns {any} undefined if the text is
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
 * @param {unknown} value from readJson, or an integer
 * @param {string} what for the message
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
 * Python's bool().
 * @param {unknown} value from readJson
 */
export function isTrue(value) {
    return value instanceof WrittenNumber ? Number(value.text) !== 0 : Boolean(value);
}

/**
 * Python's str() of a float: the same shortest digits as in JavaScript, but with an exponent below 1e-4 and from 1e16 on.
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
