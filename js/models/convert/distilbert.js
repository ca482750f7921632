// acgvoc2vec and other DistilBERTs in the form of sentence-transformers: after the mean over the tokens comes a dense layer with tanh.
import { AcgError } from '../../errors.js';
import { isTrue, pythonStr, readJson } from './python_text.js';
import { checkTaken, streamTensors, streamedBytes } from './stream_tensors.js';
import { tokenizerOf } from './word_piece.js';

/**
 * @typedef {import('./convert.js').Published} Published
 * @typedef {import('./stream_tensors.js').Taken} Taken
 */

export const NETWORK = 'distilbert';
/** @type {string[]} */
export const PARTS = [];

// the weights of linear layers, and the word embeddings, which are more than half of the file
const QUANTISED = /\.(attention\.(q|k|v|out)_lin|ffn\.lin[12]|word_embeddings)\.weight$/;
const KEPT = ['embeddings.word_embeddings.', 'embeddings.position_embeddings.', 'embeddings.LayerNorm.', 'transformer.layer.'];
// fields of config.json -> the names that other transformers have for them
const FIELDS = {
    n_heads: 'num_attention_heads',
    activation: 'hidden_act',
    dim: 'hidden_size',
    hidden_dim: 'intermediate_size',
    n_layers: 'num_hidden_layers',
    vocab_size: 'vocab_size',
    max_position_embeddings: 'max_position_embeddings',
};
const DENSE = '2_Dense';
const WEIGHTS = ['model.safetensors', 'pytorch_model.bin'];
const POOLING = '1_Pooling/config.json';
const MAX_TOKENS = '128';

/** @param {Published} published */
export function recognises({ weights }) {
    return [...weights.tensors.keys()].some((name) => name.endsWith('transformer.layer.0.attention.q_lin.weight'));
}

/**
 * @param {Published} published
 * @returns {Promise<import('./convert.js').Plan>}
 */
export async function plan(published) {
    const { weights } = published;
    /** @type {[string, Taken][]} */
    const all = [...weights.tensors].map(([name, { shape }]) => [name.replace(/^distilbert\./, ''), { original: weights, name, shape }]);
    const kept = all.filter(([name]) => KEPT.some((prefix) => name.startsWith(prefix)));
    await checkPooling(published);
    const tokenizer = await readTokenizer(published);
    const tensors = new Map([...kept, ...(await readDense(published))]);
    checkTaken(tensors, QUANTISED);
    const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
    return {
        models: [{ name: 'model.safetensors', tensors: shapes, metadata: await readMetadata(published), quantised: QUANTISED }],
        texts: [{ name: 'tokenizer.json', text: tokenizer }],
        sourceBytes: streamedBytes(tensors.values()),
        write: ([file], step) => streamTensors([{ file, tensors }], step),
    };
}

/** @param {Published} published */
async function readMetadata({ text }) {
    const config = readJson(await text('config.json'), 'config.json') ?? {};
    const tokens = readJson(await text('sentence_bert_config.json'), 'sentence_bert_config.json')?.max_seq_length;
    const fields = Object.entries(FIELDS)
        .filter(([key]) => Object.hasOwn(config, key))
        .map(([key, name]) => [name, pythonStr(config[key], `${key} of config.json`)]);
    const maxTokens = isTrue(tokens) ? pythonStr(tokens, 'max_seq_length of sentence_bert_config.json') : MAX_TOKENS;
    return { format: 'pt', network: 'distilbert', max_seq_length: maxTokens, ...Object.fromEntries(fields) };
}

/** @param {Published} published */
async function checkPooling({ text }) {
    const config = readJson(await text(POOLING), POOLING) ?? {};
    const modes = Object.keys(config)
        .filter((key) => key.startsWith('pooling_mode_') && config[key] === true)
        .map((key) => key.replace('pooling_mode_', ''));
    const mode = isTrue(config.pooling_mode) ? config.pooling_mode : modes.sort().join(', ');
    if (!['mean', 'mean_tokens', ''].includes(mode)) {
        throw new AcgError('UNSUPPORTED', `Expected the mean over the tokens in ${POOLING} but found ${mode}`);
    }
}

/**
 * @param {Published} published
 * @returns {Promise<[string, Taken][]>}
 */
async function readDense({ original, text }) {
    const dense = (await original(`${DENSE}/${WEIGHTS[0]}`)) ?? (await original(`${DENSE}/${WEIGHTS[1]}`));
    if (!dense) {
        throw new AcgError(
            'NOT_FOUND',
            `Expected the dense layer of sentence-transformers as ${WEIGHTS.join(' or ')} in ${DENSE} but there is none`,
        );
    }
    const activation = readJson(await text(`${DENSE}/config.json`), `${DENSE}/config.json`)?.activation_function ?? 'Tanh';
    if (!`${activation}`.endsWith('Tanh')) {
        throw new AcgError('UNSUPPORTED', `Expected tanh behind the layer in ${DENSE} but found ${activation}`);
    }
    const names = [...dense.tensors.keys()].sort().join(', ');
    if (names !== 'linear.bias, linear.weight') {
        throw new AcgError('BAD_FORMAT', `Expected linear.weight and linear.bias in ${DENSE} but found ${names || 'nothing'}`);
    }
    return [...dense.tensors].map(([name, { shape }]) => [name.replace('linear', 'dense'), { original: dense, name, shape }]);
}

/**
 * tokenizer.json as published, or made from the vocabulary with the settings of the multilingual cased tokenizer.
 * @param {Published} published
 */
async function readTokenizer({ text }) {
    const tokenizer = await text('tokenizer.json');
    if (tokenizer !== undefined) return tokenizer.replace(/\r\n?/g, '\n');
    const vocabulary = await text('vocab.txt');
    if (vocabulary === undefined)
        throw new AcgError('NOT_FOUND', 'Expected tokenizer.json or vocab.txt beside the weights but found neither');
    return tokenizerOf(vocabulary);
}
