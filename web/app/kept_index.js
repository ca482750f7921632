// Keeps the one index of the page, opened with the engine that there is: its files can be open once only, in one tab of the browser.
import { createIndex } from 'acg2vec';
import { engineWith, holdEngine } from './engine.js';

/** @typedef {import('acg2vec').PictureIndex} PictureIndex */

/** @type {{ engine: import('acg2vec').Engine, index: Promise<PictureIndex> } | undefined} */
let current;
/** @type {Set<() => void>} */
const listeners = new Set();
let readOnly = false;
let isAsking = false;
const ASK_MS = 1500;

/** Whether another tab has the index, so that this one can only read it; false: nobody knows yet. */
export const isReadOnly = () => readOnly;

/** `listener` is called when the index was opened anew, because the tab that had it was closed. @param {() => void} listener */
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
        const opening = openWith(engine);
        const opened = current;
        const index = await opening;
        if (index.isReadOnly) noticeEnd(threads);
        try {
            return await task(index);
        } catch (error) {
            const { code } = /** @type {{ code?: string }} */ (error);
            if (!index.isReadOnly || code !== 'INTERNAL') throw error;
            // of several tasks that fail at once only the first opens it anew: the next would find it taken, and only read
            if (current === opened) current = { engine, index: open(engine, index) };
            const reopened = await openWith(engine); // the tab that had the files was closed: this one may get them
            for (const listener of listeners) listener();
            return task(reopened);
        }
    });
}

/** Asks now and then, so that it is noticed when the tab that has the index is closed. @param {number | undefined} threads */
function noticeEnd(threads) {
    if (isAsking) return;
    isAsking = true;
    setTimeout(() => {
        isAsking = false;
        useIndex(threads, (index) => index.idOf('')).catch(() => {}); // whoever wants something of it is told
    }, ASK_MS);
}

/** @param {import('acg2vec').Engine} engine */
function openWith(engine) {
    if (current?.engine !== engine) {
        const before = current?.index;
        current = { engine, index: open(engine, before) };
    }
    const opening = current;
    return opening.index.catch((error) => {
        if (current === opening) current = undefined; // a failed start is not remembered
        throw error;
    });
}

/** @param {import('acg2vec').Engine} engine @param {PictureIndex | Promise<PictureIndex>} [before] */
async function open(engine, before) {
    await Promise.resolve(before)
        .then((index) => index?.close())
        .catch(() => {}); // its engine is gone
    const index = await createIndex({ engine });
    readOnly = index.isReadOnly;
    return index;
}
