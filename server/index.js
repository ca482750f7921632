// The service as a program uses it: `createService`, and as `acg2vec serve` does: `run`.
import { buildApp } from './http/app.js';
import { Refusal } from './http/refusal.js';
import { checkOptions } from './options.js';
import { Pool } from './work/pool.js';
import { availableParallelism } from 'node:os';

export { ARGUMENTS, checkOptions, fromArguments } from './options.js';

/**
 * @typedef {import('./options.js').GivenOptions} GivenOptions
 * @typedef {{ url: string, close: () => Promise<void> }} Service close: takes no more requests, and ends when those there are done
 */

/**
 * Starts the engines and listens.
 * @param {GivenOptions} [given]
 * @returns {Promise<Service>}
 */
export async function createService(given = {}) {
    const options = checkOptions(given);
    const { workers, queue, host, port, grace } = options;
    const stop = new AbortController();
    const pool = new Pool({ workers, queue, startEngine: options.startEngine ?? (await starterOf(options)) });
    const app = await buildApp({ options, pool, stopping: stop.signal });
    try {
        await pool.open();
        const url = await app.listen({ host, port });
        return { url, close: once(() => close(app, pool, stop, grace)) };
    } catch (error) {
        await app.close();
        await pool.close();
        throw error;
    }
}

/**
 * Runs a service until a signal tells it to stop.
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
 * @param {Pool} pool
 * @param {AbortController} stop
 * @param {number} grace seconds
 */
async function close(app, pool, stop, grace) {
    const end = () => {
        stop.abort(new Refusal(503, 'The service stops'));
        setTimeout(() => app.server.closeAllConnections(), 1000).unref();
    };
    const deadline = setTimeout(end, grace * 1000);
    await app.close();
    clearTimeout(deadline);
    stop.abort(new Refusal(503, 'The service stops'));
    await pool.close();
}

/** @param {import('./options.js').Options} options */
async function starterOf({ models, workers, threads = Math.max(1, Math.floor(availableParallelism() / workers)) }) {
    const { createEngine } = await import('acg2vec');
    return () => createEngine({ models, threads: Math.min(threads, 64) });
}

/** @param {() => Promise<void>} task */
function once(task) {
    /** @type {Promise<void> | undefined} */
    let running;
    return () => (running ??= task());
}
