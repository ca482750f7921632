// The paths of ACG2vec's own service (ACG2vec-webapp), with the same requests, answers and messages. One path is misspelt there; here the correct
// spelling works too.
import { FAILURE } from '../http/errors.js';
import { floats, IMAGE_FORM, pictureOptions } from './pictures.js';

/**
 * @typedef {import('acg2vec').Engine} Engine
 * @typedef {import('./pictures.js').PictureForm} PictureForm
 * @typedef {import('acg2vec').CallOptions & import('acg2vec').PictureOptions} Call
 */

const THRESHOLD = 0.5;

/** @param {object} data its schema */
const envelope = (data) => ({
    description: 'The result',
    type: 'object',
    properties: { message: { type: 'string' }, data },
    required: ['message', 'data'],
});

const NUMBERS = { type: 'array', items: { type: 'number' } };
const SCORES = { type: 'object', properties: { bookmarkPredict: NUMBERS, viewPredict: NUMBERS, sanityPredict: NUMBERS } };
const NAMES = { type: 'array', items: { type: 'string' } };

/** @type {import('../http/app.js').Routes} */
export async function original(app, { pool, options }) {
    /**
     * @param {string} path
     * @param {string} summary
     * @param {string} message
     * @param {object} data its schema
     * @param {(engine: Engine, picture: Buffer, call: Call) => Promise<unknown>} look
     */
    const ofImage = (path, summary, message, data, look) => {
        const schema = { summary, tags: ['original'], consumes: ['multipart/form-data'], body: IMAGE_FORM };
        app.post(path, { schema: { ...schema, response: { 200: envelope(data), '4xx': FAILURE, '5xx': FAILURE } } }, async (request) => {
            const { image } = /** @type {PictureForm} */ (request.body);
            const call = pictureOptions(request, options);
            return { message, data: await pool.run((engine) => look(engine, image.bytes, call), request.work) };
        });
    };
    /**
     * @param {string} path
     * @param {string} message
     * @param {'acgvoc2vec' | 'dclip'} model
     */
    const ofText = (path, message, model) => {
        const querystring = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };
        const schema = { summary: `The vector of a text, which may also be a field of a form (${model})`, tags: ['original'], querystring };
        const response = { 200: envelope(NUMBERS), '4xx': FAILURE, '5xx': FAILURE };
        app.post(path, { schema: { ...schema, response }, preValidation: takeFields }, async (request) => {
            const { text } = /** @type {{ text: string }} */ (request.query);
            const embed = (/** @type {Engine} */ engine) => engine.embedText(text, { model, signal: request.work });
            return { message, data: floats(await pool.run(embed, request.work)) };
        });
    };
    for (const path of ['/images/socresByPix2Score', '/images/scoresByPix2Score']) {
        ofImage(path, 'Probabilities of bookmarks, views and sanity (pix2score)', '获取插画预测分数成功', SCORES, scoresOf);
    }
    ofImage('/images/labelsByDeepDanbooru', 'Tags with a score of at least 0.5 (DeepDanbooru)', '获取插画预测标签成功', NAMES, labelsOf);
    ofImage(
        '/models/illust2vec/feature',
        'The vector of a picture (illust2vec)',
        '获取illust2vec图片特征向量成功',
        NUMBERS,
        vectorBy('illust2vec'),
    );
    ofImage(
        '/models/dclip_image/feature',
        'The vector of a picture (DanbooruCLIP)',
        '获取clip图片特征向量成功',
        NUMBERS,
        vectorBy('dclip'),
    );
    ofText('/models/acgvoc2vec/feature', '获取acgvoc2vec文本特征向量成功', 'acgvoc2vec');
    ofText('/models/dclip_text/feature', '获取clip文本特征向量成功', 'dclip');
}

/** A parameter may be in the query string or in the form, as in Spring. @param {import('fastify').FastifyRequest} request */
async function takeFields(request) {
    request.query = { .../** @type {object} */ (request.body), .../** @type {object} */ (request.query) };
}

/** @param {Engine} engine @param {Buffer} picture @param {Call} call */
async function scoresOf(engine, picture, call) {
    const { bookmark, view, sanity } = await engine.score(picture, call);
    const [bookmarkPredict, viewPredict, sanityPredict] = [bookmark, view, sanity].map(({ probabilities }) => floats(probabilities));
    return { bookmarkPredict, viewPredict, sanityPredict };
}

/**
 * Tags in the order of the list, with all ratings that reach the threshold, as in the original.
 * @param {Engine} engine
 * @param {Buffer} picture
 * @param {Call} call
 */
async function labelsOf(engine, picture, call) {
    const thresholds = { rating: THRESHOLD };
    const tags = await engine.tag(picture, { ...call, model: 'deepdanbooru', threshold: THRESHOLD, thresholds, order: 'list' });
    return tags.map(({ name }) => name);
}

/** @param {'illust2vec' | 'dclip'} model */
function vectorBy(model) {
    return async (/** @type {Engine} */ engine, /** @type {Buffer} */ picture, /** @type {Call} */ call) =>
        floats(await engine.embedImage(picture, { ...call, model }));
}
