// Reads forms (multipart/form-data) into `request.body`: fields as texts, files as Uploads in memory. Nothing is written to the disk. The schema of
// the route then checks the body; its keyword `picture` means a file.
import multipart from '@fastify/multipart';
import { Refusal } from './refusal.js';

/**
 * @typedef {{ bytes: Buffer, filename: string }} Upload
 * @typedef {import('fastify').FastifyInstance} App
 * @typedef {import('fastify').FastifyRequest} Request
 */

const FIELDS = 24;
const FIELD_BYTES = 64 << 10;
const NAME_BYTES = 100;
const HEADERS = 16; // of each part

/** The maximal size of a form without its files, in bytes. */
export const FORM_BYTES = 1 << 20;

/** Adds the keyword `picture` to Ajv: the value must be a file of a form. */
export function uploads(/** @type {any} */ ajv) {
    return ajv.addKeyword({
        keyword: 'picture',
        validate: (/** @type {boolean} */ _wanted, /** @type {any} */ value) => Buffer.isBuffer(value?.bytes),
        error: { message: 'must be a file' },
    });
}

/** Replaces the keyword `picture` by OpenAPI's form. @param {any} schema @returns {any} */
export function documented(schema) {
    if (Array.isArray(schema)) return schema.map(documented);
    if (typeof schema !== 'object' || schema === null) return schema;
    const { picture, ...others } = schema;
    const plain = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, documented(value)]));
    return picture === true ? { ...plain, type: 'string', format: 'binary' } : plain;
}

/**
 * @param {App} app
 * @param {{ megabytes: number }} limits
 */
export async function readForms(app, { megabytes }) {
    const fileSize = Math.floor(megabytes * 1e6);
    await app.register(multipart, {
        throwFileSizeLimit: false, // it would read the whole file first
        limits: { fileSize, fields: FIELDS, fieldSize: FIELD_BYTES, fieldNameSize: NAME_BYTES, headerPairs: HEADERS },
    });
    app.addHook('preValidation', async (request) => {
        if (!request.isMultipart()) return;
        request.body = await beforeAbort(readParts(request), request.work);
    });
}

/**
 * The parts of a form by name. A field that occurs several times is an array; so are files if the route accepts several.
 * @param {Request} request
 */
async function readParts(request) {
    const { files = 1 } = /** @type {{ files?: number }} */ (request.routeOptions.config);
    /** @type {Map<string, unknown>} */
    const body = new Map();
    for await (const part of request.parts({ limits: { files, parts: files + FIELDS } })) {
        const value = part.type === 'file' ? { bytes: await readFile(part.file), filename: part.filename ?? '' } : part.value;
        if (part.type === 'field' && part.valueTruncated) throw new Refusal(413, `The field ${part.fieldname} is too long`);
        const before = body.get(part.fieldname);
        const isList = before !== undefined || (part.type === 'file' && files > 1);
        body.set(part.fieldname, isList ? [before ?? [], value].flat() : value);
    }
    return Object.fromEntries(body);
}

/**
 * Reads a file. Fails as soon as it is too large.
 * @param {import('@fastify/multipart').MultipartFile['file']} file
 * @returns {Promise<Buffer>}
 */
function readFile(file) {
    return new Promise((resolve, reject) => {
        /** @type {Buffer[]} */
        const chunks = [];
        file.on('data', (chunk) => chunks.push(chunk));
        file.once('limit', () => reject(new Refusal(413, 'The picture has more bytes than this service takes')));
        file.once('end', () => resolve(Buffer.concat(chunks)));
        file.once('error', reject);
    });
}

/**
 * @template T
 * @param {Promise<T>} reading
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
function beforeAbort(reading, signal) {
    return new Promise((resolve, reject) => {
        const abort = () => reject(signal.reason);
        if (signal.aborted) abort();
        signal.addEventListener('abort', abort, { once: true });
        reading.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    });
}
