// The networks that are measured: the path of ours and what it needs, and the same network for onnxruntime.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from '../../../cmake/setup/shell.mjs';
import { convnetToOnnx } from '../convnet_onnx.mjs';
import { ncnnToOnnx } from '../ncnn_to_onnx.mjs';
import { clipImageToOnnx } from '../transformer_onnx.mjs';

const CUGAN = join(cache, 'models/realcugan/se/up2x-conservative');
const B16 = { layers: 12, tokens: 197, dim: 768, heads: 12, mlp: 3072, activation: 'quick_gelu', normsLast: false, patch: 16, out: 512 };
const ENTRIES = JSON.stringify({ clip: { visual: { modelName: 'ViT-B-16__openai' } } });

/**
 * weights: below the folder that --models tells; without, they lie in the cache. fields: of the form, beside the picture.
 * @type {{ name: string, title: string, path: string, weights?: string, fields?: Record<string, string>, onnx: () => Uint8Array }[]}
 */
export const NETWORKS = [
    {
        name: 'upscale',
        title: 'Real-CUGAN 2x',
        path: '/images/upscale',
        onnx: () => ncnnToOnnx(readFileSync(`${CUGAN}.param`, 'utf8'), readFileSync(`${CUGAN}.bin`)),
    },
    {
        name: 'score',
        title: 'pix2score',
        path: '/images/scoresByPix2Score',
        weights: 'pix2score/model.safetensors',
        onnx: () => convnetToOnnx('pix2score', false),
    },
    {
        name: 'tags',
        title: 'DeepDanbooru v3',
        path: '/images/tags',
        weights: 'deepdanbooru/model.safetensors',
        onnx: () => convnetToOnnx('deepdanbooru', false),
    },
    {
        name: 'clip',
        title: 'CLIP ViT-B/16',
        path: '/predict',
        weights: 'clip-b16/image.safetensors',
        fields: { entries: ENTRIES },
        onnx: () => clipImageToOnnx(B16),
    },
];
