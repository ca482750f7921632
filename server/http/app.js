// Builds the HTTP app: Fastify and its plugins, in the order in which they handle a request.
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import pressure from '@fastify/under-pressure';
import formbody from '@fastify/formbody';
import { fastify } from 'fastify';
import { guardAccess } from './access.js';
import { admit } from './admission.js';
import { ENVELOPE, errorsAs } from './errors.js';
import { documented, readForms, uploads } from './forms.js';
import { readJson } from './json.js';
import { measure } from './metrics.js';
import { Refusal } from './refusal.js';
import { answerUnknown, answerUnreadable } from './unknown.js';
import { autotagger } from '../routes/autotagger.js';
import { health } from '../routes/health.js';
import { images } from '../routes/images.js';
import { immich } from '../routes/immich.js';
import { original } from '../routes/original.js';
import { search } from '../routes/search.js';
import { webui } from '../routes/webui.js';

/**
 * @typedef {import('fastify').FastifyInstance} App
 *
 * @typedef {object} Context
 * @property {import('../pool.js').Pool} pool
 * @property {import('../options.js').Options} options
 * @property {import('../store/store.js').Store} [store]
 * @property {AbortSignal} ending aborted when the service gets the signal to stop: it takes no more requests
 * @property {AbortSignal} stopping aborted when the time for current requests is over
 *
 * @typedef {(app: App, context: Context) => Promise<void>} Routes
 */

/** Routes that need a place in the queue. @type {Routes[]} */
const WORK = [original, images, autotagger, immich, webui, search];

const RETRY_SECONDS = 5;
const EVENT_LOOP_DELAY_MS = 3000;
const HEADERS_MS = 10_000;
const CHECK_MS = 1000;

/**
 * @param {Context} context
 * @returns {Promise<App>}
 */
export async function buildApp(context) {
    const { options, pool, ending, stopping } = context;
    const app = fastify({
        logger: loggerOf(options.log),
        bodyLimit: 1 << 20,
        requestTimeout: options.seconds * 1000,
        http: { headersTimeout: Math.min(HEADERS_MS, options.seconds * 1000), connectionsCheckingInterval: CHECK_MS },
        ajv: { plugins: [uploads] },
        exposeHeadRoutes: false,
        clientErrorHandler: answerUnreadable,
    });
    app.decorateRequest('work', /** @type {any} */ (null));
    app.setErrorHandler(errorsAs(ENVELOPE));
    closeConnectionsAtEnd(app, ending);
    await guardAccess(app, options);
    answerUnknown(app);
    measure(app, pool);
    if (options.rate > 0) await app.register(rateLimit, { max: options.rate, timeWindow: '1 minute' });
    await document(app);
    readJson(app);
    await app.register(async (quick) => health(quick, context));
    await app.register(async (working) => {
        await refuseUnderLoad(working, options.memory);
        admit(working, pool, options, stopping);
        await working.register(formbody);
        await readForms(working, options);
        for (const routes of WORK) await working.register(async (own) => routes(own, context));
    });
    return app;
}

/** Logs the path of a request without its parameters, which have URLs of pictures and search texts. @param {string} level */
function loggerOf(level) {
    if (level === 'silent') return false;
    const req = ({ method = '', url = '', ip = '' }) => ({ method, path: url.split('?')[0], ip });
    return { level, serializers: { req }, stream: process.stderr };
}

/**
 * Closes keep-alive connections after their answer when the service ends, because closing the app waits for all connections.
 * @param {App} app
 * @param {AbortSignal} ending
 */
function closeConnectionsAtEnd(app, ending) {
    app.addHook('onSend', async (_request, reply) => {
        if (ending.aborted) reply.header('connection', 'close');
    });
    app.addHook('onResponse', async () => {
        if (ending.aborted) setImmediate(() => app.server.closeIdleConnections());
    });
}

/**
 * Refuses requests while the load is too high, with the status of a full queue.
 * @param {App} app
 * @param {number} megabytes
 */
async function refuseUnderLoad(app, megabytes) {
    await app.register(pressure, {
        maxEventLoopDelay: EVENT_LOOP_DELAY_MS,
        maxRssBytes: megabytes * 1e6,
        pressureHandler: (_request, _reply, _type, value) => {
            if (value === Number.POSITIVE_INFINITY) return; // no measurement yet
            throw new Refusal(429, 'The service is overloaded: try again later', { retryAfter: RETRY_SECONDS });
        },
    });
}

/** The OpenAPI document is generated from the schemas that check requests. @param {App} app */
async function document(app) {
    await app.register(swagger, {
        openapi: {
            openapi: '3.0.3',
            info: { title: 'acg2vec', description: 'Enlarge, tag, score and embed anime pictures', version: '0.1.0' },
        },
        transform: ({ schema, url }) => ({ schema: documented(schema), url }),
    });
    await app.register(swaggerUi, { routePrefix: '/docs' });
}
