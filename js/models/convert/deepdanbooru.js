// DeepDanbooru: its bottleneck residual networks (resnet_custom_v1 to v4) with a list of tags, and illust2vec, which is the first part of such
// a network. Keras numbers the layers in the order in which they were created; only this number says which layer is which.
import { AcgError } from '../../errors.js';
import { moments, reluMoments, sumOfMoments } from './batch_norm.js';
import { KerasNetwork } from './keras_network.js';
import { KerasVariables, inputSide, numbered } from './keras_variables.js';
import { WHITE_SPACE, pythonStr, readJson } from './python_text.js';

/**
 * @typedef {import('./convert.js').Published} Published
 * @typedef {import('./keras_network.js').Layer} Layer
 * @typedef {{ kernel: string, norm: string, outC: number, side: number }} Conv
 */

export const NETWORK = 'deepdanbooru';
export const PARTS = ['deepdanbooru', 'illust2vec'];

const EPSILON = 1e-3;
const SIDE = 512;
const FEATURE_BLOCK = 43; // `add_43`
const STYLE_BLOCKS = '0,1,2';
const RATING = 'rating:';
// all convolutions but the first one, those of the first stage, conv1 and conv2 of the second one and the shortcuts: these are few, and their
// errors go through the whole network
const QUANTISED = /^(stages\.1\..*\.conv3|stages\.[2-9]\..*\.conv\d|head)\.weight$/;
const UNLIKE = 'Expected one of DeepDanbooru’s networks resnet_custom_v1 to v4 but the layers are others';
/** The categories of lists that are published without categories.json, by the number of tags. @type {Map<number, string>} */
const CATEGORIES = new Map([[9176, 'general:0,character:6891,rating:9173']]);

/** @param {Published} published */
export function recognises({ weights }) {
    const [first] = numbered(weights.tensors.keys(), 'conv2d', 'kernel');
    return weights.tensors.get(`${first}/kernel`)?.shape.slice(0, 3).join() === '7,7,3';
}

/**
 * @param {Published} published
 * @param {string[]} parts
 * @returns {Promise<import('./convert.js').Plan>}
 */
export async function plan(published, parts) {
    const variables = new KerasVariables(published.weights);
    const all = layersOf(variables, [...published.weights.tensors.keys()]);
    const blocks = all.filter(({ name }) => name.endsWith('.conv1')).map(({ name }) => name.replace(/conv1$/, ''));
    const featureBlock = Math.min(FEATURE_BLOCK, blocks.length - 1);
    const metadata = {
        format: 'pt',
        network: NETWORK,
        input_side: await side(published),
        style_blocks: STYLE_BLOCKS,
        feature_block: `${featureBlock}`,
    };
    const head = all.find(({ name }) => name === 'head');
    if (head && parts.includes('deepdanbooru')) {
        const tags = await readTags(published, variables.info(`${head.kernel}/kernel`).shape[3]);
        const text = tags.map((tag) => `${tag}\n`).join('');
        return planOf(variables, all, { ...metadata, categories: await categories(published, tags) }, [{ name: 'tags.txt', text }]);
    }
    if (!parts.includes('illust2vec')) {
        throw new AcgError('UNSUPPORTED', 'Expected a layer for tags but there is none: it is illust2vec');
    }
    const kept = blocks.slice(0, featureBlock + 1);
    const layers = all.filter(({ name }) => name === 'stem' || kept.some((block) => name.startsWith(block)));
    return planOf(variables, layers, metadata, []);
}

/**
 * @param {KerasVariables} variables
 * @param {Layer[]} layers
 * @param {Record<string, string>} metadata
 * @param {{ name: string, text: string }[]} texts
 * @returns {import('./convert.js').Plan}
 */
function planOf(variables, layers, metadata, texts) {
    const network = new KerasNetwork(variables, layers, EPSILON);
    return {
        models: [{ name: 'model.safetensors', tensors: network.shapes(), metadata, quantised: QUANTISED, keepsVectors: true }],
        texts,
        sourceBytes: network.sourceBytes,
        write: ([file], step) => network.write(file, () => averages(variables, layers), step),
    };
}

/**
 * @param {KerasVariables} variables
 * @param {string[]} names of all variables
 * @returns {Layer[]} by our names
 */
