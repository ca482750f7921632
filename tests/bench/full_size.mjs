// The networks of full size that networks.mjs and beside_onnxruntime.mjs measure: where tests/compare leaves their files (below a folder, for
// each dtype), what one call is, how a page makes it (a method of the engine and the model's id), and what onnxruntime-web runs of it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from '../../cmake/setup/shell.mjs';
import { CONVNETS, convnetToOnnx } from './convnet_onnx.mjs';
import { transformerToOnnx } from './transformer_onnx.mjs';

// One call is a drawn picture of this side, or a text; a transformer's matrices have as many rows as `tokens`.
const LOOK = { call: 'picture of 512²', side: 512 };
const short = (tokens, text) => ({ call: `text of ${tokens} tokens`, text, tokens });
const long = (tokens) => short(tokens, 'the of '.repeat(200));

const EVERY_MODEL = 'at most 1 level (tests/js/every_model.test.mjs)';
const cugan = (scale) => ({
    ...{ id: 'cugan', name: `Real-CUGAN ${scale}x`, kind: 'cugan', agreement: EVERY_MODEL, dtypes: ['f16'] },
    ...{ files: `../models/realcugan/se/up${scale}x-conservative.bin`, calls: [{ call: 'picture of 256²', side: 256 }] },
});

/** Layers of a transformer, run `repeats` times: all of CLIP's for pictures would be more than a gigabyte. */
const layers = (form, repeats) => (int8, call) => {
    const { tokens } = call;
    return { onnx: transformerToOnnx({ ...form, tokens }, int8), shape: [1, tokens, form.dim], repeats };
};
const convnet = (name) => (int8) => {
    const { side } = CONVNETS[name];
    return { onnx: convnetToOnnx(name, int8), shape: [1, 3, side, side] };
};

const BASE = { dim: 768, heads: 12, mlp: 3072 };
const LARGE = { dim: 1024, heads: 16, mlp: 4096 };
const CLIP = { activation: 'quick_gelu', normsLast: false };
const DISTILBERT = { activation: 'gelu', normsLast: true };

const booru = (id, name, folder, output, page) => ({
    ...{ id, name, kind: 'deepdanbooru', files: `${folder}/DTYPE/model.safetensors` },
    ...{ calls: [{ ...LOOK, outputs: [output] }], page, peer: convnet(id) },
});

export const NETWORKS = [
    ...[2, 3, 4].map(cugan),
    {
        ...{ id: 'clip', name: 'CLIP ViT-L/14, pictures', kind: 'clip_vision', files: 'clip-l14/DTYPE/image.safetensors' },
        ...{ calls: [{ ...LOOK, tokens: 257 }], page: ['embedImage', 'dclip'], peer: layers({ ...CLIP, ...LARGE, layers: 4 }, 6) },
    },
    {
        ...{ id: 'clip', name: 'CLIP ViT-L/14, texts', kind: 'clip_text', files: 'clip-l14/DTYPE/text.safetensors' },
        ...{ calls: [long(77), short(10, 'a b c d e f g h')], page: ['embedText', 'dclip'] },
        peer: layers({ ...CLIP, ...BASE, layers: 12 }),
    },
    {
        ...{ id: 'acgvoc2vec', name: 'acgvoc2vec', kind: 'distilbert', files: 'acgvoc2vec/DTYPE/model.safetensors' },
        ...{ vocabulary: 'acgvoc2vec/DTYPE/tokenizer.json', calls: [long(128), short(6, '初音ミク')] },
        ...{ page: ['embedText', 'acgvoc2vec'], peer: layers({ ...DISTILBERT, ...BASE, layers: 6 }) },
    },
    {
        ...{ id: 'pix2score', name: 'pix2score', kind: 'resnet_v2', files: 'pix2score-resnet101v2/DTYPE/model.safetensors' },
        ...{ calls: [LOOK], page: ['score', 'pix2score'], peer: convnet('pix2score') },
    },
    booru('deepdanbooru', 'DeepDanbooru v3', 'deepdanbooru-v3', 'tags', ['tag', 'deepdanbooru']),
    booru('deepdanbooru-v4', 'DeepDanbooru v4', 'deepdanbooru-v4', 'tags', ['tag', 'deepdanbooru']),
    booru('illust2vec', 'illust2vec', 'illust2vec-v3', 'illust2vec', ['embedImage', 'illust2vec']),
];

/** Options of both commands. */
export const OPTIONS = {
    merges: { type: 'string' },
    network: { type: 'string', default: [...new Set(NETWORKS.map(({ id }) => id))].join() },
    threads: { type: 'string', default: '1,2' },
};

/**
 * The files of one dtype of a network, or undefined, which is said.
 * @param {string} [merges] the path of CLIP's list
 * @returns {{ file: string, vocabulary: string | undefined } | undefined}
 */
export function findFiles({ name, kind, files, vocabulary }, dtype, folder, merges) {
    const place = (path) => join(kind === 'cugan' ? join(cache, 'compare') : folder, path.replace('DTYPE', dtype));
    const file = place(files);
    const isText = kind === 'clip_text';
    if (existsSync(file) && (merges || !isText)) return { file, vocabulary: isText ? merges : vocabulary && place(vocabulary) };
    const why = existsSync(file) ? '--merges tells CLIP’s list of merges' : `${file} is not there`;
    console.error(`${name}, ${dtype}, is left out: ${why}`);
}
