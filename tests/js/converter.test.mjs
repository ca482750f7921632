// The converter's files against those that the converter in Python makes of the same sources (tests/convert/expected.py), byte for byte.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { AcgError } from '../../js/errors.js';
import { planConversion } from '../../js/models/convert/convert.js';
import { makeSources, publishedOf, tensor } from './converter_sources.mjs';

const expected = JSON.parse(readFileSync(new URL('../golden/converted.json', import.meta.url), 'utf8'));
const sources = makeSources();

/** An output that refuses to be written twice, or not whole. */
class Memory {
    constructor(size) {
        this.bytes = new Uint8Array(size);
        this.written = new Uint8Array(size);
    }

    write(at, bytes) {
        assert.ok(at >= 0 && at + bytes.length <= this.bytes.length, 'outside of the file');
        assert.ok(!this.written.subarray(at, at + bytes.length).includes(1), 'written twice');
        this.written.fill(1, at, at + bytes.length);
        this.bytes.set(bytes, at);
        structuredClone(bytes, { transfer: [bytes.buffer] }); // as one in another thread takes them
    }

    get sha256() {
        assert.ok(!this.written.includes(0), 'not written everywhere');
        return createHash('sha256').update(this.bytes).digest('hex');
    }
}

async function convert(published, options, runOptions) {
    const plan = await planConversion(published, options);
    const outputs = new Map(plan.files.map(({ name, bytes }) => [name, new Memory(bytes)]));
    await plan.run(outputs, runOptions);
    return { plan, outputs };
}

for (const [id, ways] of Object.entries(expected)) {
    for (const [way, files] of Object.entries(ways)) {
        it(`${id} as ${way} is Python's, byte for byte`, async () => {
            const [dtype, part] = way.split(' ');
            let read = 0;
            const onBytes = (bytes) => (read += bytes);
            const { plan, outputs } = await convert(publishedOf(sources[id]), { dtype, parts: part && [part] }, { onBytes });
            assert.deepEqual(Object.fromEntries([...outputs].map(([name, output]) => [name, output.sha256])), files);
            assert.equal(read, plan.sourceBytes);
        });
    }
}

const change = (source, name, each) => ({ ...source, tensors: new Map(source.tensors).set(name, each) });
const without = (map, name) => new Map([...map].filter(([key]) => key !== name));
const setText = (source, path, text) => ({ ...source, texts: { ...source.texts, [path]: text } });
const floats = (shape, value) => tensor('F32', shape, new Array(shape.reduce((a, b) => a * b, 1)).fill(value));

