// Our own routes: enlarge a picture, tag a picture.
import { FAILURE } from '../http/errors.js';
import { TAGGERS } from '../models.js';
import { FORMATS, MEDIA_TYPES, streamUpscale, UPSCALE } from './enlarging.js';
import { IMAGE_FORM, PICTURE, pictureOptions } from './pictures.js';

/** @typedef {import('./pictures.js').PictureForm} PictureForm */

const THRESHOLD = { type: 'number', minimum: 0, maximum: 1 };
const TAG_FIELDS = {
    model: { type: 'string', enum: TAGGERS, default: TAGGERS[0] },
    threshold: { ...THRESHOLD, description: 'Tags with a lower score are left out; default: the threshold of the tagger' },
    general_threshold: THRESHOLD,
    character_threshold: THRESHOLD,
};
const TAG = {
    type: 'object',
    properties: { name: { type: 'string' }, score: { type: 'number' }, category: { type: 'string' } },
    required: ['name', 'score', 'category'],
};

/** @type {import('../http/app.js').Routes} */
export async function images(app, { pool, options }) {
    const upscale = {
        summary: 'Enlarges the picture. Parameters: fields of the form, or query parameters (for programs that can only send a picture)',
        tags: ['images'],
        consumes: ['multipart/form-data'],
        querystring: { type: 'object', properties: UPSCALE },
        body: { type: 'object', properties: { image: PICTURE, ...UPSCALE }, required: ['image'] },
        response: {
            200: {
                description: 'The picture, sent as it is made',
                content: Object.fromEntries(
                    FORMATS.map((format) => [MEDIA_TYPES[format], { schema: { type: 'string', format: 'binary' } }]),
                ),
            },
            '4xx': FAILURE,
            '5xx': FAILURE,
        },
    };
    app.post('/images/upscale', { schema: upscale }, async (request, reply) => {
        const { image, ...fields } = /** @type {PictureForm & Record<string, any>} */ (request.body);
        const settings = { .../** @type {object} */ (request.query), ...fields, ...pictureOptions(request, options) };
        return streamUpscale(pool, image.bytes, settings, reply);
    });

    const tags = {
        summary: 'Tags with scores and categories',
        tags: ['images'],
        consumes: ['multipart/form-data'],
        body: { ...IMAGE_FORM, properties: { ...IMAGE_FORM.properties, ...TAG_FIELDS } },
        response: {
            200: {
                description: 'General tags, then characters, each with the highest score first, then the rating',
                type: 'object',
                properties: { message: { type: 'string' }, data: { type: 'array', items: TAG } },
                required: ['message', 'data'],
            },
            '4xx': FAILURE,
            '5xx': FAILURE,
        },
    };
    app.post('/images/tags', { schema: tags }, async (request) => {
        const { image, model, threshold, general_threshold: general, character_threshold: character } = /** @type {any} */ (request.body);
        const settings = { ...pictureOptions(request, options), model, threshold, thresholds: { general, character } };
        return { message: 'ok', data: await pool.run((engine) => engine.tag(image.bytes, settings), request.work) };
    });
}
