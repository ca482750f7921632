// `npm run soak:memory`: checks the limit `memory`. Enlarges pictures of several sizes into each format, with and without TTA, and compares the
// most memory that was in use, measured after each step, with what was allowed and with what the plan said.
import { findModel, modelParts } from '../../js/models/manifest.js';
import { readModelFile } from '../../js/platform/node/stream.js';
import { readManifest } from '../../js/platform/node/weights.js';
import { loadNative } from '../../js/worker/native/native.js';
import { nodeLoader } from '../../js/worker/threads_node.js';
import { picture } from './parts.mjs';

const MIB = 2 ** 20;
const MOST = 1.05;
const SIZES = [
    [24, 16],
    [130, 70],
    [300, 20],
];
const FORMATS = ['png', 'webp', 'jpg', 'pixels'];
const MEMORY_MIB = [12, 24, 640];

async function openNetwork(native) {
    const { weights, companion } = modelParts(findModel(await readManifest(), { model: 'se', scale: 2, denoise: 'conservative' }));
    const bytes = (file) => readModelFile(file, { resolveUrl: String });
    const network = native.openModel({ network: 'cugan', companion: await bytes(companion) });
    network.write(await bytes(weights));
    network.finish();
    return network;
}

/** @returns {Promise<{ most: number, predicted: number, plan: string }>} bytes beyond those that were in use before there was a picture */
async function measure(native, network, [width, height], settings) {
    const before = native.memoryUsed;
    const { data: pixels } = picture(width, height);
    const image = native.imageFromPixels({ pixels, width, height, channels: 3 });
    const own = native.memoryUsed - before;
    let most = own;
    try {
        const task = native.beginUpscale(network, image, { strength: 1, tile: 0, quality: 90, guard: false, spill: 0, ...settings });
        const predicted = own + task.tiles.memory;
        try {
            while (task.done < task.total) {
                await task.step();
                most = Math.max(most, native.memoryUsed - before);
                while (task.takeOutput());
            }
            return { most, predicted, plan: task.tiles.plan };
        } finally {
            await task.end();
        }
    } finally {
        image.free();
    }
}

const native = await loadNative({ variant: 'simd', threads: 1 }, nodeLoader);
const network = await openNetwork(native);
// memory that stays for all pictures, such as the kernels' scratch, is allocated once
await measure(native, network, SIZES[0], { format: 'png', sync: 'exact', tta: true, memory: 0 });
let nWrong = 0;
console.log('| picture | format | memory MiB | TTA | plan | predicted MiB | used MiB |\n|---|---|---|---|---|---|---|');
for (const size of SIZES) {
    for (const [i, format] of FORMATS.entries()) {
        for (const mib of MEMORY_MIB) {
            const tta = i === 0 && size === SIZES[0];
            const cell = `| ${size.join(' x ')} | ${format} | ${mib} | ${tta ? 'yes' : 'no'} |`;
            try {
                const { most, predicted, plan } = await measure(native, network, size, { format, sync: 'exact', tta, memory: mib * MIB });
                const isWrong = most > MOST * Math.min(predicted, mib * MIB);
                nWrong += Number(isWrong);
                console.log(
                    `${cell} ${plan} | ${(predicted / MIB).toFixed(1)} | ${(most / MIB).toFixed(1)}${isWrong ? ' **too much**' : ''} |`,
                );
            } catch (error) {
                if (error.code !== 'NO_MEMORY') throw error;
                console.log(`${cell} refused | | |`);
            }
        }
    }
}
console.log(nWrong ? `${nWrong} take more than they may` : 'all keep to it within 5 %');
process.exitCode = nWrong ? 1 : 0;