function layersOf(variables, names) {
    const kernels = numbered(names, 'conv2d', 'kernel');
    const norms = numbered(names, 'batch_normalization', 'gamma');
    const n = norms.length;
    if (n === 0 || ![n, n + 1].includes(kernels.length) || names.some((name) => name.startsWith('dense')))
        throw new AcgError('UNSUPPORTED', UNLIKE);
    const [stem, ...convs] = norms.map((norm, i) => {
        const { shape } = variables.info(`${kernels[i]}/kernel`);
        return { kernel: kernels[i], norm, outC: shape[3], side: shape[1] };
    });
    const layers = [{ name: 'stem', kernel: stem.kernel, norm: stem.norm }];
    let [stage, block] = [-1, 0];
    for (const found of blocksOf(convs)) {
        [stage, block] = found.length === 4 ? [stage + 1, 0] : [stage, block + 1];
        if (stage < 0) throw new AcgError('UNSUPPORTED', UNLIKE);
        for (const [i, name] of ['conv1', 'conv2', 'conv3', 'shortcut'].slice(0, found.length).entries()) {
            layers.push({ name: `stages.${stage}.${block}.${name}`, kernel: found[i].kernel, norm: found[i].norm });
        }
    }
    return kernels.length > n
        ? [...layers, { name: 'head', kernel: kernels[n], isMatrix: true, bias: /** @type {const} */ ('none') }]
        : layers;
}

/**
 * Groups the convolutions into blocks of three, or four with a shortcut. A fourth convolution is a shortcut if it has as many channels as the
 * third: the first convolution of a next block has fewer.
 * @param {Conv[]} convs
 */
function blocksOf(convs) {
    const blocks = [];
    for (let at = 0; at < convs.length; at += blocks[blocks.length - 1].length) {
        const block = convs.slice(at, convs[at + 3]?.outC === convs[at + 2]?.outC ? at + 4 : at + 3);
        if (block.length < 3 || block.some(({ side }, i) => side !== (i === 1 ? 3 : 1))) throw new AcgError('UNSUPPORTED', UNLIKE);
        blocks.push(block);
    }
    if (blocks.length === 0) throw new AcgError('UNSUPPORTED', UNLIKE);
    return blocks;
}

/**
 * The mean of each input channel, by layer. Assumes that the two inputs of a block's sum are independent. The outputs of the pooling before
 * the first block are not known.
 * @param {KerasVariables} variables
 * @param {Layer[]} layers
 */
function averages(variables, layers) {
    const norms = new Map(layers.map(({ name, norm }) => [name, norm ?? '']));
    const after = (/** @type {string} */ name) => moments(variables, /** @type {string} */ (norms.get(name)));
    /** @type {Map<string, Float64Array>} */
    const inputs = new Map();
    /** @type {import('./batch_norm.js').Moments | undefined} */
    let x;
    for (const block of [...norms.keys()].filter((name) => name.endsWith('.conv1')).map((name) => name.replace(/\.conv1$/, ''))) {
        const shortcut = norms.has(`${block}.shortcut`) ? after(`${block}.shortcut`) : x;
        if (x) {
            inputs.set(`${block}.conv1`, x.mean);
            inputs.set(`${block}.shortcut`, x.mean);
        }
        for (const i of [1, 2]) inputs.set(`${block}.conv${i + 1}`, reluMoments(after(`${block}.conv${i}`)).mean);
        x = reluMoments(sumOfMoments(after(`${block}.conv3`), /** @type {import('./batch_norm.js').Moments} */ (shortcut)));
    }
    return inputs;
}

/** @param {Published} published */
async function side({ weights, text }) {
    const fields = readJson(await text('project.json'), 'project.json') ?? {};
    const found = inputSide(weights.config) || (Object.hasOwn(fields, 'image_width') ? fields.image_width : SIDE);
    return pythonStr(found, 'image_width of project.json');
}

/**
 * @param {Published} published
 * @param {number} n
 */
async function readTags({ text }, n) {
    const content = await text('tags.txt');
    if (content === undefined) {
        throw new AcgError('NOT_FOUND', `Expected the names of the ${n} tags in tags.txt beside the weights but there is no such file`);
    }
    const tags = content.split(WHITE_SPACE).filter(Boolean);
    if (tags.length !== n) throw new AcgError('BAD_FORMAT', `Expected ${n} tags in tags.txt but found ${tags.length}`);
    return tags;
}

/**
 * The categories as name:first index, from the published file or from the tags themselves.
 * @param {Published} published
 * @param {string[]} tags
 */
async function categories({ text }, tags) {
    const published = readJson(await text('categories.json'), 'categories.json');
    if (Array.isArray(published) && published.length > 0) {
        return published
            .map(({ name, start_index }) => {
                const lower = pythonStr(name, 'name in categories.json').toLowerCase();
                return `${name === 'System' ? 'rating' : lower}:${pythonStr(start_index, 'start_index in categories.json')}`;
            })
            .join();
    }
    const known = CATEGORIES.get(tags.length);
    const rating = tags.findIndex((tag) => tag.startsWith(RATING));
    return known ?? (rating >= 0 ? `general:0,rating:${rating}` : 'general:0');
}
