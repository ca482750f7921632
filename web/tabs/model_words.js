// All that the page says of models and of how one gets them, in one place: for who wants to say it better, or in another language.
import { listed, megabytes, timeLeft } from '../ui/format.js';

/**
 * @typedef {object} Group what is got at once, and looks like one model
 * @property {string} key
 * @property {string[]} ids of the models in it
 * @property {string} name
 * @property {string} what it is and by whom, in a sentence or two
 * @property {string} [page] where it is published, if the package does not tell
 */

/** @type {Record<string, Group>} */
export const GROUPS = {
    dclip: {
        key: 'dclip',
        ids: ['dclip/image', 'dclip/text'],
        name: 'DanbooruCLIP',
        what: 'Tells how well words fit a picture. By OysterQAQ, made of OpenAI’s CLIP.',
    },
    pix2score: {
        key: 'pix2score',
        ids: ['pix2score'],
        name: 'pix2score',
        what: 'Estimates bookmarks and views on Pixiv, and how suggestive a picture is. By OysterQAQ.',
    },
    deepdanbooru: {
        key: 'deepdanbooru',
        ids: ['deepdanbooru'],
        name: 'DeepDanbooru',
        what: 'Names what is in a picture, with 9,176 tags of Danbooru. By KichangKim.',
    },
};

export const NOT_BUILT = 'This site does not say which models it has: it was not built as it should be.';
const INTRODUCTION = 'You get a model once. It then stays in this browser, and works without a network too.';
/** @param {number} models */
export const introduction = (models) => (models > 1 ? `${INTRODUCTION} One of these is enough to begin.` : INTRODUCTION);
export const NO_FILES = 'There was no file in that.';
export const CHECKING = 'Checking what is here';

/** @param {string} page */
export const hostOf = (page) => (new URL(page).host === 'huggingface.co' ? 'Hugging Face' : new URL(page).host);

/** @param {string} page without what every address has */
export const shortAddress = (page) => page.replace(/^https:\/\//, '').replace(/\/releases\/tag\/.*/, '');

/**
 * What a person wants to know before.
 * @param {{ downloadBytes?: number, resultBytes?: number, licence: string, canFetch: boolean }} model
 * @returns {[string, string][]}
 */
export function factsOf({ downloadBytes, resultBytes, licence, canFetch }) {
    const rows = /** @type {[string, string][]} */ ([['Licence', licence]]);
    if (resultBytes) rows.unshift(['Kept', megabytes(resultBytes)]);
    if (downloadBytes) rows.unshift(['Download', megabytes(downloadBytes)]);
    else if (!canFetch) rows.unshift(['Download', 'by you, see below']);
    return rows;
}

export const FROM = 'From';

/** @param {string} page @param {number | undefined} bytes @param {number} begun how many are here already */
export function getWords(page, bytes, begun) {
    if (begun && bytes) return `Continue: ${part(begun, bytes)} are here`;
    return `Get it from ${hostOf(page)}${bytes ? ` (${megabytes(bytes)})` : ''}`;
}

/** @param {string} page @param {string[]} missing paths of small files */
export const getRestWords = (page, missing) => `Get ${listed(missing.map(nameOf))} from ${hostOf(page)}`;

/** @param {string} page */
export const byHand = (page) =>
    `${hostOf(page)} does not let a page fetch it. Download it there with your browser; then choose the file that you downloaded: the .zip, or the folder in it.`;

/** @param {number} bytes that are kept */
export const keptWords = (bytes) => `Kept in this browser, ${megabytes(bytes)}: nothing needs to be fetched.`;

/** @param {number} left bytes to come @param {number} kept bytes that have come */
export function onSiteWords(left, kept) {
    const begun = kept ? ` ${megabytes(kept)} of it are here already.` : '';
    return `${megabytes(left)} are fetched from this site when they are first needed, and then kept in this browser.${begun}`;
}

/** @param {number} bytes that are here @param {string[]} missing paths */
export const stillMissing = (bytes, missing) => `${megabytes(bytes)} are here. Still missing: ${listed(missing.map(nameOf))}.`;

/** @param {string} path */
const nameOf = (path) => path.replace(/.*\//, '');

/** @param {number} bytes */
export const removeWords = (bytes) => `Remove (${megabytes(bytes)})`;
/** @param {number} bytes */
export const removeBegunWords = (bytes) => `Remove what is here (${megabytes(bytes)})`;

/** @param {number} need @param {number} room both in bytes */
export const noRoom = (need, room) =>
    `This needs ${megabytes(need)} of room, but the browser gives this page no more than ${megabytes(room)}. Make room on the disk, and try again.`;

/** @param {string} name */
export const isHere = (name) => `${name} is here.`;
/** @param {string} name */
export const isStopped = (name) => `${name}: stopped. What has come is kept.`;
/** @param {string} name @param {number} share */
export const spokenShare = (name, share) => `${name}: ${Math.floor(share * 100)} %`;
/** @param {string} name */
export const begins = (name) => `Getting ${name}`;

/** @param {string} message @param {boolean} isBegun whether a part of a download is here */
export const failure = (message, isBegun) => (isBegun ? `${message} What has come is kept: you can continue.` : message);

/** "0.90 of 1.71 GB". @param {number} done @param {number} total */
export function part(done, total) {
    const [all, unit] = megabytes(total).split(' ');
    const some = megabytes(done);
    return `${some.endsWith(` ${unit}`) ? some.slice(0, -unit.length - 1) : some} of ${all} ${unit}`;
}

/**
 * How far it is: bold, and beside it.
 * @param {{ stage: string, done: number, total: number }} progress
 * @param {number | undefined} perSecond bytes
 * @returns {[string, string]}
 */
export function progressWords({ stage, done, total }, perSecond) {
    const left = perSecond ? timeLeft(((total - done) / perSecond) * 1000) : '';
    if (stage === 'convert') return [`Converting, ${Math.floor((total ? done / total : 0) * 100)} %`, left];
    return [part(done, total), perSecond ? `${megabytes(perSecond)}/s, ${left}` : ''];
}
