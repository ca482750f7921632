// Converts published weights to the safetensors files that the engine loads. The bytes are those that models/convert (Python) writes.
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
 * @typedef {object} Published the files to convert
 * @property {Original} weights the largest file
 * @property {(path: string) => Promise<Original | undefined>} original opens another file of weights, such as
 *   '2_Dense/pytorch_model.bin'
 * @property {(path: string) => Promise<string | undefined>} text reads a text file, such as 'config.json' or
 *   'tags.txt'
 *
 * @typedef {{ write: (at: number, bytes: Uint8Array<ArrayBuffer>) => Promise<void> | void }} Output a file that is written by position.
 *   No byte is written twice. The output may transfer the bytes
 *
 * @typedef {object} Conversion
 * @property {'clip' | 'distilbert' | 'resnet_v2' | 'deepdanbooru'} network
 * @property {{ name: string, bytes: number }[]} files the files to write, with exact sizes
 * @property {number} sourceBytes bytes to read: the sum of all calls of `onBytes`
 * @property {(outputs: Map<string, Output>, options?: RunOptions) => Promise<void>} run writes the files. If it fails, the
 *   files are unusable
 * @typedef {{ signal?: AbortSignal, onBytes?: (sourceBytes: number) => void }} RunOptions `onBytes`: bytes read since the last call
 *
 * @typedef {object} Plan a conversion as a network's module plans it
 * @property {import('./model_file.js').Model[]} models
 * @property {{ name: string, text: string }[]} texts text files beside the models
 * @property {number} sourceBytes
 * @property {(files: ModelFile[], step: import('./stream_tensors.js').Step) => Promise<void>} write writes the models' files, which are open
 *
 * @typedef {object} Network a network's module
 * @property {Conversion['network']} NETWORK
 * @property {string[]} [FILE_NETWORKS] the networks of the files that it makes; default: NETWORK alone
 * @property {string[]} PARTS the parts that can be converted alone
 * @property {(published: Published) => boolean} recognises
 * @property {(published: Published, parts: string[]) => Promise<Plan>} plan
 */

const DTYPES = ['f32', 'f16', 'bf16', 'int8'];
/** A new network needs one more module here. @type {Network[]} */
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
 * Plans the conversion: reads the structure of the published files, but no weights.
 * @param {Published} published
 * @param {{ dtype: Dtype, parts?: string[] }} options parts: see PARTS of the network's module; default: all
 * @returns {Promise<Conversion>}
 * @throws {AcgError} UNSUPPORTED, BAD_FORMAT, NOT_FOUND (a file beside the weights is missing), BAD_ARGUMENT
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
                await pause(); // the message of an abort is received here
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
