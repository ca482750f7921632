// Keeps the one index of the page, opened with the engine that there is: its files can be open once only, in one tab of the browser.
import { createIndex } from 'acg2vec';
import { engineWith, holdEngine } from './engine.js';

/** @typedef {import('acg2vec').PictureIndex} PictureIndex */

/** @type {{ engine: import('acg2vec').Engine, index: Promise<PictureIndex> } | undefined} */
let current;
/** @type {Set<() => void>} */
const listeners = new Set();
let readOnly = false;
/** Whether something else has its files, so that this tab has no index at all, not even one to read. */
let isTaken = false;
let isAsking = false;
const ASK_MS = 1500;

/** Whether another tab has the index, so that this one can only read it; false: nobody knows yet. */
export const isReadOnly = () => readOnly;

/** `listener` is called when the index was opened anew, because what had it is gone. @param {() => void} listener */
export const onReopened = (listener) => void listeners.add(listener);

/**
 * What `task` makes of the index, with an engine that stays as long.
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
            const { code } = /** @type {{ code?: string }} */ (error);
            if (!index.isReadOnly || code !== 'INTERNAL') throw error;
            // the tab that had the files was closed, and this one may get them. Of several tasks that fail at once only the first opens it
            // anew: the next would find it taken, and only read
            if (current === opened) current = { engine, index: open(engine, threads, index) };
            return task(await openWith(engine, threads));
        } finally {
            if (readOnly) noticeEnd(threads);
        }
    });
}

/** Asks now and then, so that it is noticed when what has the index is gone. @param {number | undefined} threads */
function noticeEnd(threads) {
    if (isAsking) return;
    isAsking = true;
    setTimeout(() => {
        isAsking = false;
        useIndex(threads, (index) => index.idOf('')).catch(() => {}); // whoever wants something of it is told
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
        if (current === opening) current = undefined; // a failed start is not remembered
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
        .catch(() => {}); // its engine is gone
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
