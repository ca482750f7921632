// The API of Stable Diffusion WebUI (A1111), as far as the engine supports it: the tagger extension, and enlarging a single picture.
import { answersOfAdapter, errorsAs } from '../http/errors.js';
import { Refusal } from '../http/refusal.js';
import { scalesOf, TAGGERS } from '../models.js';
import { upscaleWhole } from './enlarging.js';
import { pictureOptions } from './pictures.js';

/** @typedef {import('acg2vec').TagModel} TagModel */

/** @typedef {import('acg2vec').UpscaleOptions} UpscaleOptions */

/** Our options by the names of upscalers in WebUI. @type {Record<string, UpscaleOptions>} */
const UPSCALERS = {
    'Real-CUGAN': { model: 'se' },
    'Real-CUGAN pro': { model: 'pro' },
    'Real-CUGAN denoise': { model: 'se', denoise: 3 },
    'waifu2x cunet': { model: 'cunet', denoise: 1 },
    'waifu2x photo': { model: 'upconv-photo', denoise: 1 },
    'R-ESRGAN AnimeVideo': { model: 'animevideo' },
    'R-ESRGAN 4x+ Anime6B': { model: 'x4plus-anime' },
};
const FALLBACK = 'Real-CUGAN';

/** @type {import('../http/errors.js').Shape} */
const SHAPE = { body: (message) => ({ detail: message }), status: (status) => (status === 400 ? 422 : status) };
const IMAGE = { type: 'string', minLength: 1, description: 'base64, also as a data: URL' };

/** @type {import('../http/app.js').Routes} */
export async function webui(app, { pool, options }) {
    app.setErrorHandler(errorsAs(SHAPE));
    const bodyLimit = Math.ceil((options.megabytes * 1e6 * 4) / 3) + (64 << 10);
    const tags = ['adapters'];
    const response = answersOfAdapter('detail');

    app.get('/tagger/v1/interrogators', { schema: { summary: 'The taggers', tags, response } }, async () => ({
        models: TAGGERS,
    }));

    const interrogate = {
        summary: 'Tags a picture, with the answer of the tagger extension',
        tags,
        response,
        body: {
            type: 'object',
            properties: {
                image: IMAGE,
                model: { type: 'string', default: TAGGERS[0] },
                threshold: { type: 'number', minimum: 0, maximum: 1, default: 0 },
                queue: { type: 'string' },
                name_in_queue: { type: 'string' },
            },
            required: ['image'],
        },
    };
    app.post('/tagger/v1/interrogate', { schema: interrogate, bodyLimit }, async (request) => {
        const { image, model, threshold, queue } = /** @type {any} */ (request.body);
        if (queue) throw new Refusal(400, 'Expected no queue: each request is answered when it is done');
        const settings = { ...pictureOptions(request, options), model: taggerOf(model), threshold, thresholds: { rating: 0 } };
        const found = await pool.run((engine) => engine.tag(decoded(image), settings), request.work);
        const named = (/** @type {typeof found} */ some) => Object.fromEntries(some.map(({ name, score }) => [name, score]));
        const ratings = found
            .filter(({ category }) => category === 'rating')
            .map((tag) => ({ ...tag, name: tag.name.replace(/^rating:/, '') }));
        return { caption: { tag: named(found.filter(({ category }) => category !== 'rating')), rating: named(ratings) } };
    });

    app.post(
        '/tagger/v1/unload-interrogators',
        { schema: { summary: 'Does nothing: the engine closes models by itself', tags, response } },
        async () => ({
            unloaded: 0,
        }),
    );

    app.get('/sdapi/v1/upscalers', { schema: { summary: 'The networks that enlarge', tags, response } }, async () =>
        Object.keys(UPSCALERS).map((name) => ({ name, model_name: null, model_path: null, model_url: null, scale: scaleOf(name, 2) })),
    );

    const extra = {
        summary: 'Enlarges a picture, as the tab Extras does',
        tags,
        response,
        body: {
            type: 'object',
            properties: {
                image: IMAGE,
                resize_mode: { type: 'integer', enum: [0, 1], default: 0 },
                upscaling_resize: { type: 'number', minimum: 1, maximum: 8, default: 2 },
                upscaler_1: { type: 'string', default: FALLBACK },
            },
            required: ['image'],
        },
    };
    app.post('/sdapi/v1/extra-single-image', { schema: extra, bodyLimit }, async (request) => {
        const { image, resize_mode: mode, upscaling_resize: factor, upscaler_1: name } = /** @type {any} */ (request.body);
        if (mode === 1) throw new Refusal(400, 'Expected resize_mode 0: sizes in pixels are not supported');
        const settings = { ...UPSCALERS[upscalerOf(name)], scale: scaleOf(upscalerOf(name), factor), ...pictureOptions(request, options) };
        const picture = decoded(image);
        const width = settings.scale === factor ? undefined : await widthOf(pool, picture, settings, factor);
        const file = await upscaleWhole(pool, picture, { ...settings, width });
        return { html_info: '', image: file.toString('base64') };
    });
}

/** Our tagger for a name. Also accepts names of similar taggers, because some programs have these built in. @param {string} name @returns {TagModel} */
function taggerOf(name) {
    if (/deepdanbooru/i.test(name)) return 'deepdanbooru';
    if (/^wd/i.test(name)) return 'wd-vit';
    throw new Refusal(404, `Expected one of ${TAGGERS.join(', ')} for model but received ${name}`);
}

/** @param {string} name */
function upscalerOf(name) {
    if (Object.hasOwn(UPSCALERS, name)) return name;
    if (name === 'None' || /^R-ESRGAN|ESRGAN/i.test(name)) return 'R-ESRGAN 4x+ Anime6B';
    throw new Refusal(400, `Expected one of ${Object.keys(UPSCALERS).join(', ')} for upscaler_1 but received ${name}`);
}

/** The smallest scale of an upscaler that is at least `factor`; if there is none, its largest scale. @param {string} name @param {number} factor */
function scaleOf(name, factor) {
    const scales = scalesOf(UPSCALERS[name]);
    return scales.find((scale) => scale >= factor) ?? scales.at(-1);
}

/**
 * The width in pixels of the result, for a factor that is no scale of the upscaler.
 * @param {import('../pool.js').Pool} pool
 * @param {Buffer} picture
 * @param {UpscaleOptions & { signal: AbortSignal }} settings
 * @param {number} factor
 */
async function widthOf(pool, picture, settings, factor) {
    const { width } = await pool.run((engine) => engine.plan(picture, settings), settings.signal);
    return Math.max(1, Math.round((width / Number(settings.scale)) * factor));
}

/** @param {string} text @returns {Buffer} */
function decoded(text) {
    return Buffer.from(text.replace(/^data:[^,]*,/, ''), 'base64');
}
