// The answers to failed requests. Adapters answer in the form that their clients expect.
import { endUpload } from './admission.js';
import { outcomeOf } from './refusal.js';

/**
 * @typedef {object} Shape
 * @property {(message: string, status: number) => object} body
 * @property {(status: number) => number} [status] converts a status to that of this client
 */

/** @type {Shape} the original's envelope */
export const ENVELOPE = { body: (message) => ({ message }) };

/**
 * @param {Shape} shape
 * @returns {(error: unknown, request: import('fastify').FastifyRequest, reply: import('fastify').FastifyReply) => unknown}
 */
export function errorsAs({ body, status: known = (status) => status }) {
    return (error, request, reply) => {
        const { status, message, retryAfter } = outcomeOf(request.work?.aborted ? request.work.reason : error);
        if (status >= 500) request.log.error({ err: error }, 'a request failed');
        if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
        endUpload(request, reply);
        return reply.status(known(status)).send(body(`${message}.`, status));
    };
}

const sentence = { type: 'string' };
const failure = (/** @type {Record<string, object>} */ properties) => ({
    description: 'What went wrong, in a sentence',
    type: 'object',
    properties,
    required: Object.keys(properties),
});

/** For the OpenAPI document. */
export const FAILURE = failure({ message: sentence });

/**
 * The answers of an adapter, for the OpenAPI document.
 * @param {string[]} names the properties of its errors
 */
export function answersOfAdapter(...names) {
    const failed = failure(Object.fromEntries(names.map((name) => [name, sentence])));
    return { 200: { description: 'As the program that it stands for answers' }, '4xx': failed, '5xx': failed };
}
