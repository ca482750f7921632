// What the builds without relaxed SIMD compute, as SHA-256 of each result: the same code in Node and in a page, so that engines can be compared
// bit for bit. All kinds of networks, the larger ones as tiny ones of tests/golden.
import { Rpc } from '../../js/client/rpc.js';
import { AcgError } from '../../js/errors.js';

/** Published weights, by their paths in the manifest. */
export const CUGAN = ['realcugan/se/up2x-conservative.bin', 'realcugan/se/up2x-conservative.param'];

/** network, its file of weights in tests/golden, its outputs */
export const PICTURE_NETWORKS = [
    ['clip_vision', 'clip/image', ['vector']],
    ['clip_vision', 'clip/image_i8', ['vector']],
    ['resnet_v2', 'pix2score/model', ['bookmark', 'view', 'sanity']],
    ['resnet_v2', 'pix2score/model_i8', ['bookmark', 'view', 'sanity']],
    ['deepdanbooru', 'deepdanbooru/model', ['tags', 'style']],
    ['deepdanbooru', 'deepdanbooru/model_i8', ['tags', 'style']],
    ['deepdanbooru', 'illust2vec/model', ['illust2vec']],
    ['vit_tagger', 'wd-vit/model', ['tags']],
];
const TEXT_NETWORKS = ['acgvoc2vec/model', 'acgvoc2vec/model_i8'];
const TEXTS = ['a girl with a red umbrella', 'cat'];

/** Of a picture of 50 x 38 pixels, whose sides are no multiples of the tile's. */
export const UPSCALES = {
    'exact, with alpha': { channels: 4, sync: 'exact', format: 'pixels' },
    'fast, grey': { channels: 3, grey: true, sync: 'fast', format: 'pixels' },
    'eight views': { channels: 3, sync: 'off', tta: true, format: 'pixels' },
    'to a JPEG of another size': { channels: 3, sync: 'exact', format: 'jpg', width: 77, height: 59 },
    'to a WebP': { channels: 4, sync: 'fast', format: 'webp' },
};

/** @typedef {(path: string) => Promise<Uint8Array<ArrayBuffer>>} Read */

/**
 * @param {{ startWorker: import('../../js/platform/platform.js').Platform['startWorker'] }} platform
 * @param {{ variant: 'simd' | 'simd-threads', threads: number }} build
 * @param {{ golden: Read, weights: Read }} read files of tests/golden, and published weights
 * @returns {Promise<Record<string, string>>}
 */
export async function resultsOf({ startWorker }, build, { golden, weights }) {
    const rpc = new Rpc(startWorker);
    const found = {};
    try {
        await rpc.request('init', build);
        await lookAtPicture(rpc, golden, found);
        await embedTexts(rpc, golden, found);
        await enlarge(rpc, weights, found);
    } finally {
        await rpc.stop(new AcgError('CANCELLED', 'All results are there'));
    }
    return found;
}

/** @param {Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>} values */
export async function sha256(values) {
    const digest = await crypto.subtle.digest('SHA-256', values);
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {Rpc} rpc @param {string} network @param {Uint8Array<ArrayBuffer>} bytes @param {Uint8Array<ArrayBuffer>} [companion] */
async function openModel(rpc, network, bytes, companion) {
    await rpc.request('openModel', { id: network, network, companion });
    await rpc.request('modelBytes', { id: network, bytes });
    await rpc.request('modelEnd', { id: network });
}

/** @param {Rpc} rpc @param {Read} golden @param {Record<string, string>} found */
async function lookAtPicture(rpc, golden, found) {
    await rpc.request('openPicture', { id: 1, picture: { bytes: await golden('anime256.png') }, damaged: 'refuse' });
    for (const [network, file, outputs] of PICTURE_NETWORKS) {
        await openModel(rpc, network, await golden(`${file}.safetensors`));
        const values = await rpc.request('look', { model: network, picture: 1, outputs, fit: false, normalize: true });
        for (const output of outputs) found[`${file}, ${output}`] = await sha256(values[output]);
        await rpc.request('closeModel', { id: network });
    }
    const { hash, mirrored, contrast } = await rpc.request('pictureFacts', { id: 1 });
    found['perceptual hash'] = await sha256(Float32Array.from([...hash, ...mirrored, contrast]));
    await rpc.request('closePicture', { id: 1 });
}

/** @param {Rpc} rpc @param {Read} golden @param {Record<string, string>} found */
async function embedTexts(rpc, golden, found) {
    for (const file of TEXT_NETWORKS) {
        await openModel(rpc, 'distilbert', await golden(`${file}.safetensors`), await golden('acgvoc2vec/tokenizer.json'));
        const options = { clean: 'huggingface', truncate: false, normalize: true };
        const vectors = await rpc.request('embedTexts', { model: 'distilbert', texts: TEXTS, ...options });
        for (const [i, text] of TEXTS.entries()) found[`${file}, ${text}`] = await sha256(vectors[i]);
        await rpc.request('closeModel', { id: 'distilbert' });
    }
}

/**
 * Colours that never repeat in a row; with alpha, some are transparent.
 * @param {{ channels: 3 | 4, grey?: boolean }} kind
 */
export function picture({ channels, grey = false }) {
    const [width, height] = [50, 38];
    const sampleAt = (i) => (i * 7 + (i >> 5) * 13) & 255;
    const pixels = new Uint8Array(width * height * channels).map((_, i) => sampleAt(grey ? i - (i % channels) : i));
    return { pixels, width, height, channels };
}

/** @param {Rpc} rpc @param {Read} weights @param {Record<string, string>} found */
async function enlarge(rpc, weights, found) {
    const [bin, param] = await Promise.all(CUGAN.map(weights));
    await openModel(rpc, 'cugan', bin, param);
    for (const [name, { channels, grey, ...wanted }] of Object.entries(UPSCALES)) {
        const parts = [];
        const body = {
            ...{ model: 'cugan', picture: picture({ channels, grey }), strength: 1, tile: 32, quality: 90, metadata: 'none' },
            ...{ tta: false, width: 0, height: 0, fit: 'fill', guard: false, grey: 'exact', colour: 'keep', damaged: 'refuse' },
            ...{ memory: 0, temp: false, wantTiles: false },
            ...wanted,
        };
        await rpc.request('upscale', /** @type {any} */ (body), { events: { chunk: (part) => parts.push(part) } });
        found[`enlarged, ${name}`] = await sha256(new Uint8Array(await new Blob(parts).arrayBuffer()));
    }
}
