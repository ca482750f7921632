// CLIP's image network at ViT-L/14 beside onnxruntime-web, in turn in one headless Chromium, as many threads for both.
//     node tests/bench/clip.mjs FOLDER [--dtype f32,int8] [--threads 2] [--rounds 5]
// FOLDER has f32/image.safetensors and int8/image.safetensors, as tests/compare/compare_clip.mjs leaves them. Ours is the whole call: a
// picture of 512² to a vector. Of onnxruntime-web it is two of the 24 layers, times 12: no preparation, no embedding, no projection.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { inTurn, newSite } from './in_turn.mjs';
import { transformerToOnnx } from './transformer_onnx.mjs';

const LAYERS = 24;
const FORM = { layers: 2, tokens: 257, dim: 1024, heads: 16, mlp: 4096, activation: 'quick_gelu', normsLast: false };

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        dtype: { type: 'string', default: 'f32,int8' },
        threads: { type: 'string', default: '2' },
        rounds: { type: 'string', default: '5' },
    },
});
const [folder] = positionals;
if (!folder) throw new Error('Expected a folder with f32/image.safetensors and int8/image.safetensors but received none');

const site = newSite('bench-clip');
const tasks = values.dtype.split(',').map((dtype) => {
    mkdirSync(join(site, 'weights', dtype, 'dclip'), { recursive: true });
    symlinkSync(resolve(folder, `${dtype}/image.safetensors`), join(site, 'weights', dtype, 'dclip/image.safetensors'));
    writeFileSync(join(site, 'onnx', `${dtype}.onnx`), transformerToOnnx(FORM, dtype === 'int8'));
    const ort = { onnx: `/onnx/${dtype}.onnx`, shape: [1, FORM.tokens, FORM.dim] };
    return { name: dtype, ours: { weights: `/weights/${dtype}/`, model: 'dclip' }, ort, times: LAYERS / FORM.layers };
});
await inTurn(site, tasks, { threads: Number(values.threads), rounds: Number(values.rounds) });
