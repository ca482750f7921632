// The API of Immich's machine learning service: GET /ping and POST /predict, for search by text and picture (CLIP). Requests for face and text
// recognition are refused: switch these off in Immich.
import { answersOfAdapter, errorsAs } from '../http/errors.js';
import { Refusal } from '../http/refusal.js';
import { CLIP_MODELS } from '../models.js';
import { floats, PICTURE, pictureOptions } from './pictures.js';

/**
 * @typedef {import('acg2vec').ClipModel} ClipModel
 * @typedef {{ modelName: string }} Entry
 */

/** Immich's model names -> our models, whose vectors have the same length. @type {Record<string, ClipModel>} */
const NAMES = {
    'ViT-L-14__openai': 'dclip', // OpenAI's ViT-L/14, fine-tuned on Danbooru
    'ViT-L-14-336__openai': 'clip-l14-336',
    'ViT-B-16__openai': 'clip-b16',
    'ViT-B-32__openai': 'clip-b32',
};

/** @type {import('../http/errors.js').Shape} */
const SHAPE = { body: (message) => ({ detail: message }), status: (status) => (status === 400 ? 422 : status) };

/** @type {import('../http/app.js').Routes} */
export async function immich(app, { pool, options }) {
    app.setErrorHandler(errorsAs(SHAPE));
    app.get(
        '/ping',
        { schema: { summary: 'Whether the service is alive, as Immich asks it', tags: ['adapters'] } },
        async (_request, reply) => reply.type('text/plain').send('pong'),
    );
    const body = {
        type: 'object',
        properties: { entries: { type: 'string' }, image: PICTURE, text: { type: 'string' } },
        required: ['entries'],
    };
    const schema = {
        summary: "CLIP vectors, as of Immich's machine learning service",
        tags: ['adapters'],
        consumes: ['multipart/form-data'],
        body,
        response: answersOfAdapter('detail'),
    };
    app.post('/predict', { schema }, async (request) => {
        const { entries, image, text } = /** @type {{ entries: string, image?: import('../http/forms.js').Upload, text?: string }} */ (
            request.body
        );
        const { visual, textual } = clipEntry(entries);
        if (visual ? !image : text === undefined)
            throw new Refusal(400, visual ? 'Expected a part image for clip.visual' : 'Expected a part text for clip.textual');
        const model = modelOf(visual ?? textual);
        return pool.run(async (engine) => {
            if (!image || !visual)
                return { clip: textOf(await engine.embedText(String(text), { signal: request.work, model, normalize: true })) };
            const asked = { ...pictureOptions(request, options), embed: [model], normalize: true, facts: true };
            const { vectors, facts } = await engine.describe(image.bytes, asked);
            return { clip: textOf(vectors?.[model] ?? []), imageHeight: facts?.height, imageWidth: facts?.width };
        }, request.work);
    });
}

/** @param {ArrayLike<number>} vector */
const textOf = (vector) => JSON.stringify(floats(vector));

/**
 * @param {string} text the part entries
 * @returns {{ visual?: Entry, textual?: Entry }}
 */
function clipEntry(text) {
    const entries = parse(text);
    const others = Object.keys(entries ?? {}).filter((task) => task !== 'clip');
    if (others.length > 0)
        throw new Refusal(400, `Expected the task clip but received ${others.join(', ')}, which this service does not have`);
    const { visual, textual } = entries?.clip ?? {};
    if (Boolean(visual) === Boolean(textual)) throw new Refusal(400, 'Expected clip.visual or clip.textual in entries');
    return { visual, textual };
}

/** @param {string} text */
function parse(text) {
    try {
        return JSON.parse(text);
    } catch {
        throw new Refusal(400, 'Expected JSON in the part entries');
    }
}

/** @param {Entry | undefined} entry @returns {ClipModel} */
function modelOf(entry) {
    const name = String(entry?.modelName);
    const model = Object.hasOwn(NAMES, name) ? NAMES[name] : /** @type {ClipModel} */ (name);
    if (!CLIP_MODELS.includes(model))
        throw new Refusal(400, `Expected one of ${[...Object.keys(NAMES), ...CLIP_MODELS].join(', ')} for modelName but received ${name}`);
    return model;
}
