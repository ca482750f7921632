// Joins signals for the time of a task.

/**
 * Runs `task` with a signal that aborts when one of `signals` does. When the task has ended, nothing is left at them: for each
 * AbortSignal.any Node keeps a weak reference at the signals that it joins, for as long as these live.
 * @template T
 * @param {(AbortSignal | undefined)[]} signals
 * @param {(signal: AbortSignal) => Promise<T>} task
 * @returns {Promise<T>}
 */
export async function withEither(signals, task) {
    const own = new AbortController();
    const given = signals.filter((signal) => signal !== undefined);
    const abort = () => own.abort(given.find(({ aborted }) => aborted)?.reason);
    if (given.some(({ aborted }) => aborted)) abort();
    for (const signal of given) signal.addEventListener('abort', abort);
    try {
        return await task(own.signal);
    } finally {
        for (const signal of given) signal.removeEventListener('abort', abort);
    }
}