const PIECE = 1000; // bytes that the source gives at once
const clip = sources.clip;
const sentences = sources.distilbert;
const old = sources['distilbert-old'];
const project = sources.deepdanbooru;
const score = sources.pix2score;
const QUERY = 'vision_model.encoder.layers.1.self_attn.q_proj.weight';
const refused = [
    [
        'no network',
        { tensors: new Map([['layer.weight', floats([2], 1)]]), texts: {} },
        /^Expected CLIP, pix2score, .* but the weights are of none/,
    ],
    ['a part', { ...clip, parts: ['tags'] }, /^Expected image or text for parts but received 'tags'\.$/],
    ['a part of what has none', { ...sentences, parts: ['image'] }, /^Expected nothing for parts/],
    ['a dtype', { ...clip, dtype: 'int4' }, /for dtype but received 'int4'/],
    [
        'a missing projection',
        { ...clip, tensors: without(clip.tensors, 'visual_projection.weight') },
        /no tensor visual_projection\.weight/,
    ],
    ['whole numbers', change(clip, 'visual_projection.weight', tensor('I64', [1, 1], [1n])), /floating-point values .* found I64/],
    [
        'a vector',
        change(clip, QUERY, floats([4], 1)),
        /^Expected a matrix for tensor vision_model.*q_proj\.weight but its shape is \[4\]\.$/,
    ],
    ['a broken config.json', setText(clip, 'config.json', '{"vision_config": '), /^Expected JSON in config\.json/],
    ['half a config.json', setText(clip, 'config.json', '{"vision_config": {}}'), /^Expected a text_config in config\.json/],
    [
        'a list in config.json',
        setText(clip, 'config.json', '{"vision_config": {"hidden_size": [1]}}'),
        /^Expected a number or a word for vision_config\.hid/,
    ],
    [
        "another tensor of OpenAI's",
        change(sources['clip-openai'], 'visual.ln_1', floats([1], 1)),
        /^Tensor visual\.ln_1 is none that a CLIP/,
    ],
    ['no dense layer', { ...sentences, beside: {} }, /^Expected the dense layer of sentence-transformers .* but there is none\.$/],
    ['another activation', setText(sentences, '2_Dense/config.json', '{"activation_function": "ReLU"}'), /^Expected tanh .* found ReLU/],
    [
        'another pooling',
        setText(sentences, '1_Pooling/config.json', '{"pooling_mode_max_tokens": true}'),
        /^Expected the mean .* max_tokens/,
    ],
    ['no words', setText(old, 'vocab.txt', undefined), /^Expected tokenizer\.json or vocab\.txt .* found neither/],
    ['no [SEP]', setText(old, 'vocab.txt', '[UNK]\n[CLS]\n'), /^Expected the word \[SEP\] in vocab\.txt but there is none/],
    ['no tag list', setText(project, 'tags.txt', undefined), /^Expected the names of the 17 tags in tags\.txt .* no such file\.$/],
    ['a tag list of another', setText(project, 'tags.txt', 'one two'), /^Expected 17 tags in tags\.txt but found 2\.$/],
    ['a dense layer', change(project, 'dense/kernel', floats([4, 4], 0)), /^Expected one of DeepDanbooru.* but the layers are others\.$/],
    ['a kernel of another size', change(project, 'conv2d_2/kernel', floats([5, 5, 4, 4], 0)), /but the layers are others\.$/],
    ['a missing convolution', { ...project, tensors: without(project.tensors, 'conv2d_5/kernel') }, /but the layers are others\.$/],
    [
        'a missing normalisation',
        { ...project, tensors: without(project.tensors, 'batch_normalization_5/gamma') },
        /but the layers are others\.$/,
    ],
    [
        'a normalisation without its mean',
        { ...project, tensors: without(project.tensors, 'batch_normalization_5/moving_mean') },
        /^Expected the variable batch_normalization_5\/moving_mean but there is none\.$/,
    ],
    [
        'a normalisation of others',
        change(project, 'batch_normalization_2/beta', floats([5], 0)),
        /^Expected 4 values in the variable .* is \[5\]\.$/,
    ],
    ['tags of illust2vec', { ...sources.illust2vec, parts: ['deepdanbooru'] }, /^Expected a layer for tags .* it is illust2vec\.$/],
    ['what comes as a stream', { ...project, isStream: true }, /must be stored first\.$/],
    [
        'a head without a bias',
        { ...score, tensors: without(score.tensors, 'view_predict/bias') },
        /variable view_predict\/bias but there is none/,
    ],
    [
        'a head of pictures',
        change(score, 'view_predict/kernel', floats([2, 2, 28, 15], 0)),
        /^Expected another shape of the variable view_predict/,
    ],
    [
        'whole numbers in a kernel',
        change(score, 'conv1_conv/kernel', tensor('I64', [1, 1, 1, 1], [1n])),
        /floating-point values .* found I64/,
    ],
    [
        'more in the dense layer',
        { ...sentences, beside: { '2_Dense/model.safetensors': new Map([['x', floats([1], 1)]]) } },
        /^Expected linear\.weight and linear\.bias in 2_Dense but found x\.$/,
    ],
];
for (const [what, source, sentence] of refused) {
    it(`${what} is refused before anything is written`, async () => {
        const published = publishedOf(source);
        if (source.isStream) published.weights.read = undefined;
        await assert.rejects(planConversion(published, { dtype: source.dtype ?? 'f16', parts: source.parts }), (error) => {
            assert.ok(error instanceof AcgError, error.stack);
            assert.match(error.message, sentence);
            return true;
        });
    });
}

