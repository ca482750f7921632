// pix2score, DeepDanbooru or illust2vec over a folder's pictures, for compare_convnets.mjs: all outputs, times and memory into its found.json.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openMeasured } from './measured.mjs';

const [kind, file, folder, build, threads] = process.argv.slice(2);
const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'));

const { native, dims, run, costs } = await openMeasured(kind, file, { build, threads });
const pictures = {};
let ms = Infinity;
for (const [name, wanted] of Object.entries(reference)) {
    const outputs = Object.keys(wanted).filter((output) => dims[output]);
    const image = native.pictureToLookAt({ bytes: new Uint8Array(readFileSync(join(folder, 'pictures', name))) }, {});
    const done = await run(
        (network) => network.beginImage(image, { outputs, fit: false, normalize: false }),
        (task) => Object.fromEntries(outputs.map((output) => [output, Array.from(task.vectors(output)[0])])),
    );
    pictures[name] = done.result;
    image.free();
    ms = Math.min(ms, done.ms);
}
writeFileSync(join(folder, 'found.json'), JSON.stringify({ pictures, ms: Math.round(ms), ...costs() }));
process.exit(); // the engine's threads stay
