// Small published models that are the same on every machine: made from a seed, with only integers and exact sums. The converter in Python
// reads the same bytes (tests/convert/expected.py), written by `node tests/js/converter_sources.mjs FOLDER`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Bytes of a value. */
const SIZES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8 };

/** Numbers between -1 and 1, many small and few large, as weights are. */
export class Random {
    constructor(seed) {
        this.state = seed;
    }

    /** 32 random bits (a Weyl sequence, mixed). */
    bits() {
        this.state = (this.state + 0x9e3779b9) | 0;
        let x = this.state;
        x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
        x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
        return (x ^ (x >>> 15)) >>> 0;
    }

    next() {
        const a = this.bits() / 2 ** 31 - 1;
        const b = this.bits() / 2 ** 31 - 1;
        return a * b * b;
    }
}

/** [out][in …] with rows that are hard to round: zeros, nearly zeros, whole and half steps, very large values. */
export function weights(random, shape) {
    const values = new Float32Array(product(shape));
    const n = values.length / (shape[0] || 1);
    for (let i = 0; i < values.length; i++) {
        const row = Math.floor(i / n);
        const value = random.next();
        if (row % 13 === 5) values[i] = 0;
        else if (row % 13 === 6) values[i] = value * 2 ** -140;
        else if (row % 13 === 7) values[i] = i % n === 0 ? 127 / 64 : Math.round(value * 254) / 128;
        else values[i] = value * (1 + (row % 5)) * (row % 11 === 10 ? 30 : 0.5);
    }
    return tensor('F32', shape, values);
}

/** @param {ArrayLike<number>} values of F32 or F64; of the others their bits */
export function tensor(dtype, shape, values) {
    const Kind = { F64: Float64Array, F32: Float32Array, F16: Uint16Array, BF16: Uint16Array, I64: BigInt64Array }[dtype];
    return { dtype, shape, bytes: new Uint8Array(Kind.from(values).buffer) };
}

const vector = (random, n, around, spread) =>
    tensor(
        'F32',
        [n],
        Float32Array.from({ length: n }, () => around + spread * random.next()),
    );

function clip(random) {
    const tensors = new Map();
    const add = (name, ...shape) => tensors.set(name, shape.length === 1 ? vector(random, shape[0], 0.1, 1) : weights(random, shape));
    const halves = [
        ['vision_model', 32, 48],
        ['text_model', 24, 300],
    ];
    for (const [model, hidden, mlp] of halves) {
        for (let i = 0; i < 2; i++) {
            const layer = `${model}.encoder.layers.${i}.`;
            for (const each of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) {
                add(`${layer}self_attn.${each}.weight`, hidden, hidden);
                add(`${layer}self_attn.${each}.bias`, hidden);
            }
            for (const each of ['layer_norm1', 'layer_norm2'])
                for (const kind of ['weight', 'bias']) add(`${layer}${each}.${kind}`, hidden);
            add(`${layer}mlp.fc1.weight`, mlp, hidden);
            add(`${layer}mlp.fc1.bias`, mlp);
            add(`${layer}mlp.fc2.weight`, hidden, mlp);
            add(`${layer}mlp.fc2.bias`, hidden);
        }
        for (const norm of model === 'text_model' ? ['final_layer_norm'] : ['pre_layrnorm', 'post_layernorm']) {
            for (const kind of ['weight', 'bias']) add(`${model}.${norm}.${kind}`, hidden);
        }
    }
    add('vision_model.embeddings.class_embedding', 32);
    add('vision_model.embeddings.patch_embedding.weight', 32, 3, 8, 8);
    add('vision_model.embeddings.position_embedding.weight', 17, 32);
    add('text_model.embeddings.token_embedding.weight', 61, 24);
    add('text_model.embeddings.position_embedding.weight', 13, 24);
    add('visual_projection.weight', 20, 32);
    add('text_projection.weight', 20, 24);
    tensors.set('logit_scale', tensor('F32', [], [4.6052]));
    return tensors;
}

/** Hugging Face's names, with the positions that older versions saved, and a config.json with all that its numbers can be. */
function clipOfHuggingFace() {
    const tensors = clip(new Random(1));
    tensors.set(
        'vision_model.embeddings.position_ids',
        tensor(
            'I64',
            [1, 17],
            Array.from({ length: 17 }, (_, i) => BigInt(i)),
        ),
    );
    const common = { hidden_act: 'quick_gelu', projection_dim: 20, num_hidden_layers: 2, num_attention_heads: 2 };
    const config = JSON.stringify({
        vision_config: { ...common, hidden_size: 32, intermediate_size: 48, image_size: 32, patch_size: 8, layer_norm_eps: 'EPS' },
        text_config: {
            ...common,
            hidden_size: 24,
            intermediate_size: 300,
            vocab_size: 61,
            eos_token_id: null,
            layer_norm_eps: 1,
            hidden_act: '"gelu"\t\\é 音',
        },
    });
    return { tensors, texts: { 'config.json': config.replace('"EPS"', '1e-05').replace('"layer_norm_eps":1', '"layer_norm_eps":1.0') } };
}

