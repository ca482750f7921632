// Published weights become the safetensors files that the engine loads, byte for byte as models/convert (Python) writes them.
import { AcgError, badArgument, cancelled } from '../../errors.js';
import { pause } from '../../shared/pause.js';
import * as clip from './clip.js';
import * as deepdanbooru from './deepdanbooru.js';
import * as distilbert from './distilbert.js';
import { ModelFile } from './model_file.js';
import * as resnetV2 from './resnet_v2.js';

/**
 * @typedef {import('../originals/original.js').Original} Original
 * @typedef {import('./model_file.js').Dtype} Dtype
 *
 * @typedef {object} Published what is to be converted
 * @property {Original} weights the largest file
 * @property {(path: string) => Promise<Original | undefined>} original another file of weights beside it ('2_Dense/pytorch_model.bin')
 * @property {(path: string) => Promise<string | undefined>} text a text beside it ('config.json', 'tags.txt')
 *
 * @typedef {{ write: (at: number, bytes: Uint8Array<ArrayBuffer>) => Promise<void> | void }} Output a file written by position; nothing is
 *   written twice, and the bytes are the output's own: it may transfer them
 *
 * @typedef {object} Conversion
 * @property {'clip' | 'distilbert' | 'resnet_v2' | 'deepdanbooru'} network
 * @property {{ name: string, bytes: number }[]} files what will be written, with exact sizes
 * @property {number} sourceBytes what will be read: the sum of all `onBytes`
 * @property {(outputs: Map<string, Output>, options?: RunOptions) => Promise<void>} run writes them. What is written before it fails is of no use
 * @typedef {{ signal?: AbortSignal, onBytes?: (sourceBytes: number) => void }} RunOptions `onBytes`: bytes read since the last call
 *
 * @typedef {object} Plan what a network's module gives
 * @property {import('./model_file.js').Model[]} models
 * @property {{ name: string, text: string }[]} texts files that stand beside them
 * @property {number} sourceBytes
 * @property {(files: ModelFile[], step: import('./stream_tensors.js').Step) => Promise<void>} write the models' files, which are open
 *
 * @typedef {object} Network a network's module
 * @property {Conversion['network']} NETWORK
 * @property {string[]} [FILE_NETWORKS] the networks of the files that it makes; default: NETWORK alone
 * @property {string[]} PARTS what of it can be asked for alone
 * @property {(published: Published) => boolean} recognises
 * @property {(published: Published, parts: string[]) => Promise<Plan>} plan
 */

const DTYPES = ['f32', 'f16', 'bf16', 'int8'];
/** A new network is one more module. @type {Network[]} */
const NETWORKS = [clip, resnetV2, deepdanbooru, distilbert];

/**
 * The network that the published weights are of, and the networks of the files that are made of them.
 * @param {Published} published
 * @throws {AcgError} UNSUPPORTED
 */
export function networksOf(published) {
    const { NETWORK, FILE_NETWORKS = [NETWORK] } = moduleOf(published);
    return { network: NETWORK, fileNetworks: FILE_NETWORKS };
}

/** @param {Published} published */
function moduleOf(published) {
    const network = NETWORKS.find(({ recognises }) => recognises(published));
    if (network) return network;
    throw new AcgError(
        'UNSUPPORTED',
        'Expected CLIP, pix2score, DeepDanbooru, illust2vec or acgvoc2vec but the weights are of none of them',
    );
}

/**
 * @param {Published} published
 * @param {{ dtype: Dtype, parts?: string[] }} options parts: image or text of CLIP; illust2vec of DeepDanbooru; default: all
 * @returns {Promise<Conversion>}
 * @throws {AcgError} UNSUPPORTED, BAD_FORMAT, NOT_FOUND (a file that belongs to it), BAD_ARGUMENT
 */
export async function planConversion(published, { dtype, parts = [] }) {
    if (!DTYPES.includes(dtype)) throw badArgument(DTYPES.join(', '), 'dtype', dtype);
    const network = moduleOf(published);
    const { NETWORK, PARTS } = network;
    for (const part of parts) if (!PARTS.includes(part)) throw badArgument(PARTS.join(' or ') || 'nothing', 'parts', part);
    const plan = await network.plan(published, parts.length > 0 ? parts : PARTS);
    const models = plan.models.map((model) => new ModelFile(model, dtype));
    const texts = plan.texts.map(({ name, text }) => ({ name, content: new TextEncoder().encode(text) }));
    return {
        network: NETWORK,
        files: [
            ...models.map(({ name, bytes }) => ({ name, bytes })),
            ...texts.map(({ name, content }) => ({ name, bytes: content.length })),
        ],
        sourceBytes: plan.sourceBytes,
        run: async (outputs, { signal, onBytes } = {}) => {
            const step = async (/** @type {number} */ bytes) => {
                onBytes?.(bytes);
                await pause(); // an abort's message comes in here
                if (signal?.aborted) throw cancelled(signal);
            };
            await step(0);
            for (const model of models) await model.open(outputOf(outputs, model.name));
            await plan.write(models, step);
            for (const { name, content } of texts) await outputOf(outputs, name).write(0, content.slice());
        },
    };
}

/**
 * @param {Map<string, Output>} outputs
 * @param {string} name
 */
function outputOf(outputs, name) {
    const output = outputs.get(name);
    if (!output) throw badArgument(`an output for ${name}`, 'outputs', outputs);
    return output;
}
