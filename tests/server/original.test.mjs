// The original's six paths: its requests, its envelope, its words; the values are those of Keras, PyTorch and transformers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { expected as clip } from '../js/clip_files.mjs';
import { expected as convnets, tagNames } from '../js/convnet_files.mjs';
import { golden } from '../js/support.mjs';
import { assertVector } from '../js/tiny_engine.mjs';
import { formOf, picture, post, startService } from './support.mjs';

const { texts: acgvoc } = JSON.parse(readFileSync(golden('acgvoc2vec/expected.json'), 'utf8'));

describe("the original's paths", () => {
    let service;
    before(async () => (service = await startService()));
    after(() => service.close());

    const dataOf = async (response, message) => {
        const answer = await response.json();
        assert.equal(response.status, 200, JSON.stringify(answer));
        assert.match(response.headers.get('content-type'), /^application\/json/);
        assert.deepEqual(Object.keys(answer), ['message', 'data']);
        assert.equal(answer.message, message);
        return answer.data;
    };
    const ofImage = async (path, message) => dataOf(await post(service, path, formOf({ image: picture })), message);

    test('socresByPix2Score, and spelt rightly', async () => {
        for (const path of ['/images/socresByPix2Score', '/images/scoresByPix2Score']) {
            const data = await ofImage(path, '获取插画预测分数成功');
            assert.deepEqual(Object.keys(data), ['bookmarkPredict', 'viewPredict', 'sanityPredict']);
            for (const head of ['bookmark', 'view', 'sanity']) {
                const found = data[`${head}Predict`];
                assert.equal(found.length, head === 'sanity' ? 5 : 15);
                for (const [i, value] of found.entries()) assert.ok(Math.abs(value - convnets[head][i]) < 1e-4, `${head} ${i}: ${value}`);
            }
        }
    });

    test('labelsByDeepDanbooru: names alone, from 0.5 on, in the order of the list', async () => {
        const wanted = tagNames.filter((_name, i) => convnets.tags[i] >= 0.5);
        assert.deepEqual(await ofImage('/images/labelsByDeepDanbooru', '获取插画预测标签成功'), wanted);
    });

    test('illust2vec/feature', async () => {
        const data = await ofImage('/models/illust2vec/feature', '获取illust2vec图片特征向量成功');
        assertVector(new Float32Array(data), convnets.illust2vec);
    });

    test('dclip_image/feature, which is empty there', async () => {
        const data = await ofImage('/models/dclip_image/feature', '获取clip图片特征向量成功');
        assertVector(new Float32Array(data), clip.pictures['anime256.png']);
    });

    test('texts in the address, in a form of the kind of pages, in a form of parts', async () => {
        const { text, vector } = clip.texts[1];
        const path = '/models/dclip_text/feature';
        for (const response of [
            await post(service, `${path}?${new URLSearchParams({ text })}`),
            await post(service, path, new URLSearchParams({ text })),
            await post(service, path, formOf({ text })),
        ])
            assertVector(new Float32Array(await dataOf(response, '获取clip文本特征向量成功')), vector);
        const other = await post(service, `/models/acgvoc2vec/feature?${new URLSearchParams({ text: acgvoc[1].text })}`);
        assertVector(new Float32Array(await dataOf(other, '获取acgvoc2vec文本特征向量成功')), acgvoc[1].vector);
    });

    test('what is wrong is said in the envelope, with status 400', async () => {
        const cases = [
            ['/images/labelsByDeepDanbooru', formOf({ picture }), 400, /required property 'image'/],
            ['/images/labelsByDeepDanbooru', formOf({ image: 'a text' }), 400, /image must be a file/],
            ['/images/labelsByDeepDanbooru', formOf({ image: [picture, picture] }), 413, /too many files/],
            ['/images/labelsByDeepDanbooru', formOf({ image: picture.subarray(0, 900) }), 400, /ends too early/],
            ['/images/labelsByDeepDanbooru', formOf({ image: Buffer.from('a text') }), 415, /found text/],
            ['/images/labelsByDeepDanbooru', formOf({ image: Buffer.alloc(0) }), 415, /an empty file/],
            ['/images/labelsByDeepDanbooru', { image: 'eA==' }, 400, /image must be a file/],
            ['/images/labelsByDeepDanbooru', undefined, 400, /must be object/],
            ['/models/dclip_text/feature', undefined, 400, /required property 'text'/],
            ['/models/dclip_text/feature?text=a&text=b', undefined, 400, /text must be string/],
            ['/models/dclip/feature', undefined, 404, /no such path/],
        ];
        for (const [path, body, status, message] of cases) {
            const response = await post(service, path, body);
            const answer = await response.json();
            assert.deepEqual(Object.keys(answer), ['message'], path + message);
            assert.match(answer.message, message);
            assert.equal(response.status, status, answer.message);
        }
    });
});
