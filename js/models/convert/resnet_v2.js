// pix2score: Keras's ResNetV2 (keras.applications, ResNet101V2 as published) with three heads.
import { moments, reluMoments } from './batch_norm.js';
import { KerasNetwork } from './keras_network.js';
import { KerasVariables, inputSide } from './keras_variables.js';
import { pythonStr } from './python_text.js';

/**
 * @typedef {import('./convert.js').Published} Published
 * @typedef {import('./keras_network.js').Layer} Layer
 */

export const NETWORK = 'resnet_v2';
/** @type {string[]} */
export const PARTS = [];

const HEADS = ['bookmark_predict', 'view_predict', 'sanity_predict'];
const EPSILON = 1.001e-5;
const SIDE = 224;
// the convolutions of the last two stacks, which have nearly all weights, without the shortcuts: errors of earlier layers and of shortcuts go
// through the whole network
const QUANTISED = /^conv[45]_block\d+_[123]_conv\.weight$/;
/** For each convolution of a block (the shortcut first), the normalisation that gives its input. */
const BEFORE = ['preact', 'preact', '1', '2'];

/** @param {Published} published */
export function recognises({ weights }) {
    return weights.tensors.has('conv2_block1_preact_bn/gamma') && weights.tensors.has(`${HEADS[0]}/kernel`);
}

/**
 * Plans one file. A normalisation that does not follow a convolution directly is stored as a factor and a shift.
 * @param {Published} published
 * @returns {Promise<import('./convert.js').Plan>}
 */
export async function plan({ weights }) {
    const variables = new KerasVariables(weights);
    const blocks = blocksOf([...weights.tensors.keys()]);
    const convs = blocks.flatMap((block) => convsOf(variables, block));
    const network = new KerasNetwork(
        variables,
        [
            { name: 'conv1_conv', kernel: 'conv1_conv' },
            ...[...blocks.map((block) => `${block}_preact_bn`), 'post_bn'].map((name) => ({ name, norm: name })),
            ...convs.map(({ layer }) => layer),
            ...HEADS.map((name) => ({ name, kernel: name, isMatrix: true, bias: /** @type {const} */ ('needed') })),
        ],
        EPSILON,
    );
    const metadata = { format: 'pt', network: NETWORK, input_side: pythonStr(inputSide(weights.config) ?? SIDE, 'the side of the input') };
    const averages = () => new Map(convs.map(({ layer, before }) => [layer.name, reluMoments(moments(variables, before)).mean]));
    return {
        models: [{ name: 'model.safetensors', tensors: network.shapes(), metadata, quantised: QUANTISED, keepsVectors: true }],
        texts: [],
        sourceBytes: network.sourceBytes,
        write: ([file], step) => network.write(file, averages, step),
    };
}

/**
 * @param {KerasVariables} variables
 * @param {string} block
 * @returns {{ layer: Layer, before: string }[]}
 */
function convsOf(variables, block) {
    return BEFORE.flatMap((before, i) => {
        const name = `${block}_${i}_conv`;
        if (i === 0 && !variables.has(`${name}/kernel`)) return [];
        const after = i === 1 || i === 2 ? `${block}_${i}_bn` : undefined;
        return [{ layer: { name, kernel: name, norm: after }, before: `${block}_${before}_bn` }];
    });
}

/** @param {string[]} names */
function blocksOf(names) {
    return [...new Set(names.flatMap((name) => /^(conv\d+_block\d+)_preact_bn\//.exec(name)?.[1] ?? []))];
}
