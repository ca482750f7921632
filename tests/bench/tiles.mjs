// How far tiles change a result: `node tests/bench/tiles.mjs [MODELS_FOLDER]`. The golden picture, with each network, tile side and kind of
// `sync`, compared with the engine's own result for the picture as one tile (which is within 1 level of PyTorch's: tests/js). Prints a
// Markdown table of PSNR and the largest difference. `fast` gets little memory, since so small a picture would be done exactly.
import { readFileSync } from 'node:fs';
import { createEngine } from '../../js/node.js';
import { compare } from '../js/support.mjs';

const picture = readFileSync(new URL('../golden/anime256.png', import.meta.url));
const networks = [
    { scale: 2, denoise: 'conservative' },
    { scale: 2, denoise: '3' },
    { scale: 3, denoise: 'conservative' },
    { scale: 4, denoise: 'conservative' },
];
const SIDES = [200, 128, 100, 64];
const SYNCS = ['exact', 'fast', 'off'];

const engine = await createEngine({ models: process.argv[2] });
const upscale = async (options) => (await engine.upscale(picture, { ...options, format: 'pixels' })).pixels;

console.log(`| network | tile | ${SYNCS.join(' | ')} |\n|---|---|---|---|---|`);
for (const network of networks) {
    const whole = await upscale({ ...network, tile: 4096 });
    for (const tile of SIDES) {
        const cells = [];
        for (const sync of SYNCS) {
            const { psnr, maxDiff } = compare(await upscale({ ...network, tile, sync, memory: sync === 'fast' ? 1 : 0 }), whole);
            cells.push(psnr === Infinity ? 'equal' : `${psnr.toFixed(1)} dB, ${maxDiff}`);
        }
        console.log(`| ${network.scale}x ${network.denoise} | ${tile} | ${cells.join(' | ')} |`);
    }
}
await engine.close();
