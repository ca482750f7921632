// Memory and time by the picture's size, in Node: npm run bench:sizes -- [--mpx 0.25,1,4,16] [--size 6000x4000] [--rounds 1]
// [--scale 2] [--sync exact] [--memory MiB] [--temp folder|off] [--threads N]. Prints a Markdown table. Each size has an engine of its own,
// because an engine's memory never shrinks. The output's bytes are thrown away.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PNG } from 'pngjs';
import { createEngine } from '../../js/node.js';

const MIB = 2 ** 20;
const golden = PNG.sync.read(readFileSync(new URL('../golden/anime256.png', import.meta.url)));

/** The golden picture again and again, each time moved and a little lighter or darker, so that no two tiles are alike. */
function draw(width, height) {
    const data = new Uint8Array(width * height * 3);
    for (let y = 0, to = 0; y < height; y++) {
        for (let x = 0; x < width; x++, to += 3) {
            const column = x >> 8;
            const row = y >> 8;
            const from = 4 * (((y + 37 * column) % 256) * 256 + ((x + 91 * row) % 256));
            const lighter = ((3 * column + 5 * row) % 17) - 8;
            for (let c = 0; c < 3; c++) data[to + c] = Math.min(255, Math.max(0, golden.data[from + c] + lighter));
        }
    }
    return { data, width, height, channels: 3 };
}

async function measure(width, height, { threads, rounds, ...options }) {
    const engine = await createEngine({ threads });
    const discard = { ...options, onChunk() {} };
    try {
        await engine.upscale(draw(64, 64), discard); // the machine code is made
        let best;
        for (let round = 0; round < rounds; round++) {
            const { tiles, heap, timings } = await engine.upscale(draw(width, height), discard);
            if (!best || timings.upscaleMs < best.ms) best = { tiles, heap, ms: timings.upscaleMs };
        }
        return best;
    } finally {
        await engine.close();
    }
}

const number = (text) => (text === undefined ? undefined : Number(text));
const { values } = parseArgs({
    options: {
        mpx: { type: 'string', default: '0.25,1,4,16' },
        size: { type: 'string' },
        rounds: { type: 'string', default: '1' },
        scale: { type: 'string', default: '2' },
        sync: { type: 'string', default: 'exact' },
        memory: { type: 'string', default: '0' },
        temp: { type: 'string' },
        threads: { type: 'string' },
    },
});
const settings = {
    threads: number(values.threads),
    rounds: Number(values.rounds),
    scale: Number(values.scale),
    sync: values.sync,
    memory: Number(values.memory) * MIB,
    temp: values.temp === 'off' ? false : values.temp,
    format: 'png',
};
console.log('| picture | Mpx | plan | tile | work MiB | heap MiB | s | s/Mpx |\n|---|---|---|---|---|---|---|---|');
const squares = values.mpx.split(',').map((megapixels) => Math.round(1024 * Math.sqrt(Number(megapixels))));
const sizes = values.size ? [values.size.split('x').map(Number)] : squares.map((side) => [side, side]);
for (const [width, height] of sizes) {
    const { tiles, heap, ms } = await measure(width, height, settings);
    const megapixels = (width * height) / 2 ** 20;
    const [work, all] = [tiles.memory, heap].map((bytes) => Math.round(bytes / MIB));
    const seconds = [ms / 1000, ms / 1000 / megapixels].map((time) => time.toFixed(2));
    console.log(`| ${[`${width}x${height}`, Number(megapixels.toFixed(2)), tiles.plan, tiles.side, work, all, ...seconds].join(' | ')} |`);
}
