// The error class of the service, and the conversion of all errors to a status and a message of HTTP.

export class Refusal extends Error {
    /**
     * @param {number} status
     * @param {string} message
     * @param {{ retryAfter?: number, cause?: unknown }} [options] retryAfter: seconds
     */
    constructor(status, message, { retryAfter, cause } = {}) {
        super(message, { cause });
        this.name = 'Refusal';
        this.statusCode = status;
        this.retryAfter = retryAfter;
    }
}

/**
 * The status of each error code of the engine. NOT_FOUND and BAD_MODEL are about weights, so they are not the client's fault.
 * @type {Record<string, number>}
 */
const STATUSES = {
    BAD_ARGUMENT: 400,
    BAD_FORMAT: 400,
    UNREADABLE: 400,
    UNSUPPORTED: 415,
    NO_MEMORY: 413,
    NOT_FOUND: 503,
    BAD_MODEL: 503,
};

/** Errors with another status than that of their code, recognised by their messages. @type {[RegExp, number, string?][]} */
const BY_SENTENCE = [
    [/^Expected a PNG, JPEG, .* but found/, 415],
    [/ is too large: \d+ x \d+ pixels/, 413, 'The picture has more pixels than this service takes'],
    [/^The index .* could not be/, 503, 'The store cannot be reached: the log of the service says why'],
    [/multipart|terminated early|^Malformed|^Missing Content/i, 400], // from the parser of forms
];

/** Our messages for error codes of Fastify and its plugins. @type {Record<string, string>} */
const SENTENCES = {
    FST_PARTS_LIMIT: 'The form has too many parts',
    FST_FILES_LIMIT: 'The form has too many files',
    FST_FIELDS_LIMIT: 'The form has too many fields',
    FST_MP_PREMATURE_CLOSE: 'The upload was cut off',
    FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The body is of a type that is not expected here',
};

/**
 * @param {unknown} error
 * @returns {{ status: number, message: string, retryAfter?: number }}
 */
export function outcomeOf(error) {
    const { code = '', statusCode, retryAfter, message = '' } = /** @type {any} */ (error ?? {});
    const [, status = statusCode ?? STATUSES[code] ?? 500, sentence = SENTENCES[code] ?? message] =
        (statusCode === undefined && BY_SENTENCE.find(([pattern]) => pattern.test(message))) || [];
    const isOurs = status === 500; // a bug: only the log gets its details
    return { status, message: isOurs ? 'The service failed: its log says how' : sentence.replace(/[.\s]*$/, ''), retryAfter };
}
