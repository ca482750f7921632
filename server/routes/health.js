// Health checks for monitoring: whether the service is alive, and whether it is ready.

/** @type {import('../http/app.js').Routes} */
export async function health(app, { pool, store, ending }) {
    app.get('/healthz', { schema: { summary: 'Whether the process lives', tags: ['service'] } }, async () => ({ status: 'ok' }));
    app.get(
        '/readyz',
        { schema: { summary: 'Whether it can work: its engines have started, its store is reached', tags: ['service'] } },
        async (_request, reply) => {
            const isReady = pool.state.workers > 0 && !ending.aborted && (await isReached(store));
            return reply.status(isReady ? 200 : 503).send({ ready: isReady, ...pool.state });
        },
    );
}

/** @param {import('../store/store.js').Store | undefined} store */
async function isReached(store) {
    try {
        await store?.check();
        return true;
    } catch {
        return false;
    }
}
