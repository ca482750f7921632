// Enlarges pictures for several routes: the parameters, and the result as a stream or a whole file.
import { PassThrough } from 'node:stream';
import { Refusal } from '../http/refusal.js';
import { UPSCALERS } from '../models.js';

/** @typedef {import('acg2vec').UpscaleOptions} UpscaleOptions */

export const FORMATS = ['png', 'webp', 'jpg'];
/** @type {Record<string, string>} */
export const MEDIA_TYPES = { png: 'image/png', webp: 'image/webp', jpg: 'image/jpeg' };

/** The schema of the parameters. The engine checks whether the model has the scale and the denoise level. */
export const UPSCALE = {
    scale: { type: 'integer', enum: [1, 2, 3, 4], description: 'default 2, or the only scale that the model has' },
    model: { type: 'string', enum: UPSCALERS, description: `default ${UPSCALERS[0]}` },
    denoise: { type: 'string', enum: ['conservative', 'none', '0', '1', '2', '3'] },
    strength: { type: 'number', minimum: 0.5, maximum: 1.5 },
    format: { type: 'string', enum: FORMATS, description: 'default png' },
    quality: { type: 'integer', minimum: 1, maximum: 100, description: 'of webp and jpg, default 90' },
    colour: { type: 'string', enum: ['keep', 'srgb'], description: 'srgb: colours are converted to sRGB; default keep' },
};

/** The maximal size of the buffer for a client that reads slower than the engine writes. */
const BACKLOG_BYTES = 64 << 20;

/**
 * Sends the enlarged picture: its first bytes are sent while the rest is computed.
 * @param {import('../pool.js').Pool} pool
 * @param {Buffer} picture
 * @param {UpscaleOptions & { signal: AbortSignal }} options
 * @param {import('fastify').FastifyReply} reply
 */
export async function streamUpscale(pool, picture, { signal, ...options }, reply) {
    const out = new PassThrough();
    const slow = new AbortController();
    const either = AbortSignal.any([signal, slow.signal]);
    const done = new Promise((begun, failed) => {
        const onChunk = (/** @type {Uint8Array} */ chunk) => {
            out.write(chunk);
            begun(undefined);
            if (out.writableLength > BACKLOG_BYTES) slow.abort(new Refusal(408, 'The client reads too slowly'));
        };
        pool.run((engine) => engine.upscale(picture, { ...options, signal: either, onChunk }), either).then(
            () => out.end(),
            (error) => {
                failed(error); // no effect if the answer has begun: then the answer ends too early
                out.destroy(error);
            },
        );
    });
    out.on('error', () => {}); // before the answer begins: the request fails with the same error
    await done;
    return reply.type(MEDIA_TYPES[options.format ?? 'png']).send(out);
}

/**
 * Enlarges the picture and gives the whole file.
 * @param {import('../pool.js').Pool} pool
 * @param {Buffer} picture
 * @param {UpscaleOptions & { signal: AbortSignal }} options
 * @returns {Promise<Buffer>}
 */
export async function upscaleWhole(pool, picture, options) {
    const { blob } = await pool.run((engine) => engine.upscale(picture, options), options.signal);
    return Buffer.from(await /** @type {Blob} */ (blob).arrayBuffer());
}
