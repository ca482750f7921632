// A cancelled call is over at once.

/**
 * The engine ends its step before it answers to an abort; nobody needs to wait for that.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
export function untilAborted(promise, signal) {
    return new Promise((resolve, reject) => {
        promise.then(resolve, reject);
        const cancel = () => reject(Object.assign(new Error('Cancelled.'), { code: 'CANCELLED' }));
        signal.addEventListener('abort', cancel, { once: true });
    });
}
