// Answers failed requests. Adapters use the form that their clients expect.
import { endUpload } from './admission.js';
import { outcomeOf } from './refusal.js';

/**
 * @typedef {object} Shape
 * @property {(message: string, status: number) => object} body makes the body of an answer
 * @property {(status: number) => number} [status] converts a status to the one that this client expects
 */

/** The form of ACG2vec's own service. @type {Shape} */
export const ENVELOPE = { body: (message) => ({ message }) };

/**
 * An error handler for Fastify.
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

/** The schema of an error, for the OpenAPI document. */
export const FAILURE = failure({ message: sentence });

/**
 * The answers of an adapter, for the OpenAPI document.
 * @param {string[]} names the properties of its errors
 */
export function answersOfAdapter(...names) {
    const failed = failure(Object.fromEntries(names.map((name) => [name, sentence])));
    return { 200: { description: 'The same answer as from the program whose API this is' }, '4xx': failed, '5xx': failed };
}
