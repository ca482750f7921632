// Metrics for Prometheus: GET /metrics.
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * @param {import('fastify').FastifyInstance} app
 * @param {import('../pool.js').Pool} pool
 */
export function measure(app, pool) {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const seconds = new Histogram({
        name: 'acg2vec_request_seconds',
        help: 'The time that requests took, by route and status',
        labelNames: ['route', 'status'],
        buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100],
        registers: [registry],
    });
    for (const name of /** @type {const} */ (['workers', 'busy', 'waiting'])) {
        new Gauge({
            name: `acg2vec_${name}`,
            help: { workers: 'Engines', busy: 'Engines that work', waiting: 'Requests that wait for an engine' }[name],
            registers: [registry],
            collect() {
                this.set(pool.state[name]);
            },
        });
    }
    app.addHook('onResponse', async (request, reply) => {
        seconds.observe({ route: request.routeOptions.url ?? 'none', status: reply.statusCode }, reply.elapsedTime / 1000);
    });
    app.get('/metrics', { schema: { summary: 'Figures for Prometheus', tags: ['service'] } }, async (_request, reply) =>
        reply.type(registry.contentType).send(await registry.metrics()),
    );
}
