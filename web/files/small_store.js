// A store of IndexedDB in a database of its own: for a few objects that outlast the page.

/**
 * @param {string} name of the database
 * @param {string} store
 * @param {string} keyPath
 * @returns {<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>) => Promise<T>} runs a request on the store
 */
export function smallStore(name, store, keyPath) {
    return async (mode, ask) => {
        const opening = indexedDB.open(name, 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore(store, { keyPath });
        const database = await resultOf(opening);
        try {
            const transaction = database.transaction(store, mode);
            const result = await resultOf(ask(transaction.objectStore(store)));
            await completed(transaction); // before this, a killed tab would lose it
            return result;
        } finally {
            database.close();
        }
    };
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function resultOf(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

/**
 * @param {IDBTransaction} transaction
 * @returns {Promise<unknown>}
 */
function completed(transaction) {
    return new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
    });
}
