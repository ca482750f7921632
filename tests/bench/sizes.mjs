// Memory and time by the picture's size, in Node: npm run bench:sizes -- [--mpx 0.25,1,4,16] [--rounds 1] [--scale 2]
// [--sync exact] [--memory MiB] [--temp folder|off] [--threads N]. Prints a Markdown table. Each size has an engine of its own,
// because an engine's memory never shrinks. The output's bytes are thrown away.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PNG } from 'pngjs';
import { createEngine } from '../../js/node.js';

const MIB = 2 ** 20;
const golden = PNG.sync.read(readFileSync(new URL('../golden/anime256.png', import.meta.url)));

/** The golden picture again and again, each time moved and a little lighter or darker, so that no two tiles are alike. */
function draw(side) {
    const data = new Uint8Array(side * side * 3);
    for (let y = 0, to = 0; y < side; y++) {
        for (let x = 0; x < side; x++, to += 3) {
            const column = x >> 8;
            const row = y >> 8;
            const from = 4 * (((y + 37 * column) % 256) * 256 + ((x + 91 * row) % 256));
            const lighter = ((3 * column + 5 * row) % 17) - 8;
            for (let c = 0; c < 3; c++) data[to + c] = Math.min(255, Math.max(0, golden.data[from + c] + lighter));
        }
    }
    return { data, width: side, height: side, channels: 3 };
}

async function measure(megapixels, { threads, rounds, ...options }) {
    const side = Math.round(1024 * Math.sqrt(megapixels));
    const engine = await createEngine({ threads });
    const discard = { ...options, onChunk() {} };
    try {
        await engine.upscale(draw(64), discard); // the machine code is made
        let best;
        for (let round = 0; round < rounds; round++) {
            const { tiles, heap, timings } = await engine.upscale(draw(side), discard);
            if (!best || timings.upscaleMs < best.ms) best = { tiles, heap, ms: timings.upscaleMs };
        }
        return { side, ...best };
    } finally {
        await engine.close();
    }
}

const number = (text) => (text === undefined ? undefined : Number(text));
const { values } = parseArgs({
    options: {
        mpx: { type: 'string', default: '0.25,1,4,16' },
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
for (const megapixels of values.mpx.split(',').map(Number)) {
    const { side, tiles, heap, ms } = await measure(megapixels, settings);
    const [work, all] = [tiles.memory, heap].map((bytes) => Math.round(bytes / MIB));
    const seconds = [ms / 1000, ms / 1000 / megapixels].map((time) => time.toFixed(2));
    console.log(`| ${[`${side}²`, megapixels, tiles.plan, tiles.side, work, all, ...seconds].join(' | ')} |`);
}
