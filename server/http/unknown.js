// Answers requests without a route: 405 if the path has other methods, otherwise 404.
import { STATUS_CODES } from 'node:http';
import { endUpload } from './admission.js';

/** @typedef {import('fastify').FastifyInstance} App */

/** The status for errors of Node's HTTP parser; for all others it is 400. @type {Record<string, number>} */
const STATUSES = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431, HPE_INVALID_METHOD: 405 };

/**
 * To be registered before the routes, and after the access check.
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
    // runs before the body's type is checked, because that is not the error
    app.addHook('onRequest', async (request, reply) => (request.is404 ? answer(request, reply) : undefined));
    app.setNotFoundHandler(answer);
}

/**
 * Answers data that Node cannot parse as an HTTP request.
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
