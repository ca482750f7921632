// Pictures and texts to vectors, through the whole engine, against PyTorch on the same tiny CLIP.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { clipModel, expected } from './clip_files.mjs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acg2vec, decodePng, golden, makeApng, makePng, readGolden, temporaryFolder } from './support.mjs';
import { assertVector, cosine, tinyEngine } from './tiny_engine.mjs';

const { files, manifest } = clipModel();
const picture = golden('anime256.png');

/** With the tiny models, and those of `changed` instead. */
const open = (changed = {}, options = {}) => tinyEngine({ files: { ...files, ...changed }, manifest }, options);

describe('embed', () => {
    let engine;
    before(async () => (engine = await open()));
    after(() => engine.close());

    test('a picture: the vector that PyTorch gives, from a file and from pixels', async () => {
        assertVector(await engine.embedImage(picture), expected.pictures['anime256.png']);
        const { data, width, height } = decodePng(readGolden('anime256.png'));
        const [fromFile, fromPixels] = await engine.embedImage([picture, { data, width, height, channels: 4 }]);
        assert.deepEqual(fromPixels, fromFile);
    });

    test('of an animation the first frame counts, of transparent pixels the colour that is stored there', async () => {
        const pixel = (/** @type {number} */ x, /** @type {number} */ y) => [(x * 9) % 256, (y * 11) % 256, 40];
        const still = makePng(40, 30, pixel);
        const moving = makeApng(
            40,
            30,
            [
                { pixel, delay: [1, 10] },
                { pixel: () => [0, 0, 0], delay: [1, 10] },
            ],
            0,
        );
        const holed = makePng(40, 30, (x, y) => [...pixel(x, y), x % 2 ? 255 : 0]);
        const [expected, ...others] = await engine.embedImage([still, moving, holed]);
        for (const vector of others) assert.deepEqual(vector, expected);
    });

    test('texts: the vectors that PyTorch gives, together and alone', async () => {
        const texts = expected.texts.map(({ text }) => text);
        const vectors = await engine.embedText(texts);
        assert.equal(vectors.length, texts.length);
        for (const [i, { vector }] of expected.texts.entries()) assertVector(vectors[i], vector);
        assert.deepEqual(await engine.embedText(texts[1]), vectors[1]);
    });

    test('more texts than go through the network at once', async () => {
        const texts = Array.from({ length: 60 }, (_, i) => expected.texts[i % expected.texts.length].text);
        const vectors = await engine.embedText(texts);
        for (const [i, vector] of vectors.entries()) assertVector(vector, expected.texts[i % expected.texts.length].vector);
    });

    test('vectors of length 1 on request', async () => {
        const plain = await engine.embedText('a photo of a cat');
        const unit = await engine.embedText('a photo of a cat', { normalize: true });
        assert.ok(Math.abs(Math.hypot(...unit) - 1) < 1e-6);
        assert.ok(cosine(plain, unit) > 0.9999999);
        assert.ok(Math.abs(Math.hypot(...(await engine.embedImage(picture, { normalize: true }))) - 1) < 1e-6);
    });

    test('labels: the probabilities that PyTorch gives', async () => {
        const labels = await engine.classify(picture, expected.labels);
        assert.deepEqual(
            labels.map(({ label }) => label),
            expected.labels,
        );
        for (const [i, { probability, cosine: found }] of labels.entries()) {
            assert.ok(Math.abs(found - expected.cosines[i]) < 1e-5, `${found}`);
            assert.ok(Math.abs(probability - expected.probabilities[i]) < 1e-3, `${probability}`);
        }
    });

    test('labels for a picture that was embedded before', async () => {
        const vector = await engine.embedImage(picture);
        const labels = await engine.classify({ vector }, expected.labels);
        for (const [i, { probability }] of labels.entries())
            assert.ok(Math.abs(probability - expected.probabilities[i]) < 1e-3, `${probability}`);
        await assert.rejects(engine.classify({ vector: [1, 2] }, ['a']), {
            code: 'BAD_ARGUMENT',
            message: /Expected a Float32Array for source\.vector/,
        });
        await assert.rejects(engine.classify({ vector: new Float32Array(3) }, ['a']), {
            code: 'BAD_ARGUMENT',
            message: /Expected 40 values .* received 3/,
        });
    });

    test('progress goes through the models and the layers of all pictures', async () => {
        const seen = [];
        const own = await open();
        await own.embedImage([picture, picture], { onProgress: (progress) => seen.push(progress) });
        await own.close();
        const stages = new Set(seen.map(({ stage }) => stage));
        assert.deepEqual([...stages], ['models', 'embed']);
        const last = seen.at(-1);
        assert.deepEqual([last.stage, last.done, last.total], ['embed', 6, 6]);
        assert.equal(seen.filter(({ stage }) => stage === 'models').at(-1).done, files['dclip/image.safetensors'].length);
    });

    test('an abort stops the work, and the engine stays usable', async () => {
        const aborter = new AbortController();
        const call = engine.embedText(Array(200).fill('a '.repeat(75)), { signal: aborter.signal, onProgress: () => aborter.abort() });
        await assert.rejects(call, { code: 'CANCELLED' });
        assertVector(await engine.embedImage(picture), expected.pictures['anime256.png']);
    });

    test('a text that is too long is cut, or refused on request', async () => {
        const long = 'the of and '.repeat(60);
        assertVector(await engine.embedText(long), expected.texts.at(-1).vector);
        await assert.rejects(engine.embedText(long, { truncate: false }), { code: 'BAD_ARGUMENT', message: /77|75/ });
    });

    test('wrong arguments are refused in a sentence', async () => {
        const refused = async (call, message) => assert.rejects(call, { name: 'AcgError', message });
        await refused(engine.embedText(7), /Expected a text for text but received 7\./);
        await refused(engine.embedText([]), /Expected at least one text for text/);
        await refused(engine.embedImage([]), /Expected at least one picture/);
        await refused(
            engine.embedImage(picture, { model: 'clip' }),
            /Expected one of dclip, illust2vec, illust2vec-style, clip-b32, clip-b16, clip-l14, clip-l14-336 for model but received 'clip'\./,
        );
        await refused(
            engine.embedText('a', { model: 'illust2vec' }),
            /Expected one of dclip, acgvoc2vec, distiluse, clip-b32, .* for model but received 'illust2vec'\./,
        );
        await refused(engine.embedImage(picture, { normalize: 1 }), /Expected true or false for normalize/);
        await refused(engine.classify(picture, []), /Expected at least one text for labels/);
        await refused(engine.embedImage(new Uint8Array(9)), /./);
    });
});

