// What is said of models and of how one gets them: which text of the catalogue, with which figures.
import { megabytes, partOf, timeLeft, wholePercent } from '../ui/format.js';
import { listed, t } from '../words/words.js';

/**
 * @typedef {object} Group what is got at once, and looks like one model
 * @property {string} key what it is and by whom stands under model.KEY
 * @property {string[]} ids of the models in it
 * @property {string} name
 * @property {string} [does] one of several that do the same is enough
 * @property {string} [page] where it is published, if the package does not tell
 */

/** @type {Record<string, Group>} */
export const GROUPS = {
    dclip: { key: 'dclip', ids: ['dclip/image', 'dclip/text'], name: 'DanbooruCLIP', does: 'search' },
    'clip-b32': { key: 'clip-b32', ids: ['clip-b32/image', 'clip-b32/text'], name: 'CLIP ViT-B/32', does: 'search' },
    illust2vec: { key: 'illust2vec', ids: ['illust2vec'], name: 'illust2vec', does: 'search' },
    acgvoc2vec: { key: 'acgvoc2vec', ids: ['acgvoc2vec'], name: 'ACGVoc2vec' },
    pix2score: { key: 'pix2score', ids: ['pix2score'], name: 'pix2score' },
    deepdanbooru: { key: 'deepdanbooru', ids: ['deepdanbooru'], name: 'DeepDanbooru', does: 'tag' },
    'wd-vit': {
        key: 'wd-vit',
        ids: ['wd-vit'],
        name: 'WD ViT v3',
        does: 'tag',
        page: 'https://huggingface.co/SmilingWolf/wd-vit-tagger-v3',
    },
};

const NO_LICENCE = 'none stated'; // in the manifest

/** @param {Group} group */
export const what = ({ key }) => t(`model.${key}`);

/** @param {number} models */
export const introduction = (models) => t(models > 1 ? 'model.introduction.many' : 'model.introduction');

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
    const rows = /** @type {[string, string][]} */ ([[t('model.licence'), licence === NO_LICENCE ? t('model.licence.none') : licence]]);
    if (resultBytes) rows.unshift([t('model.kept'), megabytes(resultBytes)]);
    if (downloadBytes) rows.unshift([t('model.download'), megabytes(downloadBytes)]);
    else if (!canFetch) rows.unshift([t('model.download'), t('model.download.you')]);
    return rows;
}

/** @param {string} page @param {number | undefined} bytes @param {number} begun how many are here already */
export function getWords(page, bytes, begun) {
    if (begun && bytes) return t('model.continue', { part: partOf(begun, bytes) });
    const host = hostOf(page);
    return bytes ? t('model.get.size', { host, size: megabytes(bytes) }) : t('model.get', { host });
}

/** @param {string} page @param {string[]} missing paths of small files */
export const getRestWords = (page, missing) => t('model.get.rest', { names: listed(missing.map(nameOf)), host: hostOf(page) });

/** @param {string} page */
export const byHand = (page) => t('model.byhand', { host: hostOf(page) });

/** @param {number} bytes that are kept */
export const keptWords = (bytes) => t('model.status.kept', { size: megabytes(bytes) });

/** @param {number} left bytes to come @param {number} kept bytes that have come */
export const onSiteWords = (left, kept) =>
    t(kept ? 'model.status.begun' : 'model.status.site', { size: megabytes(left), kept: megabytes(kept) });

/** @param {number} bytes that are here @param {string[]} missing paths */
export const stillMissing = (bytes, missing) => t('model.status.missing', { size: megabytes(bytes), names: listed(missing.map(nameOf)) });

/** @param {string} path */
const nameOf = (path) => path.replace(/.*\//, '');

/** @param {number} bytes */
export const removeWords = (bytes) => t('model.remove', { size: megabytes(bytes) });
/** @param {number} bytes */
export const removeBegunWords = (bytes) => t('model.remove.begun', { size: megabytes(bytes) });

/** @param {number} need @param {number} room both in bytes */
export const noRoom = (need, room) => t('model.room', { need: megabytes(need), room: megabytes(room) });

/** @param {string} name */
export const isHere = (name) => t('model.here', { name });
/** @param {string} name */
export const isStopped = (name) => t('model.stopped', { name });
/** @param {string} name @param {number} share */
export const spokenShare = (name, share) => t('model.share', { name, share: wholePercent(share) });
/** @param {string} name */
export const begins = (name) => t('model.getting', { name });

/** @param {string} why @param {boolean} isBegun whether a part of a download is here */
export const failure = (why, isBegun) => (isBegun ? t('model.failed', { why }) : why);

/**
 * How far it is: bold, and beside it.
 * @param {{ stage: string, done: number, total: number }} progress
 * @param {number | undefined} perSecond bytes
 * @returns {[string, string]}
 */
export function progressWords({ stage, done, total }, perSecond) {
    const share = total ? done / total : 0;
    const left = perSecond ? timeLeft(((total - done) / perSecond) * 1000, share) : '';
    if (stage === 'convert') return [t('model.converting', { share: wholePercent(share) }), left];
    const rate = perSecond ? t('format.perSecond', { size: megabytes(perSecond) }) : '';
    return [partOf(done, total), rate && t('format.beside', { rate, left })];
}
