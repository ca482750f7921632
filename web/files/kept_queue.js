// Keeps pictures in the browser while their results are not saved, so that they can be opened again after a reload. It keeps copies; the user's
// files are not changed. Each visit of the page has its own queue.
import { smallStore } from './small_store.js';

/**
 * @typedef {object} Kept a picture
 * @property {string} id
 * @property {string} visit of the page that keeps it
 * @property {number} place in the queue
 * @property {File} file
 * @property {string} folder
 * @property {Record<string, string | boolean>} settings of the form
 */

const VISIT = `${Date.now()}-${Math.random()}`;
const inStore = smallStore('acg2vec-queue', 'pictures', 'id');
const lockOf = (/** @type {string} */ visit) => `acg2vec-queue ${visit}`;

/** Without locks it would be unknown whether the page of some pictures is still open. */
const canKeep = 'locks' in navigator && 'indexedDB' in globalThis;
/** @type {Map<File, string>} */
const ids = new Map();

if (canKeep) navigator.locks.request(lockOf(VISIT), () => new Promise(() => {})).catch(() => {}); // held until the page is closed

/**
 * Pictures that do not fit are not kept.
 * @param {{ file: File, folder: string }[]} pictures
 * @param {Kept['settings']} settings
 */
export async function keepQueue(pictures, settings) {
    if (!canKeep) return;
    for (const [place, { file, folder }] of pictures.entries()) {
        const id = ids.get(file) ?? `${VISIT} ${ids.size}`;
        ids.set(file, id);
        await inStore('readwrite', (store) => store.put({ id, visit: VISIT, place, file, folder, settings })).catch(() => {});
        if (!ids.has(file)) await forgetIds([id]); // it was done meanwhile
    }
}

/** Pictures need not be kept any more. @param {File[]} files */
export async function forgetPictures(files) {
    const known = files.map((file) => ids.get(file)).filter((id) => id !== undefined);
    for (const file of files) ids.delete(file);
    await forgetIds(known);
}

/** The pictures of closed pages, in the order of their queues. @returns {Promise<Kept[]>} */
export async function leftPictures() {
    if (!canKeep) return [];
    /** @type {Kept[]} */
    const all = await inStore('readonly', (store) => store.getAll()).catch(() => []);
    const { held = [] } = await navigator.locks.query().catch(() => ({ held: [] })); // refused: then there are no pictures, either
    const open = new Set(held.map(({ name }) => name));
    return all.filter(({ visit }) => !open.has(lockOf(visit))).sort((a, b) => a.place - b.place);
}

/** @param {Kept[]} kept */
export const forgetKept = (kept) => forgetIds(kept.map(({ id }) => id));

/** @param {string[]} gone */
async function forgetIds(gone) {
    for (const id of gone) await inStore('readwrite', (store) => store.delete(id)).catch(() => {});
}
