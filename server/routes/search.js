// Adds and searches pictures in the store.
import { FAILURE } from '../http/errors.js';
import { strictly } from '../http/json.js';
import { Refusal } from '../http/refusal.js';
import { IMAGE_FORM, PICTURE, pictureOptions } from './pictures.js';

/**
 * @typedef {import('../store/store.js').Store} Store
 * @typedef {import('../http/forms.js').Upload} Upload
 */

const FILES = 16;

const ID = { type: 'string', maxLength: 100 };
const LIMIT = { type: 'integer', minimum: 1, maximum: 1000, default: 20 };
const NAMES = { type: 'array', items: { type: 'string', maxLength: 200 }, maxItems: 20 };
const NARROWING = {
    limit: LIMIT,
    tags: { ...NAMES, description: 'that a picture must have' },
    not_tags: { ...NAMES, description: 'that a picture must not have' },
};
const FOUND = {
    type: 'object',
    properties: {
        id: ID,
        path: { type: 'string' },
        score: { type: 'number' },
        width: { type: 'integer' },
        height: { type: 'integer' },
    },
};
const TAG = { type: 'object', properties: { name: { type: 'string' }, score: { type: 'number' }, category: { type: 'string' } } };
const { score: _score, ...KNOWN } = FOUND.properties;
const LISTED = { ...KNOWN, sha256: { type: 'string' }, bytes: { type: 'integer' } };
const STORED = { type: 'object', properties: { ...LISTED, tags: { type: 'array', items: TAG } } };
const KEPT = { type: 'object', properties: { name: { type: 'string' }, id: ID, outcome: { type: 'string' }, error: { type: 'string' } } };

/** @param {object} data its schema */
const answers = (data) => ({
    200: { description: 'The result', type: 'object', properties: { message: { type: 'string' }, data } },
    '4xx': FAILURE,
    '5xx': FAILURE,
});
const FINDS = answers({ type: 'array', items: FOUND });

/** @type {import('../http/app.js').Routes} */
export async function search(app, { store, options }) {
    const tags = ['store'];
    const open = () => {
        if (!store) throw new Refusal(503, 'The service has no store: start it with --store');
        return store;
    };

    const index = {
        summary: 'Adds pictures: stores their vectors, not the pictures',
        tags,
        consumes: ['multipart/form-data'],
        body: {
            type: 'object',
            properties: { image: { type: 'array', items: PICTURE, minItems: 1, maxItems: FILES } },
            required: ['image'],
        },
        response: answers({ type: 'array', items: KEPT }),
    };
    app.post('/index', { schema: index, config: { files: FILES } }, async (request) => {
        const { image } = /** @type {{ image: Upload[] }} */ (request.body);
        const pictures = image.map(({ bytes, filename }) => ({ name: filename, bytes }));
        return { message: 'ok', data: await open().add(pictures, pictureOptions(request, options)) };
    });

    const byText = {
        summary: 'Pictures that a text describes',
        tags,
        body: {
            type: 'object',
            properties: { text: { type: 'string', minLength: 1, maxLength: 10_000 }, ...NARROWING },
            required: ['text'],
        },
        response: FINDS,
    };
    app.post('/search/text', { schema: byText, validatorCompiler: strictly }, async (request) => {
        const { text, ...others } = /** @type {any} */ (request.body);
        return { message: 'ok', data: await open().searchText(text, narrowingOf(others), pictureOptions(request, options)) };
    });

    const byImage = {
        summary: 'Pictures like this one',
        tags,
        consumes: ['multipart/form-data'],
        body: { ...IMAGE_FORM, properties: { ...IMAGE_FORM.properties, ...NARROWING } },
        response: FINDS,
    };
    app.post('/search/image', { schema: byImage }, async (request) => {
        const { image, ...others } = /** @type {any} */ (request.body);
        return { message: 'ok', data: await open().searchImage(image.bytes, narrowingOf(others), pictureOptions(request, options)) };
    });

    const ids = { type: 'array', items: ID, maxItems: 100 };
    const recommend = {
        summary: 'Pictures for somebody who likes some and dislikes others; the results differ from each other',
        tags,
        body: {
            type: 'object',
            properties: { like: { ...ids, minItems: 1 }, unlike: { ...ids, default: [] }, limit: LIMIT },
            required: ['like'],
        },
        response: FINDS,
    };
    app.post('/search/recommend', { schema: recommend, validatorCompiler: strictly }, async (request) => {
        const { like, unlike, limit } = /** @type {any} */ (request.body);
        return { message: 'ok', data: await open().recommend(like, unlike, { limit }, pictureOptions(request, options)) };
    });

    const querystring = { type: 'object', properties: { after: { ...ID, default: '' }, limit: { ...LIMIT, default: 100 } } };
    const list = {
        summary: 'All pictures by id, a page at a time: those after the id `after`, which is the last one of the page before',
        tags,
        querystring,
        response: answers({ type: 'array', items: { type: 'object', properties: LISTED } }),
    };
    app.get('/pictures', { schema: list }, async (request) => {
        const { after, limit } = /** @type {{ after: string, limit: number }} */ (request.query);
        return { message: 'ok', data: await open().list(after, limit) };
    });

    const params = { type: 'object', properties: { id: ID }, required: ['id'] };
    const get = { summary: 'The stored data of a picture', tags, params, response: answers(STORED) };
    app.get('/pictures/:id', { schema: get }, async (request) => {
        const { id } = /** @type {{ id: string }} */ (request.params);
        const picture = await open().get(id);
        if (!picture) throw new Refusal(404, `There is no picture ${id}`);
        return { message: 'ok', data: picture };
    });
}

/** @param {{ limit: number, tags?: string[], not_tags?: string[] }} body */
const narrowingOf = ({ limit, tags, not_tags: notTags }) => ({ limit, tags, notTags });
