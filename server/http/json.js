// Reads JSON bodies. Refuses those with very many values: a small body could become a very large tree of objects.
import { Ajv } from 'ajv';
import { Refusal } from './refusal.js';

const MAX_DEPTH = 16;
const MAX_VALUES = 20_000;

const strict = new Ajv({ useDefaults: true });

/**
 * A validator for our own routes that take JSON: values must have the types in the schema. Fastify's own validator converts texts to numbers, as
 * forms and query strings need it.
 * @type {import('fastify').FastifySchemaCompiler<any>}
 */
export const strictly = ({ schema }) => strict.compile(schema);

/** @param {import('fastify').FastifyInstance} app */
export function readJson(app) {
    const parse = app.getDefaultJsonParser('error', 'error');
    app.removeContentTypeParser('application/json');
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
        try {
            checkJson(/** @type {Buffer} */ (body));
        } catch (error) {
            return done(/** @type {Error} */ (error));
        }
        parse(request, body.toString('utf8'), done);
    });
}

/**
 * Counts brackets and commas outside strings. Strings may have any length, because pictures in base64 are long.
 * @param {Buffer} body
 * @throws {Refusal}
 */
export function checkJson(body) {
    let depth = 0;
    let values = 0;
    for (let at = 0; at < body.length; at++) {
        const byte = body[at];
        if (byte === 0x22) at = endOfText(body, at + 1);
        else if (byte === 0x5b || byte === 0x7b) depth++;
        else if (byte === 0x5d || byte === 0x7d) depth--;
        else if (byte === 0x2c) values++;
        if (depth > MAX_DEPTH) throw new Refusal(400, `Expected JSON of at most ${MAX_DEPTH} levels`);
        if (values > MAX_VALUES) throw new Refusal(413, `Expected JSON of at most ${MAX_VALUES} values`);
    }
}

/**
 * @param {Buffer} body
 * @param {number} at after the opening quotation mark
 */
function endOfText(body, at) {
    for (;;) {
        const end = body.indexOf(0x22, at);
        if (end < 0) return body.length;
        let slashes = 0;
        while (body[end - 1 - slashes] === 0x5c) slashes++;
        if (slashes % 2 === 0) return end;
        at = end + 1;
    }
}
