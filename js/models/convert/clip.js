// CLIP: renames OpenAI's tensors to Hugging Face's names, writes the sizes as metadata, and makes a file for each half (image and text network).
import { AcgError } from '../../errors.js';
import { pythonStr, readJson } from './python_text.js';
import { checkTaken, streamTensors, streamedBytes } from './stream_tensors.js';

/**
 * @typedef {import('./stream_tensors.js').Taken} Taken
 * @typedef {import('../originals/original.js').Original} Original
 * @typedef {Record<string, unknown>} Section a part of config.json
 */

export const NETWORK = 'clip';
export const PARTS = ['image', 'text'];

/** @type {Record<string, { network: string, section: string, prefixes: string[] }>} */
const HALVES = {
    image: { network: 'clip_vision', section: 'vision_config', prefixes: ['vision_model.', 'visual_projection.', 'logit_scale'] },
    text: { network: 'clip_text', section: 'text_config', prefixes: ['text_model.', 'text_projection.', 'logit_scale'] },
};
export const FILE_NETWORKS = Object.values(HALVES).map(({ network }) => network);

// the fields of config.json that determine the shape of a network
const FIELDS = [
    'hidden_size',
    'intermediate_size',
    'num_hidden_layers',
    'num_attention_heads',
    'hidden_act',
    'layer_norm_eps',
    'projection_dim',
    'image_size',
    'patch_size',
    'vocab_size',
    'max_position_embeddings',
    'eos_token_id',
];

// The weights of linear layers, which are nearly all of a transformer. The rest is small, or sensitive to rounding.
const QUANTISED = /\.(self_attn\.[qkv]_proj|self_attn\.out_proj|mlp\.fc[12])\.weight$/;

const NEEDED = [
    'vision_model.embeddings.patch_embedding.weight',
    'text_model.embeddings.token_embedding.weight',
    'visual_projection.weight',
    'text_projection.weight',
    'logit_scale',
];

// OpenAI's names -> Hugging Face's, without the prefixes of the halves
const BLOCK_NAMES = new Map([
    ['ln_1', 'layer_norm1'],
    ['ln_2', 'layer_norm2'],
    ['mlp.c_fc', 'mlp.fc1'],
    ['mlp.c_proj', 'mlp.fc2'],
    ['attn.out_proj', 'self_attn.out_proj'],
]);
const TOP_NAMES = new Map([
    ['visual.class_embedding', 'vision_model.embeddings.class_embedding'],
    ['visual.positional_embedding', 'vision_model.embeddings.position_embedding.weight'],
    ['visual.conv1.weight', 'vision_model.embeddings.patch_embedding.weight'],
    ['visual.ln_pre.weight', 'vision_model.pre_layrnorm.weight'],
    ['visual.ln_pre.bias', 'vision_model.pre_layrnorm.bias'],
    ['visual.ln_post.weight', 'vision_model.post_layernorm.weight'],
    ['visual.ln_post.bias', 'vision_model.post_layernorm.bias'],
    ['token_embedding.weight', 'text_model.embeddings.token_embedding.weight'],
    ['positional_embedding', 'text_model.embeddings.position_embedding.weight'],
    ['ln_final.weight', 'text_model.final_layer_norm.weight'],
    ['ln_final.bias', 'text_model.final_layer_norm.bias'],
    ['logit_scale', 'logit_scale'],
]);
const PROJECTIONS = new Map([
    ['visual.proj', 'visual_projection.weight'],
    ['text_projection', 'text_projection.weight'],
]);
const NO_WEIGHTS = /(^|\.)(input_resolution|context_length|vocab_size|position_ids|attn_mask)$/;

/** @param {import('./convert.js').Published} published */
export function recognises({ weights }) {
    return [...weights.tensors.keys()].some((name) => name.startsWith('vision_model.') || name.startsWith('visual.'));
}

/**
 * Plans a file for each half in `parts`.
 * @param {import('./convert.js').Published} published
 * @param {string[]} parts
 * @returns {Promise<import('./convert.js').Plan>}
 */
export async function plan({ weights, text }, parts) {
    const tensors = tensorsOf(weights);
    const config = readJson(await text('config.json'), 'config.json');
    const sections = config?.vision_config ? config : sizes(tensors);
    const halves = parts.map((half) => {
        const { prefixes } = HALVES[half];
        const kept = new Map([...tensors].filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix))));
        checkTaken(kept, QUANTISED);
        return { kept, name: `${half}.safetensors`, metadata: metadata(sections, half) };
    });
    return {
        models: halves.map(({ kept, name, metadata }) => {
            return { name, metadata, tensors: new Map([...kept].map(([name, { shape }]) => [name, shape])), quantised: QUANTISED };
        }),
        texts: [],
        sourceBytes: streamedBytes(tensors.values()),
        write: (files, step) =>
            streamTensors(
                files.map((file, i) => ({ file, tensors: halves[i].kept })),
                step,
            ),
    };
}

/**
 * @param {Original} original
 * @returns {Map<string, Taken>} by Hugging Face's names
 */