for (const [dtype, value, kind] of [
    ['f16', 65520, 'float16'],
    ['f16', Number.NaN, 'float16'],
    ['bf16', 3.4e38, 'bfloat16'],
    ['f32', Infinity, 'float32'],
    ['int8', Number.NaN, 'int8'],
    ['int8', -Infinity, 'int8'],
]) {
    it(`${value} does not fit into ${dtype}: the tensor is named`, async () => {
        const values = new Array(32 * 32).fill(0.5).with(700, value);
        const source = change(clip, QUERY, tensor('F32', [32, 32], values));
        const message = `Tensor ${QUERY} has values that ${kind} cannot hold.`;
        await assert.rejects(convert(publishedOf(source), { dtype }), { name: 'AcgError', code: 'UNSUPPORTED', message });
    });
}

for (const [source, name, ours] of [
    [project, 'conv2d_8/kernel', 'stages.1.0.conv1.weight'],
    [score, 'conv5_block2_2_conv/kernel', 'conv5_block2_2_conv.weight'],
    [score, 'conv1_conv/kernel', 'conv1_conv.weight'],
    [score, 'post_bn/beta', 'post_bn.bias'],
]) {
    it(`a value of ${name} that is none is refused by the name ${ours}`, async () => {
        const { shape, bytes } = source.tensors.get(name);
        const values = new Float32Array(bytes.slice().buffer).fill(Number.NaN, 7, 8);
        const run = convert(publishedOf(change(source, name, tensor('F32', shape, values))), { dtype: 'int8' });
        await assert.rejects(run, (error) => error.message.startsWith(`Tensor ${ours} has values that `));
    });
}

it('blocks that do not fit together are refused where their averages are needed', async () => {
    const wide = new Map(project.tensors);
    for (const name of ['gamma', 'beta', 'moving_mean', 'moving_variance']) wide.set(`batch_normalization_3/${name}`, floats([20], 1));
    wide.set('conv2d_3/kernel', floats([1, 1, 4, 20], 1));
    await assert.rejects(planConversion(publishedOf({ ...project, tensors: wide }), { dtype: 'int8' }), { code: 'UNSUPPORTED' });
    const narrow = change(score, 'conv4_block2_2_conv/kernel', floats([3, 3, 4, 5], 1));
    const message = 'Expected 4 channels before conv4_block2_2_conv.weight but found 5.';
    await assert.rejects(convert(publishedOf(narrow), { dtype: 'int8' }), { code: 'BAD_FORMAT', message });
});

it('the largest values that fit are kept', async () => {
    for (const [dtype, value] of [
        ['f16', 65519.996],
        ['bf16', 3.3895e38],
    ]) {
        await convert(publishedOf(change(clip, 'text_projection.weight', floats([20, 24], value))), { dtype });
    }
});

it('a signal stops it within a piece', async () => {
    const stop = new AbortController();
    let before = 0;
    let after = 0;
    const onBytes = (bytes) => {
        if (stop.signal.aborted) after += bytes;
        else before += bytes;
        if (before > 20_000) setTimeout(() => stop.abort()); // as a message that comes while it works
    };
    const run = convert(publishedOf(clip, PIECE), { dtype: 'int8' }, { signal: stop.signal, onBytes });
    await assert.rejects(run, { code: 'CANCELLED' });
    assert.ok(after <= PIECE, `${after} bytes were read after the signal`);
    await assert.rejects(convert(publishedOf(clip), { dtype: 'int8' }, { signal: AbortSignal.abort() }), { code: 'CANCELLED' });
});

it('a tensor that ends early is refused', async () => {
    const published = publishedOf(clip);
    const { stream } = published.weights;
    published.weights.stream = async function* () {
        for await (const piece of stream()) if (piece.name !== QUERY || piece.at === 0) yield piece;
    };
    await assert.rejects(convert(published, { dtype: 'int8' }), {
        code: 'BAD_FORMAT',
        message: /^Expected 1024 values of tensor .* but found 250\.$/,
    });
});

it('pieces may be of any size, and their order by tensors does not matter', async () => {
    for (const pieceBytes of [60, 132, 2 ** 20]) {
        const source = { ...clip, tensors: new Map([...clip.tensors].reverse()) };
        const { outputs } = await convert(publishedOf(source, pieceBytes), { dtype: 'int8' });
        assert.equal(outputs.get('image.safetensors').sha256, expected.clip.int8['image.safetensors']);
    }
});