/** In other dtypes, as smaller files have them. */
function clipOfHalves() {
    const { texts } = clipOfHuggingFace();
    const tensors = new Map();
    for (const [i, [name, each]] of [...clip(new Random(2))].entries()) tensors.set(name, recoded(each, ['F16', 'BF16', 'F64'][i % 3]));
    return { tensors, texts };
}

/** Bits of numbers that are not too large, or doubles that lie between floats. */
function recoded({ shape, bytes }, dtype) {
    const values = new Float32Array(bytes.buffer);
    const bits = new Uint32Array(bytes.buffer);
    if (dtype === 'F64')
        return tensor(
            dtype,
            shape,
            Float64Array.from(values, (value, i) => value * (1 + ((i % 7) - 3) * 2 ** -25)),
        );
    const scaled = dtype === 'BF16' ? (x) => x >>> 16 : (x) => ((x >>> 16) & 0x8000) | (((x & 0x7fffffff) >>> 13) % 0x5000);
    return tensor(dtype, shape, Uint16Array.from(bits, scaled));
}

/** OpenAI's names, without a config.json. */
function clipOfOpenai() {
    const random = new Random(3);
    const tensors = new Map();
    const add = (name, ...shape) => tensors.set(name, shape.length === 1 ? vector(random, shape[0], 0.1, 1) : weights(random, shape));
    const halves = [
        ['visual.', 128],
        ['', 64],
    ];
    for (const [half, hidden] of halves) {
        const block = `${half}transformer.resblocks.0.`;
        for (const norm of ['ln_1', 'ln_2']) for (const kind of ['weight', 'bias']) add(`${block}${norm}.${kind}`, hidden);
        add(`${block}attn.in_proj_weight`, 3 * hidden, hidden);
        add(`${block}attn.in_proj_bias`, 3 * hidden);
        add(`${block}attn.out_proj.weight`, hidden, hidden);
        add(`${block}attn.out_proj.bias`, hidden);
        add(`${block}mlp.c_fc.weight`, 96, hidden);
        add(`${block}mlp.c_fc.bias`, 96);
        add(`${block}mlp.c_proj.weight`, hidden, 96);
        add(`${block}mlp.c_proj.bias`, hidden);
    }
    for (const norm of ['visual.ln_pre', 'visual.ln_post']) for (const kind of ['weight', 'bias']) add(`${norm}.${kind}`, 128);
    for (const kind of ['weight', 'bias']) add(`ln_final.${kind}`, 64);
    add('visual.class_embedding', 128);
    add('visual.positional_embedding', 17, 128);
    add('visual.conv1.weight', 128, 3, 8, 8);
    add('visual.proj', 128, 20);
    add('token_embedding.weight', 61, 64);
    add('positional_embedding', 13, 64);
    add('text_projection', 64, 20);
    tensors.set('logit_scale', tensor('F32', [], [4.6]));
    tensors.set('input_resolution', tensor('I64', [], [32n]));
    return { tensors, texts: {} };
}

function distilbert({ seed, prefix, texts }) {
    const random = new Random(seed);
    const tensors = new Map();
    const add = (name, ...shape) =>
        tensors.set(prefix + name, shape.length === 1 ? vector(random, shape[0], 0.1, 1) : weights(random, shape));
    add('embeddings.word_embeddings.weight', 150, 24);
    add('embeddings.position_embeddings.weight', 16, 24);
    for (const kind of ['weight', 'bias']) add(`embeddings.LayerNorm.${kind}`, 24);
    for (let i = 0; i < 2; i++) {
        const layer = `transformer.layer.${i}.`;
        for (const [name, out, from] of [
            ...['q', 'k', 'v', 'out'].map((each) => [`attention.${each}_lin`, 24, 24]),
            ['ffn.lin1', 300, 24],
            ['ffn.lin2', 24, 300],
        ]) {
            add(`${layer}${name}.weight`, out, from);
            add(`${layer}${name}.bias`, out);
        }
        for (const norm of ['sa_layer_norm', 'output_layer_norm'])
            for (const kind of ['weight', 'bias']) add(`${layer}${norm}.${kind}`, 24);
    }
    if (prefix) tensors.set('vocab_transform.weight', weights(random, [24, 24]));
    const dense = new Map([
        ['linear.weight', weights(random, [20, 24])],
        ['linear.bias', vector(random, 20, 0, 1)],
    ]);
    const config = { n_heads: 3, activation: 'gelu', dim: 24, hidden_dim: 300, n_layers: 2, vocab_size: 150, max_position_embeddings: 16 };
    return { tensors, beside: { '2_Dense/model.safetensors': dense }, texts: { 'config.json': JSON.stringify(config), ...texts } };
}