function tensorsOf(original) {
    const published = [...original.tensors.keys()].filter((name) => !NO_WEIGHTS.test(name));
    const isOpenai = published.includes('visual.conv1.weight');
    const tensors = new Map(
        published.flatMap((name) => {
            const taken = { original, name, shape: original.tensors.get(name)?.shape ?? [] };
            return isOpenai ? fromOpenai(taken) : [/** @type {[string, Taken]} */ ([name, taken])];
        }),
    );
    for (const name of NEEDED) {
        if (!tensors.has(name)) throw new AcgError('BAD_FORMAT', `Expected a CLIP, but there is no tensor ${name}`);
    }
    return tensors;
}

/**
 * The tensor under its name at Hugging Face.
 * @param {Taken} taken
 * @returns {[string, Taken][]}
 */
function fromOpenai(taken) {
    const projection = PROJECTIONS.get(taken.name);
    if (projection) {
        if (taken.shape.length !== 2) throw new AcgError('BAD_FORMAT', `Expected a matrix for tensor ${taken.name}`);
        return [[projection, { ...taken, shape: [...taken.shape].reverse(), isTransposed: true }]];
    }
    const top = TOP_NAMES.get(taken.name);
    return top ? [[top, taken]] : fromOpenaiBlock(taken);
}

/**
 * A tensor of a transformer's block. The input projection of attention becomes three tensors.
 * @param {Taken} taken
 * @returns {[string, Taken][]}
 */
function fromOpenaiBlock(taken) {
    const found = /^(visual\.)?transformer\.resblocks\.(\d+)\.(.+)[._](weight|bias)$/.exec(taken.name);
    const [, visual, layer, part, kind] = found ?? [];
    const to = `${visual ? 'vision' : 'text'}_model.encoder.layers.${layer}`;
    const name = BLOCK_NAMES.get(part);
    if (name) return [[`${to}.${name}.${kind}`, taken]];
    const [rows, ...rest] = taken.shape;
    if (part !== 'attn.in_proj' || rows % 3) throw new AcgError('BAD_FORMAT', `Tensor ${taken.name} is none that a CLIP of OpenAI has`);
    const shape = [rows / 3, ...rest];
    const size = shape.reduce((product, dim) => product * dim, 1);
    return ['q', 'k', 'v'].map((which, i) => [`${to}.self_attn.${which}_proj.${kind}`, { ...taken, shape, first: i * size }]);
}

/**
 * The metadata of a half: its section of config.json as texts, under the same names.
 * @param {Record<string, Section>} config
 * @param {string} half
 */
function metadata(config, half) {
    const { network, section } = HALVES[half];
    const values = config[section];
    if (typeof values !== 'object' || values === null)
        throw new AcgError('BAD_FORMAT', `Expected a ${section} in config.json but there is none`);
    const fields = FIELDS.filter((key) => Object.hasOwn(values, key)).map((key) => [
        `${section}.${key}`,
        pythonStr(values[key], `${section}.${key} of config.json`),
    ]);
    return { format: 'pt', network, ...Object.fromEntries(fields) };
}

/**
 * The sizes in place of a missing config.json. All networks of OpenAI have heads of 64 values and quick_gelu.
 * @param {Map<string, Taken>} tensors
 * @returns {Record<string, Section>}
 */
function sizes(tensors) {
    const shape = (/** @type {string} */ name, /** @type {number} */ rank) => {
        const found = tensors.get(name)?.shape;
        if (found?.length !== rank) throw new AcgError('BAD_FORMAT', `Expected config.json, or a tensor ${name} of ${rank} dimensions`);
        return found;
    };
    const half = (/** @type {string} */ model) => {
        const [hidden] = shape(`${model}.encoder.layers.0.layer_norm1.weight`, 1);
        const layers = [...tensors.keys()]
            .filter((name) => name.startsWith(`${model}.encoder.layers.`))
            .map((name) => Number(name.split('.')[3]));
        return {
            hidden_size: hidden,
            num_hidden_layers: 1 + layers.reduce((most, layer) => Math.max(most, layer)),
            num_attention_heads: Math.max(Math.floor(hidden / 64), 1),
            intermediate_size: shape(`${model}.encoder.layers.0.mlp.fc1.bias`, 1)[0],
            hidden_act: 'quick_gelu',
            layer_norm_eps: '1e-05',
            projection_dim: shape('visual_projection.weight', 2)[0],
        };
    };
    const patch = shape('vision_model.embeddings.patch_embedding.weight', 4)[3];
    const positions = shape('vision_model.embeddings.position_embedding.weight', 2)[0] - 1;
    const vocabulary = shape('text_model.embeddings.token_embedding.weight', 2)[0];
    return {
        vision_config: { ...half('vision_model'), patch_size: patch, image_size: patch * Math.round(Math.sqrt(positions)) },
        text_config: {
            ...half('text_model'),
            vocab_size: vocabulary,
            eos_token_id: vocabulary - 1,
            max_position_embeddings: shape('text_model.embeddings.position_embedding.weight', 2)[0],
        },
    };
}
