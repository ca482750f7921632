// Keeps the only index of the page, opened with the current engine. Its files can be open only once, in one tab of the browser.
import { createIndex } from 'acg2vec';
import { engineWith, holdEngine } from './engine.js';

/** @typedef {import('acg2vec').PictureIndex} PictureIndex */

/** @type {{ engine: import('acg2vec').Engine, index: Promise<PictureIndex> } | undefined} */
let current;
/** @type {Set<() => void>} */
const listeners = new Set();
let readOnly = false;
/** Whether another program or tab has the files and does not share them, so that this tab has no index, not even for reading. */
let isTaken = false;
let isAsking = false;
const ASK_MS = 1500;

/** Whether another tab has the index, so that this one can only read it; false until that is known. */
export const isReadOnly = () => readOnly;

/** `listener` is called when the index was opened again, after the other tab has ended. @param {() => void} listener */
export const onReopened = (listener) => void listeners.add(listener);

/**
 * Runs a task with the index; its engine is not closed meanwhile.
 * @template T
 * @param {number | undefined} threads
 * @param {(index: PictureIndex) => Promise<T>} task
 * @returns {Promise<T>}
 */
export async function useIndex(threads, task) {
    const engine = await engineWith(threads);
    return holdEngine(async () => {
        const opening = openWith(engine, threads);
        const opened = current;
        const index = await opening;
        try {
            return await task(index);
        } catch (error) {
            const { reason } = /** @type {{ reason?: import('acg2vec').Reason }} */ (error);
            if (reason !== 'INDEX_TAB_CLOSED') throw error;
            // this tab may get the files now. Of several tasks that fail at the same time, only the first opens the
            // index again: for the next one it would be taken
            if (current === opened) current = { engine, index: open(engine, threads, index) };
            return task(await openWith(engine, threads));
        } finally {
            if (readOnly) noticeEnd(threads);
        }
    });
}

/** Tries again at intervals, to notice when the other tab has ended. @param {number | undefined} threads */
function noticeEnd(threads) {
    if (isAsking) return;
    isAsking = true;
    setTimeout(() => {
        isAsking = false;
        useIndex(threads, (index) => index.idOf('')).catch(() => {}); // callers that need it get the error
    }, ASK_MS);
}

/** @param {import('acg2vec').Engine} engine @param {number | undefined} threads */
function openWith(engine, threads) {
    if (current?.engine !== engine) {
        const before = current?.index;
        current = { engine, index: open(engine, threads, before) };
    }
    const opening = current;
    return opening.index.catch((error) => {
        if (current === opening) current = undefined; // a failed start is tried again
        throw error;
    });
}

/**
 * @param {import('acg2vec').Engine} engine
 * @param {number | undefined} threads
 * @param {PictureIndex | Promise<PictureIndex>} [before]
 */
async function open(engine, threads, before) {
    await Promise.resolve(before)
        .then((index) => index?.close())
        .catch(() => {}); // its engine has ended
    const isAnew = readOnly || isTaken;
    try {
        const index = await createIndex({ engine });
        readOnly = index.isReadOnly;
        isTaken = false;
        if (isAnew) for (const listener of listeners) listener();
        return index;
    } catch (error) {
        isTaken = /** @type {{ reason?: string }} */ (error).reason === 'INDEX_TAKEN';
        if (isTaken) noticeEnd(threads);
        throw error;
    }
}