const words = [
    '[PAD]',
    'a',
    '[UNK]',
    '[SEP]',
    '[CLS]',
    '##b \t',
    '音',
    '"\\',
    '',
    'twice',
    'twice',
    '\u3000',
    'x\u2028y',
    '[MASK]',
    '\u0001é\u007f',
    '𝒳',
];

/** [h][w][in][out] of the usual layout's [out][in][h][w]. */
function kernel(random, h, w, inC, outC) {
    const from = new Float32Array(weights(random, [outC, inC, h, w]).bytes.buffer);
    const values = new Float32Array(from.length);
    for (let o = 0; o < outC; o++) {
        for (let i = 0; i < inC; i++) {
            for (let k = 0; k < h * w; k++) values[(k * inC + i) * outC + o] = from[(o * inC + i) * h * w + k];
        }
    }
    return tensor('F32', [h, w, inC, outC], values);
}

/** Keras's variables, with normalisations as after training: some nearly zero, some very large. */
class KerasSource {
    constructor(seed) {
        this.random = new Random(seed);
        this.tensors = new Map();
    }

    conv(name, [h, w, inC, outC], hasBias) {
        this.tensors.set(`${name}/kernel`, kernel(this.random, h, w, inC, outC));
        if (hasBias) this.tensors.set(`${name}/bias`, vector(this.random, outC, 0, 0.3));
    }

    norm(name, n) {
        this.tensors.set(`${name}/gamma`, vector(this.random, n, 0.4, 1.5));
        this.tensors.set(`${name}/beta`, vector(this.random, n, -0.2, 2));
        this.tensors.set(`${name}/moving_mean`, vector(this.random, n, 0, 3));
        this.tensors.set(`${name}/moving_variance`, vector(this.random, n, 1.01, 1));
        const gamma = new Float32Array(this.tensors.get(`${name}/gamma`).bytes.buffer);
        gamma[1] = 0;
        gamma[2] = 1e-7;
    }
}

function deepdanbooru({ seed, config, tags, texts }) {
    const source = new KerasSource(seed);
    let n = 0;
    const add = (h, w, inC, outC, hasBias) => {
        const number = n === 0 ? '' : `_${n}`;
        source.conv(`conv2d${number}`, [h, w, inC, outC], hasBias);
        source.norm(`batch_normalization${number}`, outC);
        n++;
    };
    add(7, 7, 3, 8, true);
    let width = 8;
    for (const [outC, blocks] of [
        [16, 2],
        [24, 1],
        [24, 3],
    ]) {
        for (let i = 0; i < blocks; i++) {
            add(1, 1, width, outC / 4, false);
            add(3, 3, outC / 4, outC / 4, true);
            add(1, 1, outC / 4, outC, false);
            if (i === 0) add(1, 1, width, outC, false);
            width = outC;
        }
    }
    if (tags) source.conv(`conv2d_${n}`, [1, 1, width, tags], false);
    return { kind: 'hdf5', tensors: source.tensors, config, texts };
}

function pix2score() {
    const source = new KerasSource(8);
    source.conv('conv1_conv', [7, 7, 3, 6], true);
    let width = 6;
    for (const [stack, inner, blocks] of [
        [2, 4, 2],
        [4, 5, 11],
        [5, 7, 2],
    ]) {
        for (let i = 1; i <= blocks; i++) {
            const block = `conv${stack}_block${i}`;
            source.norm(`${block}_preact_bn`, width);
            if (i === 1) source.conv(`${block}_0_conv`, [1, 1, width, 4 * inner], true);
            source.conv(`${block}_1_conv`, [1, 1, width, inner], false);
            source.norm(`${block}_1_bn`, inner);
            source.conv(`${block}_2_conv`, [3, 3, inner, inner], false);
            source.norm(`${block}_2_bn`, inner);
            source.conv(`${block}_3_conv`, [1, 1, inner, 4 * inner], true);
            width = 4 * inner;
        }
    }
    source.norm('post_bn', width);
    for (const [head, bins] of Object.entries({ bookmark_predict: 15, view_predict: 15, sanity_predict: 5 })) {
        source.tensors.set(`${head}/kernel`, weights(source.random, [width, bins]));
        source.tensors.set(`${head}/bias`, vector(source.random, bins, 0, 1));
    }
    return { kind: 'tf-bundle', tensors: source.tensors, texts: {} };
}

