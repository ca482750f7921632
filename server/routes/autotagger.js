// The API of Danbooru's autotagger (github.com/danbooru/autotagger), for Danbooru and programs that use the autotagger.
import { answersOfAdapter, errorsAs } from '../http/errors.js';
import { pictureOptions } from './pictures.js';

/** @typedef {import('../http/forms.js').Upload} Upload */

const FILES = 16;

/** @type {import('../http/errors.js').Shape} */
const SHAPE = { body: (message, status) => ({ error: String(status), message }) };

/** @type {import('../http/app.js').Routes} */
export async function autotagger(app, { pool, options }) {
    app.setErrorHandler(errorsAs(SHAPE));
    const body = {
        type: 'object',
        properties: {
            file: { type: 'array', items: { picture: true }, minItems: 1, maxItems: FILES },
            threshold: { type: 'number', minimum: 0, maximum: 1, default: 0.1 },
            limit: { type: 'integer', minimum: 0, default: 50, description: 'the maximal number of tags of a picture' },
            format: { type: 'string', description: 'the answer is always JSON' },
        },
        required: ['file'],
    };
    const schema = {
        summary: "Tags and scores of each file, as of Danbooru's autotagger",
        tags: ['adapters'],
        consumes: ['multipart/form-data'],
        body,
        response: answersOfAdapter('error', 'message'),
    };
    app.post('/evaluate', { schema, config: { files: FILES } }, async (request) => {
        const { file: files, threshold, limit } = /** @type {{ file: Upload[], threshold: number, limit: number }} */ (request.body);
        const settings = { ...pictureOptions(request, options), threshold, thresholds: { rating: threshold } };
        const answers = [];
        for (const { bytes, filename } of files) {
            const tags = await pool.run((engine) => engine.tag(bytes, settings), request.work);
            const best = tags.sort((a, b) => b.score - a.score).slice(0, limit);
            answers.push({ filename, tags: Object.fromEntries(best.map(({ name, score, category }) => [spelt(name, category), score])) });
        }
        return answers;
    });
}

/** The autotagger's name of a tag: its ratings are rating:s, rating:q, rating:e, rating:g. @param {string} name @param {string} category */
const spelt = (name, category) => (category === 'rating' ? `rating:${name.replace(/^rating:/, '')[0]}` : name);
