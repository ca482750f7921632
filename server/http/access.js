// Checks the token of requests, in constant time, and allows pages of some origins (CORS).
import { createHash, timingSafeEqual } from 'node:crypto';
import cors from '@fastify/cors';
import { Refusal } from './refusal.js';

/** The paths that need no token: health checks. */
const OPEN = new Set(['/healthz', '/readyz', '/ping']);

/**
 * @param {import('fastify').FastifyInstance} app
 * @param {{ token?: string, cors: string[] }} options
 */
export async function guardAccess(app, { token, cors: origins }) {
    if (origins.length > 0) await app.register(cors, { origin: origins.includes('*') ? '*' : origins, maxAge: 600 });
    if (token === undefined) return;
    const wanted = digest(token);
    app.addHook('onRequest', async (request, reply) => {
        if (OPEN.has(request.routeOptions.url ?? '')) return;
        if (timingSafeEqual(digest(tokenOf(request.headers.authorization)), wanted)) return;
        reply.header('www-authenticate', 'Bearer, Basic realm="acg2vec"');
        throw new Refusal(401, 'Expected the token of this service in the header Authorization');
    });
}

/** The token of Bearer, or the password of Basic: many programs can only send http://user:token@host. @param {string} [header] */
function tokenOf(header = '') {
    const [, scheme, value] = /^(\S+)\s+(\S+)\s*$/.exec(header) ?? [];
    if (/^bearer$/i.test(scheme ?? '')) return value;
    if (!/^basic$/i.test(scheme ?? '')) return '';
    return Buffer.from(value, 'base64')
        .toString()
        .replace(/^[^:]*:/, '');
}

/** A hash of the token, so that both sides have the same length. @param {string} text */
const digest = (text) => createHash('sha256').update(text).digest();
