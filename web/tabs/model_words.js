// The models of the package as the page shows them, and the texts about them and about getting them.
import { megabytes, partOf, timeLeft, wholePercent } from '../ui/format.js';
import { isText, listed, t } from '../words/words.js';
import { nameOf, pageOf } from './model_names.js';

/**
 * @typedef {import('acg2vec').KeptModel} KeptModel
 * @typedef {Pick<KeptModel, 'id' | 'model' | 'task' | 'input'> & Partial<KeptModel>} Network
 *
 * @typedef {object} Group the networks of one model, which are got together
 * @property {string} key the model's name for callers of the package; the text model.KEY says what it does
 * @property {string[]} ids of its networks
 * @property {string} [image] the id of the network for pictures
 * @property {string} [text] the id of the network for texts
 * @property {string} name for users
 * @property {KeptModel['task']} task one model for each task is enough
 * @property {KeptModel['defaults']} defaults of a tagger
 * @property {string} origin in English
 * @property {string} page where it is published, '' if only the package knows
 */

/** @param {Network[]} models @returns {Group[]} in the order of the package, without the networks that enlarge */
export function groupsOf(models) {
    const networks = models.filter(({ input }) => input);
    return [...new Set(networks.map(({ model }) => model))].map((key) => {
        const own = networks.filter(({ model }) => model === key);
        const idFor = (/** @type {string} */ wanted) => own.find(({ input }) => input === wanted)?.id;
        const { task, defaults, origin = '' } = own[0];
        const ids = [...new Set(own.map(({ id }) => id))];
        return { key, ids, image: idFor('image'), text: idFor('text'), name: nameOf(key), task, defaults, origin, page: pageOf(key) };
    });
}

/** @param {Group[]} groups @returns {Group[]} that make vectors of pictures: first the default, then the newest, as an index prefers them */
export function searchGroups(groups) {
    const [first, ...others] = groups.filter(({ task, image }) => task === 'embed' && image);
    return first ? [first, ...others.reverse()] : [];
}

const NO_LICENCE = 'none stated'; // in the manifest

/** Whether the page has a text that says what the model does. @param {Group} group */
export const hasWords = ({ key }) => isText(`model.${key}`);

/** @param {Group} group */
export const what = (group) => (hasWords(group) ? t(`model.${group.key}`) : group.origin);

/** @param {number} models */
export const introduction = (models) => t(models > 1 ? 'model.introduction.many' : 'model.introduction');

/** @param {string} page */
export const hostOf = (page) => (new URL(page).host === 'huggingface.co' ? 'Hugging Face' : new URL(page).host);

/** @param {string} page shortened: without https:// and the tag of a release */
export const shortAddress = (page) => page.replace(/^https:\/\//, '').replace(/\/releases\/tag\/.*/, '');

/**
 * The facts that a user needs before the download.
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

/** @param {string} page @param {number | undefined} bytes @param {number} begun bytes that are here already */
export function getWords(page, bytes, begun) {
    if (begun && bytes) return t('model.continue', { part: partOf(begun, bytes) });
    const host = hostOf(page);
    return bytes ? t('model.get.size', { host, size: megabytes(bytes) }) : t('model.get', { host });
}

/** @param {string} page @param {string[]} missing paths of small files */
export const getRestWords = (page, missing) => t('model.get.rest', { names: listed(missing.map(fileName)), host: hostOf(page) });

/** @param {string} page */
export const byHand = (page) => t('model.byhand', { host: hostOf(page) });

/** @param {number} bytes that are kept */
export const keptWords = (bytes) => t('model.status.kept', { size: megabytes(bytes) });

/** @param {number} left bytes to come @param {number} kept bytes that have come */
export const onSiteWords = (left, kept) =>
    t(kept ? 'model.status.begun' : 'model.status.site', { size: megabytes(left), kept: megabytes(kept) });

/** @param {number} kept bytes @param {string[]} missing paths */
export const stillMissing = (bytes, missing) => t('model.status.missing', { size: megabytes(bytes), names: listed(missing.map(fileName)) });

/** @param {string} path */
const fileName = (path) => path.replace(/.*\//, '');

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

/** @param {string} why @param {boolean} isBegun whether a part of the download is kept */
export const failure = (why, isBegun) => (isBegun ? t('model.failed', { why }) : why);

/**
 * The progress: the bold text, and the text next to it.
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