test("OpenAI's CLIPs: pictures, texts and labels by the name of the size", async () => {
    const names = ['clip-b32', 'clip-b16', 'clip-l14', 'clip-l14-336'];
    const moved = (/** @type {string} */ text, name) => text.replace('dclip', name);
    const all = names.flatMap((name) => Object.entries(files).map(([path, bytes]) => [moved(path, name), bytes]));
    const models = names.flatMap((name) => JSON.parse(JSON.stringify(manifest.models).replaceAll('dclip', name)));
    const engine = await tinyEngine({ files: Object.fromEntries(all), manifest: { models } });
    for (const model of names) {
        assertVector(await engine.embedImage(picture, { model }), expected.pictures['anime256.png']);
        assertVector(await engine.embedText(expected.texts[1].text, { model }), expected.texts[1].vector);
    }
    const [{ probability }] = await engine.classify(picture, expected.labels, { model: 'clip-l14' });
    assert.ok(Math.abs(probability - expected.probabilities[0]) < 1e-3, `${probability}`);
    await assert.rejects(engine.classify(picture, ['a'], { model: 'illust2vec' }), {
        code: 'BAD_ARGUMENT',
        message: /for model but received/,
    });
    await engine.close();
});

test('the engine hashes the file that it takes, where the platform cannot', async () => {
    const hashes = [];
    const engine = await open({}, { hashesStreams: false, hashed: (sha256) => hashes.push(sha256) });
    await engine.embedImage(picture);
    await engine.close();
    assert.deepEqual(hashes, [createHash('sha256').update(files['dclip/image.safetensors']).digest('hex')]);
});

describe('files that are broken', () => {
    const image = files['dclip/image.safetensors'];
    const cases = {
        truncated: [image.subarray(0, 50000), /./],
        empty: [Buffer.alloc(0), /./],
        'a header of 2^63 bytes': [Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, 0x80]), image.subarray(8)]), /./],
        'longer than its header says': [Buffer.concat([image, Buffer.alloc(3)]), /./],
        'the other half': [files['dclip/text.safetensors'], /vision_model\.embeddings\.class_embedding/],
    };
    for (const [name, [bytes, message]] of Object.entries(cases)) {
        test(`${name}: a sentence, and the engine stays usable`, async () => {
            const engine = await open({ 'dclip/image.safetensors': bytes });
            await assert.rejects(engine.embedImage(picture), { name: 'AcgError', code: 'BAD_FORMAT', message });
            assertVector(await engine.embedText('a photo of a cat'), expected.texts[2].vector);
            await engine.close();
        });
    }
});

test('acg2vec embed: a line for each picture, and a sentence for the one that cannot be read', async (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, 'dclip'));
    writeFileSync(join(folder, 'dclip/image.safetensors'), files['dclip/image.safetensors']);
    const { stdout, stderr, status } = await acg2vec(['embed', join(folder, 'none.png'), picture, '--models', folder]);
    const { input, model, dim, vector } = JSON.parse(stdout);
    assert.deepEqual([status, input, model, dim], [1, picture, 'dclip', 40]);
    assertVector(Float32Array.from(vector), expected.pictures['anime256.png']);
    assert.match(stderr, /^acg2vec: .*none\.png: There is no such file\.\n$/);
    const unfit = await acg2vec(['classify', picture, '--labels', 'a', '--model', 'acgvoc2vec']);
    assert.equal(unfit.status, 2);
    assert.match(unfit.stderr, /Expected one of dclip, clip-b32, .* for model but received 'acgvoc2vec'/);
    const wrong = await acg2vec(['embed', '--text', 'a', '--model', 'illust2vec']);
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /Expected one of dclip, acgvoc2vec, .* for model but received 'illust2vec'/);
});
