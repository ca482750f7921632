// Starts the service: `createService` for programs, `run` for `acg2vec serve`.
import { buildApp } from './http/app.js';
import { Refusal } from './http/refusal.js';
import { checkOptions } from './options.js';
import { openStore } from './store/open.js';
import { Pool } from './pool.js';
import { availableParallelism } from 'node:os';

export { ARGUMENTS, checkOptions, fromArguments } from './options.js';
export { openCollection } from './store/open.js';

/**
 * @typedef {import('./options.js').GivenOptions} GivenOptions
 * @typedef {{ url: string, close: () => Promise<void> }} Service close: accepts no more requests, and resolves when the current ones have
 *   ended
 */

/** The time for the answers to requests that were aborted. */
const LAST_WORDS_MS = 1000;

/**
 * Starts the engines and listens.
 * @example const { url, close } = await createService({ port: 8081 });
 * @param {GivenOptions} [given]
 * @returns {Promise<Service>}
 * @throws {Error} BAD_ARGUMENT, or what the engine, the store or the port throws
 */
export async function createService(given = {}) {
    const options = checkOptions(given);
    const { workers, queue, host, port, grace } = options;
    const [end, stop] = [new AbortController(), new AbortController()];
    const startEngine = options.startEngine ?? (await starterOf(options));
    const pool = new Pool({ workers, queue, startEngine });
    const store = await storeOf(options, startEngine);
    const app = await buildApp({ options, pool, store, ending: end.signal, stopping: stop.signal });
    try {
        await pool.open();
        const url = await app.listen({ host, port });
        return { url, close: once(() => close(app, [pool, ...(store ? [store] : [])], { end, stop, grace })) };
    } catch (error) {
        await app.close();
        await pool.close();
        await store?.close();
        throw error;
    }
}

/**
 * Runs a service until the process gets SIGINT, SIGTERM or SIGHUP.
 * @param {GivenOptions} given
 */
export async function run(given) {
    const stopped = new Promise((resolve) => {
        for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, resolve);
    });
    const service = await createService(given);
    process.stdout.write(`${service.url}\n`);
    await stopped;
    await service.close();
}

/**
 * @param {import('fastify').FastifyInstance} app
 * @param {{ close: () => Promise<void> }[]} others resources that are closed after the app
 * @param {{ end: AbortController, stop: AbortController, grace: number }} how grace: seconds
 */
async function close(app, others, { end, stop, grace }) {
    end.abort();
    const giveUp = () => {
        stop.abort(new Refusal(503, 'The service stops'));
        setTimeout(() => app.server.closeAllConnections(), LAST_WORDS_MS).unref();
    };
    const deadline = setTimeout(giveUp, grace * 1000);
    await app.close();
    clearTimeout(deadline);
    await Promise.all(others.map((each) => each.close()));
}

/** @param {import('./options.js').Options} options */
async function starterOf({ models, workers, threads = Math.max(1, Math.floor(availableParallelism() / workers)) }) {
    const { createEngine } = await import('acg2vec');
    return () => createEngine({ models, threads: Math.min(threads, 64) });
}

/**
 * @param {import('./options.js').Options} options
 * @param {() => Promise<import('acg2vec').Engine>} startEngine
 */
async function storeOf({ store, tagger, openIndex }, startEngine) {
    if (store === undefined) return undefined;
    return openStore(store, { startEngine, tagger, openIndex: openIndex ?? (await import('acg2vec')).createIndex });
}

/** @param {() => Promise<void>} task */
function once(task) {
    /** @type {Promise<void> | undefined} */
    let running;
    return () => (running ??= task());
}
