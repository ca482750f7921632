// Checks a request before its body is read: the size of the upload, a free place in the queue, and a deadline.
import { FORM_BYTES } from './forms.js';
import { Refusal } from './refusal.js';

/** The rest of a refused upload is read and dropped, so that the client gets the answer. The connection ends if no data come for this time. */
const IDLE_MS = 1000;
/** Data that come after this time do not keep the connection open. */
const LINGER_MS = 10_000;

/**
 * Adds the checks. `request.work` is aborted when the request takes too long, the client is gone, or the service stops.
 * @param {import('fastify').FastifyInstance} app
 * @param {import('../pool.js').Pool} pool
 * @param {{ megabytes: number, seconds: number }} limits
 * @param {AbortSignal} stopping
 */
export function admit(app, pool, { megabytes, seconds }, stopping) {
    app.addHook('onRequest', async (request, reply) => {
        checkLength(request, megabytes);
        const leave = pool.takePlace();
        const own = new AbortController();
        const late = setTimeout(() => own.abort(new Refusal(408, `The request took more than ${seconds} seconds`)), seconds * 1000);
        const stop = () => own.abort(stopping.reason);
        if (stopping.aborted) stop();
        stopping.addEventListener('abort', stop);
        reply.raw.once('close', () => {
            stopping.removeEventListener('abort', stop);
            clearTimeout(late);
            leave();
            if (!reply.raw.writableFinished) own.abort(new Refusal(499, 'The client is gone'));
        });
        request.work = own.signal;
    });
}

/**
 * @param {import('fastify').FastifyRequest} request
 * @param {number} megabytes
 */
function checkLength(request, megabytes) {
    const { files = 1 } = /** @type {{ files?: number }} */ (request.routeOptions.config);
    const isForm = /^multipart\//i.test(request.headers['content-type'] ?? '');
    if (isForm && Number(request.headers['content-length'] ?? 0) > megabytes * 1e6 * files + FORM_BYTES)
        throw new Refusal(413, `Expected an upload of at most ${megabytes} MB`);
}

/**
 * Ends an upload that was refused before it was read. Waits a little: if the connection closed at once, the client would still be sending, and
 * would lose the answer.
 * @param {import('fastify').FastifyRequest} request
 * @param {import('fastify').FastifyReply} reply
 */
export function endUpload({ raw }, reply) {
    const { 'content-length': length = '0', 'transfer-encoding': coding } = raw.headers;
    if (raw.complete || (length === '0' && coding === undefined)) return;
    reply.header('connection', 'keep-alive');
    // raw.complete: the rest has come meanwhile, and the connection may serve another request
    const end = setTimeout(() => raw.complete || raw.socket.destroy(), IDLE_MS).unref();
    const last = Date.now() + LINGER_MS;
    raw.unpipe();
    raw.on('data', () => Date.now() < last && end.refresh());
    raw.resume();
    raw.once('close', () => clearTimeout(end));
}
