// Programs that exist already: each adapter gets the request that its client makes, and gives what that client reads.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { expected as clip } from '../js/clip_files.mjs';
import { expected, tagNames } from '../js/convnet_files.mjs';
import { decodePng } from '../js/support.mjs';
import { cosine } from '../js/tiny_engine.mjs';
import { cannotEnlarge, formOf, picture, post, small, startService } from './support.mjs';

const base64 = picture.toString('base64');
const scoreOf = (name) => expected.tags[tagNames.indexOf(name)];

describe('adapters', () => {
    let service;
    before(async () => (service = await startService()));
    after(() => service.close());
    const get = async (path) => (await fetch(new URL(path, service.url))).json();
    const answer = async (path, body, status = 200) => {
        const response = await post(service, path, body);
        const text = await response.text();
        assert.equal(response.status, status, text);
        return JSON.parse(text);
    };
    const unlike = (found, wanted) => Math.max(...Object.entries(found).map(([name, score]) => Math.abs(score - wanted(name))));

    test('Danbooru: file, threshold, format, limit; it reads tags of the first file', async () => {
        const file = { bytes: picture, name: '../../etc/passwd.jpg' };
        const found = await answer('/evaluate', formOf({ file, threshold: '0.01', format: 'json', limit: '50' }));
        assert.equal(found.length, 1);
        const { tags } = found[0];
        const ratings = ['rating:s', 'rating:q', 'rating:e'].filter((name) => name in tags);
        assert.ok(ratings.length > 0);
        for (const name of ratings) delete tags[name];
        assert.deepEqual(Object.keys(tags).sort(), tagNames.filter((name) => !name.startsWith('rating:') && scoreOf(name) >= 0.01).sort());
        assert.ok(unlike(tags, scoreOf) < 1e-4);
        const scores = Object.values(tags);
        assert.deepEqual(
            scores,
            scores.toSorted((a, b) => b - a),
        );
    });

    test('autotagger: several files, a limit, errors as it says them', async () => {
        const files = ['a.png', 'b.png'].map((name) => ({ bytes: picture, name }));
        const found = await answer('/evaluate', formOf({ file: files, limit: '3', format: 'json' }));
        assert.deepEqual(
            found.map(({ filename, tags }) => [filename, Object.keys(tags).length]),
            [
                ['a.png', 3],
                ['b.png', 3],
            ],
        );
        const { error, message } = await answer('/evaluate', formOf({ file: { bytes: Buffer.from('no'), name: 'x' } }), 415);
        assert.equal(error, '415');
        assert.match(message, /found text/);
    });

    // immich, server/src/repositories/machine-learning.repository.ts: entries, then an image without a name, or a text
    const predict = (entries, part, value) => {
        const form = new FormData();
        form.append('entries', JSON.stringify(entries));
        form.append(part, value);
        return form;
    };
    const visual = { clip: { visual: { modelName: 'ViT-L-14__openai' } } };
    const textual = { clip: { textual: { modelName: 'ViT-L-14__openai', options: { language: 'en' } } } };

    test('Immich: ping, pictures and texts; the vector is a text of JSON', async () => {
        assert.equal(await (await fetch(new URL('/ping', service.url))).text(), 'pong');
        const image = await answer('/predict', predict(visual, 'image', new Blob([picture])));
        assert.equal(typeof image.clip, 'string');
        assert.ok(cosine(JSON.parse(image.clip), clip.pictures['anime256.png']) > 0.99999);
        assert.deepEqual([image.imageWidth, image.imageHeight], [256, 256]);
        const { text, vector } = clip.texts[1];
        const words = JSON.parse((await answer('/predict', predict(textual, 'text', text))).clip);
        assert.ok(cosine(words, vector) > 0.99999);
        assert.ok(Math.abs(Math.hypot(...words) - 1) < 1e-5, 'Immich compares by the dot product');
    });

    test('Immich: what the service does not have is refused with 422, as it does', async () => {
        const faces = { 'facial-recognition': { detection: { modelName: 'buffalo_l', options: { minScore: 0.7 } } } };
        const cases = [
            [predict(faces, 'image', new Blob([picture])), /facial-recognition, which this service does not have/],
            [predict({ clip: { visual: { modelName: 'nllb' } } }, 'image', new Blob([picture])), /for modelName but received nllb/],
            [predict({ clip: { visual: { modelName: 'toString' } } }, 'image', new Blob([picture])), /received toString/],
            [predict(visual, 'text', 'no picture'), /a part image/],
            [predict(textual, 'image', new Blob([picture])), /a part text/],
            [formOf({ entries: '{', text: 'x' }), /JSON in the part entries/],
            [formOf({ entries: 'null', text: 'x' }), /clip.visual or clip.textual/],
        ];
        for (const [form, detail] of cases) assert.match((await answer('/predict', form, 422)).detail, detail);
    });

    test('Suwayomi: a picture goes in, one comes out; the options are in the address that it is given', {
        skip: cannotEnlarge,
    }, async () => {
        // its client sends one part, image, with the page's name and media type
        const form = new FormData();
        form.append('image', new Blob([small], { type: 'image/png' }), 'image.png');
        const response = await post(service, '/images/upscale?scale=2&format=jpg', form);
        assert.equal(response.status, 200);
        assert.deepEqual([...Buffer.from(await response.arrayBuffer()).subarray(0, 3)], [0xff, 0xd8, 0xff]);
    });

    test("WebUI's tagger: tags and ratings apart", async () => {
        const { models } = await get('/tagger/v1/interrogators');
        assert.ok(models.includes('wd-vit') && models.includes('deepdanbooru'));
        const asked = { image: base64, model: 'deepdanbooru', threshold: 0.35, queue: '', name_in_queue: '' };
        for (const image of [base64, `data:image/png;base64,${base64}`]) {
            const { caption } = await answer('/tagger/v1/interrogate', { ...asked, image });
            assert.deepEqual(Object.keys(caption), ['tag', 'rating']);
            assert.deepEqual(Object.keys(caption.rating).sort(), ['explicit', 'questionable', 'safe']);
            assert.ok(Object.values(caption.tag).every((score) => score >= 0.35));
            assert.ok(unlike(caption.tag, scoreOf) < 1e-4);
        }
        const built = await answer('/tagger/v1/interrogate', { image: base64, model: 'wd-v1-4-moat-tagger.v2', threshold: 0.2 });
        assert.equal(Object.keys(built.caption.rating).length, 4);
        assert.match((await answer('/tagger/v1/interrogate', { ...asked, model: 'blip' }, 404)).detail, /received blip/);
        await post(service, '/tagger/v1/unload-interrogators');
    });

    test("WebUI's extras: a picture enlarged", { skip: cannotEnlarge }, async () => {
        const names = (await get('/sdapi/v1/upscalers')).map(({ name }) => name);
        assert.ok(names.includes('Real-CUGAN'));
        const asked = {
            resize_mode: 0,
            show_extras_results: true,
            gfpgan_visibility: 0,
            codeformer_visibility: 0,
            codeformer_weight: 0,
            upscaling_resize: 2,
            upscaling_resize_w: 128,
            upscaling_resize_h: 128,
            upscaling_crop: true,
            upscaler_1: 'Real-CUGAN',
            upscaler_2: 'None',
            extras_upscaler_2_visibility: 0,
            image: small.toString('base64'),
        };
        const { html_info: info, image } = await answer('/sdapi/v1/extra-single-image', asked);
        assert.equal(typeof info, 'string');
        const sizeOf = (/** @type {string} */ text) => {
            const { width, height } = decodePng(Buffer.from(text, 'base64'));
            return [width, height];
        };
        assert.deepEqual(sizeOf(image), [48, 40]);
        for (const [factor, size] of /** @type {const} */ ([
            [1, [24, 20]],
            [1.5, [36, 30]],
        ])) {
            const resized = await answer('/sdapi/v1/extra-single-image', { ...asked, upscaling_resize: factor });
            assert.deepEqual(sizeOf(resized.image), size, `a factor that the network does not have: ${factor}`);
        }
        assert.match((await answer('/sdapi/v1/extra-single-image', { ...asked, resize_mode: 1 }, 422)).detail, /resize_mode 0/);
        assert.match((await answer('/sdapi/v1/extra-single-image', { ...asked, upscaler_1: 'Lanczos' }, 422)).detail, /received Lanczos/);
    });
});
