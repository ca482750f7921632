// Opens a database in a browser. Only one tab can open its files: that tab has the worker, and answers the requests of other tabs. A web lock
// marks this tab; it is released when the tab ends, for any reason.
import { AcgError } from '../../errors.js';
import { packError } from '../../shared/protocol.js';
import { checkKeeping } from './check_keeping.js';

/**
 * @typedef {import('../../client/rpc.js').WorkerListener} WorkerListener
 * @typedef {import('../../client/rpc.js').WorkerPort} WorkerPort
 * @typedef {{ id: number, name: keyof import('../../index/database.js').DatabaseRequests, body: any }} Request
 * @typedef {{ tab: string, id: number, request?: Request, answer?: any }} Relayed
 */

/** The requests that another tab may send. */
const READING = ['all', 'packed', 'bytes'];
/** How long to wait for the first answer of the tab that has the files. */
const HELLO_MS = 5000;
/** The id of that first request; the others count from 1. */
const HELLO = 0;

const nameOf = (/** @type {string} */ location) => `acg2vec-index ${location}`;

/** @type {import('../platform.js').Platform['startDatabase']} */
export function startDatabase(listener) {
    /** @type {Promise<WorkerPort> | undefined} */
    let port;
    const answer = (/** @type {number} */ id, /** @type {unknown} */ error) =>
        listener.onMessage({ id, type: 'failed', error: packError(error) });
    return {
        post: (message, transfer) => {
            const request = /** @type {any} */ (message);
            port ??= openPort(request.body.location, listener);
            port.then(
                (open) => open.post(message, transfer),
                (error) => answer(request.id, error),
            );
        },
        hold: () => {},
        stop: async () => (await port?.catch(() => undefined))?.stop(),
    };
}

/**
 * @param {string} location
 * @param {WorkerListener} listener
 * @returns {Promise<WorkerPort>}
 */
async function openPort(location, listener) {
    await checkKeeping(); // without this there may be no locks either
    for (;;) {
        const release = await takeLock(nameOf(location));
        if (release) return ownPort(location, listener, release);
        const port = await otherTabsPort(location, listener);
        if (port) return port; // if not, that tab has ended meanwhile
    }
}

/**
 * @param {string} name
 * @returns {Promise<(() => void) | undefined>} releases it; undefined: another tab has it
 */
function takeLock(name) {
    return new Promise((resolve, reject) => {
        const hold = (/** @type {Lock | null} */ lock) => {
            if (!lock) return resolve(undefined);
            return new Promise((release) => resolve(() => release(undefined)));
        };
        navigator.locks.request(name, { ifAvailable: true }, hold).catch(reject);
    });
}

/**
 * Starts the worker, for this tab and for requests of other tabs.
 * @param {string} location
 * @param {WorkerListener} listener
 * @param {() => void} release
 * @returns {WorkerPort}
 */
function ownPort(location, { onMessage, onDeath }, release) {
    // written out in full: bundlers look for this form
    const worker = new Worker(new URL('../../worker/database/database_browser.js', import.meta.url), { type: 'module' });
    const channel = new BroadcastChannel(nameOf(location));
    /** @type {Map<number, { tab: string, id: number }>} */
    const relayed = new Map();
    let nextId = -1; // ids of this tab are positive
    worker.onmessage = ({ data }) => {
        const asked = relayed.get(data.id);
        if (!asked) return onMessage(data);
        relayed.delete(data.id);
        channel.postMessage({ ...asked, answer: { ...data, id: asked.id } });
    };
    worker.onerror = (event) => {
        event.preventDefault();
        onDeath(event.message || 'its script could not be loaded');
    };
    channel.onmessage = (/** @type {MessageEvent<Relayed>} */ { data: { tab, id, request } }) => {
        if (!request) return;
        if (!READING.includes(request.name)) return channel.postMessage({ tab, id, answer: { id, type: 'done' } });
        const own = nextId--;
        relayed.set(own, { tab, id });
        worker.postMessage({ ...request, id: own });
    };
    return {
        post: (message, transfer) => worker.postMessage(message, transfer),
        hold: () => {},
        stop: async () => {
            channel.close();
            worker.terminate();
            release();
        },
    };
}

/**
 * A port to the worker of the tab that has the files, after that tab has answered. It can only read.
 * @param {string} location
 * @param {WorkerListener} listener
 * @returns {Promise<WorkerPort | undefined>} undefined: it ended before it answered
 * @throws {AcgError} UNREADABLE: it does not answer
 */
async function otherTabsPort(location, { onMessage, onDeath }) {
    const tab = crypto.randomUUID();
    const channel = new BroadcastChannel(nameOf(location));
    const waiting = new AbortController();
    const stop = async () => {
        waiting.abort();
        channel.close();
    };
    const answered = new Promise((resolve) => {
        channel.onmessage = (/** @type {MessageEvent<Relayed>} */ { data }) => {
            if (data.tab !== tab || !data.answer) return;
            if (data.id === HELLO) resolve(true);
            else onMessage(data.answer);
        };
    });
    const ended = navigator.locks.request(nameOf(location), { signal: waiting.signal }, () => {});
    const greeted = Promise.race([answered, ended, new Promise((_, reject) => setTimeout(reject, HELLO_MS))]);
    channel.postMessage({ tab, id: HELLO, request: { name: 'open' } });
    try {
        if (!(await greeted)) {
            await stop();
            return undefined;
        }
    } catch {
        await stop();
        throw new AcgError('UNREADABLE', `The index ${location} is open in another tab, which does not answer`, { reason: 'INDEX_TAKEN' });
    }
    ended.then(
        () =>
            onDeath(
                new AcgError('UNREADABLE', `The tab that had the index ${location} open was closed. Open it again`, {
                    reason: 'INDEX_TAB_CLOSED',
                }),
            ),
        () => {}, // this tab's port was closed before
    );
    return { post: (message) => ask(/** @type {any} */ (message)), hold: () => {}, stop };

    /** @param {Request} request */
    function ask({ id, name, body }) {
        if (READING.includes(name)) return channel.postMessage({ tab, id, request: { id, name, body } });
        if (name === 'open') return onMessage({ id, type: 'done', body: { isReadOnly: true } });
        if (name === 'close') return onMessage({ id, type: 'done', body: undefined });
        const why = `The index ${location} is open in another tab, so that this one can only search in it`;
        onMessage({ id, type: 'failed', error: packError(new AcgError('UNREADABLE', why, { reason: 'INDEX_READ_ONLY' })) });
    }
}
