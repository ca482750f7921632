// Texts to acgvoc2vec's vectors, through the whole engine, against transformers and sentence-transformers on the same tiny network.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { acg2vec, golden, readGolden, temporaryFolder } from './support.mjs';
import { assertVector, cosine, entry, tinyEngine } from './tiny_engine.mjs';

const model = 'acgvoc2vec';
/** What the originals say: see tests/nets/make_distilbert_golden.py. */
const { texts: expected } = JSON.parse(readFileSync(golden('acgvoc2vec/expected.json'), 'utf8'));
const files = {
    'acgvoc2vec/model.safetensors': readGolden('acgvoc2vec/model.safetensors'),
    'acgvoc2vec/tokenizer.json': readGolden('acgvoc2vec/tokenizer.json'),
};
const models = (changed = {}, name = model) => {
    const all = Object.fromEntries(Object.entries({ ...files, ...changed }).map(([path, bytes]) => [path.replace(model, name), bytes]));
    return { files: all, manifest: { models: [entry(all, name, 'distilbert', name, Object.keys(all))] } };
};

describe('acgvoc2vec', () => {
    let engine;
    before(async () => (engine = await tinyEngine(models())));
    after(() => engine.close());

    test('the vectors that the originals give, together and alone', async () => {
        const texts = expected.map(({ text }) => text);
        const vectors = await engine.embedText(texts, { model });
        for (const [i, { vector }] of expected.entries()) assertVector(vectors[i], vector);
        assert.deepEqual(await engine.embedText(texts[1], { model }), vectors[1]);
    });

    test('length 1 on request', async () => {
        const unit = await engine.embedText('1girl', { model, normalize: true });
        assert.ok(Math.abs(Math.hypot(...unit) - 1) < 1e-6);
        assert.ok(cosine(unit, await engine.embedText('1girl', { model })) > 0.9999999);
    });

    test('a text that is too long is refused on request', async () => {
        await assert.rejects(engine.embedText('a '.repeat(40), { model, truncate: false }), {
            code: 'BAD_ARGUMENT',
            message: /at most 30 tokens/,
        });
    });

    test('distiluse is the same network under another name', async () => {
        const other = await tinyEngine(models({}, 'distiluse'));
        assertVector(await other.embedText(expected[1].text, { model: 'distiluse' }), expected[1].vector);
        await other.close();
    });

    test('a broken text is embedded without what is broken', async () => {
        assert.deepEqual(await engine.embedText('cat\ud800', { model }), await engine.embedText('cat', { model }));
    });
});

test('acgvoc2vec in int8 gives nearly the same', async () => {
    const engine = await tinyEngine(models({ 'acgvoc2vec/model.safetensors': readGolden('acgvoc2vec/model_i8.safetensors') }));
    const vectors = await engine.embedText(
        expected.map(({ text }) => text),
        { model },
    );
    await engine.close();
    for (const [i, { vector }] of expected.entries()) assert.ok(cosine(vectors[i], vector) >= 0.999, `${cosine(vectors[i], vector)}`);
});

describe('files that are broken', () => {
    const cases = {
        'no tokenizer': [{ 'acgvoc2vec/tokenizer.json': Buffer.from('{"model": {}}') }, /the token \[UNK\]/],
        'another tokenizer': [
            { 'acgvoc2vec/tokenizer.json': Buffer.from('{"model": {"type": "BPE"}}') },
            /of the type WordPiece but found BPE/,
        ],
        'another network': [{ 'acgvoc2vec/model.safetensors': readGolden('clip/text.safetensors') }, /embeddings\.word_embeddings\.weight/],
        truncated: [{ 'acgvoc2vec/model.safetensors': files['acgvoc2vec/model.safetensors'].subarray(0, 50000) }, /./],
    };
    for (const [name, [changed, message]] of Object.entries(cases)) {
        test(`${name}: a sentence`, async () => {
            const engine = await tinyEngine(models(changed));
            await assert.rejects(engine.embedText('a', { model }), { name: 'AcgError', message });
            await engine.close();
        });
    }
});

test('acg2vec embed --text --model acgvoc2vec: a line for each sentence', async (context) => {
    const folder = temporaryFolder(context);
    for (const [path, bytes] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), bytes);
    }
    const sentences = expected.slice(1, 3);
    const { stdout, status } = await acg2vec([
        'embed',
        '--text',
        ...sentences.map(({ text }) => text),
        '--model',
        model,
        '--models',
        folder,
    ]);
    assert.equal(status, 0);
    for (const [i, line] of stdout.trim().split('\n').entries()) {
        const { input, vector, ...rest } = JSON.parse(line);
        assert.deepEqual([input, rest], [sentences[i].text, { model, dim: 40 }]);
        assertVector(Float32Array.from(vector), sentences[i].vector);
    }
    const wrong = await acg2vec(['embed', golden('anime256.png'), '--model', model]);
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /Expected one of dclip, illust2vec, illust2vec-style, clip-b32, .* for model but received 'acgvoc2vec'/);
});