const tags = (n) => Array.from({ length: n }, (_, i) => (i < n - 3 ? `tag_${i}` : `rating:${i}`));
const published = [
    { name: 'General', start_index: 0 },
    { name: 'Character', start_index: 9 },
    { name: 'System', start_index: 14 },
];

/** id -> { kind, tensors, texts, beside }: `kind` says whether models/convert reads it as it is, or takes its tensors for Keras's. */
export function makeSources() {
    return {
        clip: clipOfHuggingFace(),
        'clip-halves': clipOfHalves(),
        'clip-openai': clipOfOpenai(),
        distilbert: distilbert({
            seed: 4,
            prefix: '',
            texts: {
                'tokenizer.json': '{"version":\r\n"1.0",\n"é":"音"}\r',
                'sentence_bert_config.json': '{"max_seq_length": 16}',
                '2_Dense/config.json': '{"activation_function": "torch.nn.modules.activation.Tanh"}',
                '1_Pooling/config.json': '{"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": false}',
            },
        }),
        deepdanbooru: deepdanbooru({
            seed: 6,
            config: { layers: [{ config: { name: 'input' } }, { config: { batch_input_shape: [null, 96, 96, 3] } }] },
            tags: 17,
            texts: {
                'tags.txt': `${tags(17).join(' \r\n')}\n\n`,
                'categories.json': JSON.stringify(published),
                'project.json': '{"image_width": 64}',
            },
        }),
        'deepdanbooru-ratings': deepdanbooru({
            seed: 9,
            tags: 13,
            texts: { 'tags.txt': tags(13).join('\n'), 'project.json': '{"image_width": 64}' },
        }),
        illust2vec: deepdanbooru({ seed: 7, texts: {} }),
        pix2score: pix2score(),
        'distilbert-old': distilbert({ seed: 5, prefix: 'distilbert.', texts: { 'vocab.txt': `${words.join('\n')}\r\nlast` } }),
    };
}

/** A safetensors file. */
export function safetensorsOf(tensors) {
    let at = 0;
    const header = {};
    for (const [name, { dtype, shape, bytes }] of tensors) header[name] = { dtype, shape, data_offsets: [at, (at += bytes.length)] };
    const text = Buffer.from(JSON.stringify(header));
    const head = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8, ' ');
    head.writeBigUInt64LE(BigInt(head.length - 8));
    text.copy(head, 8);
    return Buffer.concat([head, ...[...tensors.values()].map(({ bytes }) => bytes)]);
}

/** What the converter takes: an Original in memory, in pieces of odd sizes. */
export function publishedOf({ kind, tensors, config, texts, beside = {} }, pieceBytes = 1000) {
    return {
        weights: originalOf(tensors, { kind, config, pieceBytes }),
        original: async (path) => beside[path] && originalOf(beside[path], { pieceBytes }),
        text: async (path) => texts[path],
    };
}

export function originalOf(tensors, { kind, config, pieceBytes }) {
    return {
        container: kind ?? 'safetensors',
        config,
        tensors: new Map([...tensors].map(([name, { dtype, shape, bytes }]) => [name, { dtype, shape, bytes: bytes.length }])),
        stream: async function* () {
            for (const [name, { dtype, bytes }] of tensors) {
                const step = Math.ceil(pieceBytes / SIZES[dtype]) * SIZES[dtype];
                for (let at = 0; at < bytes.length; at += step) yield { name, at, bytes: bytes.slice(at, at + step) };
            }
        },
        ...(kind && { read: async (name) => tensors.get(name).bytes.slice() }),
    };
}

function product(shape) {
    return shape.reduce((all, dim) => all * dim, 1);
}

function write(folder) {
    for (const [id, { kind, tensors, config, texts, beside = {} }] of Object.entries(makeSources())) {
        const files = { ...texts, [kind ? 'variables.safetensors' : 'model.safetensors']: safetensorsOf(tensors) };
        for (const [path, each] of Object.entries(beside)) files[path] = safetensorsOf(each);
        if (kind) files['keras.json'] = JSON.stringify(config ?? null);
        for (const [path, content] of Object.entries(files)) {
            mkdirSync(dirname(join(folder, id, path)), { recursive: true });
            writeFileSync(join(folder, id, path), content);
        }
    }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) write(process.argv[2]);
