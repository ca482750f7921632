// acgvoc2vec beside onnxruntime-web, in turn in one headless Chromium, as many threads for both: a tag, and a text of 128 tokens.
//     node tests/bench/acgvoc2vec.mjs FOLDER [--dtype f32,f16,int8] [--threads 2] [--rounds 9]
// FOLDER has f32, f16 and int8, as tests/compare/compare_acgvoc2vec.mjs leaves them, with a tokenizer.json of the multilingual vocabulary,
// or texts have other numbers of tokens. Ours is the whole call: a text to a vector. Of onnxruntime-web it is the six layers: no tokens,
// no embedding, no mean, no dense layer; beside our f16 its f32, since it has no other for WebAssembly.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { inTurn, newSite } from './in_turn.mjs';
import { transformerToOnnx } from './transformer_onnx.mjs';

const FORM = { layers: 6, dim: 768, heads: 12, mlp: 3072, activation: 'gelu', normsLast: true };
const TEXTS = [
    { tokens: 6, text: '初音ミク' },
    { tokens: 128, text: 'the of '.repeat(200) },
];

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        dtype: { type: 'string', default: 'f32,f16,int8' },
        threads: { type: 'string', default: '2' },
        rounds: { type: 'string', default: '9' },
    },
});
const [folder] = positionals;
if (!folder) throw new Error('Expected a folder with f32, f16 and int8 but received none');

const site = newSite('bench-acgvoc2vec');
const tasks = [];
for (const dtype of values.dtype.split(',')) {
    const weights = `/weights/${dtype}/`;
    mkdirSync(join(site, weights), { recursive: true });
    symlinkSync(resolve(folder, dtype), join(site, weights, 'acgvoc2vec'));
    for (const { tokens, text } of TEXTS) {
        const onnx = `/onnx/${dtype}-${tokens}.onnx`;
        writeFileSync(join(site, onnx), transformerToOnnx({ ...FORM, tokens }, dtype === 'int8'));
        const ort = { onnx, shape: [1, tokens, FORM.dim] };
        tasks.push({ name: `${dtype}, ${tokens} tokens`, ours: { weights, model: 'acgvoc2vec', text }, ort });
    }
}
await inTurn(site, tasks, { threads: Number(values.threads), rounds: Number(values.rounds) });
