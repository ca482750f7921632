// pix2score and DeepDanbooru beside onnxruntime-web, in turn in one headless Chromium, as many threads for both.
//     node tests/bench/convnets.mjs FOLDER [--network pix2score,deepdanbooru] [--dtype f32,int8] [--threads 2] [--rounds 5]
// FOLDER is what tests/compare/compare_convnets.mjs leaves in the cache (compare). Ours is the whole call: a picture of 512² to scores or
// tags. Of onnxruntime-web it is the network alone, with random weights (convnet_onnx.mjs).
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { convnetToOnnx, NETWORKS } from './convnet_onnx.mjs';
import { inTurn, newSite } from './in_turn.mjs';

const FOLDERS = { pix2score: 'pix2score-resnet101v2', deepdanbooru: 'deepdanbooru-v3' };

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        network: { type: 'string', default: 'pix2score,deepdanbooru' },
        dtype: { type: 'string', default: 'f32,int8' },
        threads: { type: 'string', default: '2' },
        rounds: { type: 'string', default: '5' },
    },
});
const [folder] = positionals;
if (!folder) throw new Error('Expected a folder with pix2score-resnet101v2 and deepdanbooru-v3 but received none');

const site = newSite('bench-convnets');
const tasks = values.network.split(',').flatMap((name) =>
    values.dtype.split(',').map((dtype) => {
        const weights = `/weights/${dtype}/`;
        const onnx = `/onnx/${name}-${dtype}.onnx`;
        mkdirSync(join(site, weights), { recursive: true });
        symlinkSync(resolve(folder, FOLDERS[name], dtype), join(site, weights, name));
        writeFileSync(join(site, onnx), convnetToOnnx(name, dtype === 'int8'));
        const { side } = NETWORKS[name];
        return { name: `${name} ${dtype}`, ours: { weights, model: name }, ort: { onnx, shape: [1, 3, side, side] } };
    }),
);
await inTurn(site, tasks, { threads: Number(values.threads), rounds: Number(values.rounds) });
