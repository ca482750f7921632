// What watches the service asks: does it live, can it work?

/** @type {import('../http/app.js').Routes} */
export async function health(app, { pool, stopping }) {
    app.get('/healthz', { schema: { summary: 'Whether the process lives', tags: ['service'] } }, async () => ({ status: 'ok' }));
    app.get(
        '/readyz',
        { schema: { summary: 'Whether it can work: its engines have started', tags: ['service'] } },
        async (_request, reply) => {
            const isReady = pool.state.workers > 0 && !stopping.aborted;
            return reply.status(isReady ? 200 : 503).send({ ready: isReady, ...pool.state });
        },
    );
}
