// Requests for which there is no route: the path has other methods (405), or there is no such path (404).
import { STATUS_CODES } from 'node:http';
import { endUpload } from './admission.js';

/** @typedef {import('fastify').FastifyInstance} App */

/** Of Node's parser; what is not here is a bad request. @type {Record<string, number>} */
const STATUSES = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431, HPE_INVALID_METHOD: 405 };

/**
 * Before the routes are registered, behind what says who may call.
 * @param {App} app
 */
export function answerUnknown(app) {
    /** @type {{ path: RegExp, methods: string[] }[]} */
    const routes = [];
    app.addHook('onRoute', ({ url, method }) => {
        const path = new RegExp(
            `^${url
                .replace(/[.+?()[\]{}|\\^$]/g, '\\$&')
                .replace(/:\w+/g, '[^/]+')
                .replaceAll('*', '.*')}$`,
        );
        routes.push({ path, methods: [method].flat() });
    });
    /** @param {import('fastify').FastifyRequest} request @param {import('fastify').FastifyReply} reply */
    const answer = (request, reply) => {
        endUpload(request, reply);
        const path = request.url.split('?')[0];
        const methods = routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
        if (methods.length === 0 || methods.includes(request.method))
            return reply.status(404).send({ message: 'There is no such path here.' });
        const allowed = [...new Set(methods)].join(', ');
        return reply
            .status(405)
            .header('allow', allowed)
            .send({ message: `This path takes ${allowed}.` });
    };
    // before the body is looked at: its type, or that it has none, is not what is wrong
    app.addHook('onRequest', async (request, reply) => (request.is404 ? answer(request, reply) : undefined));
    app.setNotFoundHandler(answer);
}

/**
 * What Node could not read as a request of HTTP.
 * @param {Error & { code?: string }} error
 * @param {import('node:net').Socket} socket
 */
export function answerUnreadable({ code = '' }, socket) {
    if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const status = STATUSES[code] ?? 400;
    const body = JSON.stringify({ message: `${STATUS_CODES[status]}.` });
    const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Length: ${body.length}\r\nContent-Type: application/json\r\nConnection: close\r\n`;
    socket.end(`${head}\r\n${body}`, () => socket.destroy());
}
