// Makes before_after.png, the picture in README.md: `node docs/images/make.mjs [MODELS_FOLDER]`. The source is a part of the drawing that
// the tests use. Left: the source, enlarged four times with bilinear interpolation. Right: the same source, enlarged by the engine.
import { readFileSync, writeFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { createEngine } from '../../js/node.js';

const SCALE = 4;
const CROP = { x: 132, y: 110, width: 68, height: 68 };
const GAP = 8; // white pixels between the two

const drawing = PNG.sync.read(readFileSync(new URL('../../tests/golden/anime256.png', import.meta.url)));
const side = CROP.width * SCALE;
const canvas = new PNG({ width: 2 * side + GAP, height: CROP.height * SCALE, colorType: 2 });
canvas.data.fill(255);

const clamp = (value, max) => Math.min(max, Math.max(0, value));

/** Channel c of the crop at column x and row y; outside, that of the nearest pixel inside. */
function sampleAt(x, y, c) {
    const column = CROP.x + clamp(x, CROP.width - 1);
    const row = CROP.y + clamp(y, CROP.height - 1);
    return drawing.data[4 * (row * drawing.width + column) + c];
}

function bilinearAt(x, y, c) {
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [x - left, y - top];
    const upper = sampleAt(left, top, c) * (1 - u) + sampleAt(left + 1, top, c) * u;
    const lower = sampleAt(left, top + 1, c) * (1 - u) + sampleAt(left + 1, top + 1, c) * u;
    return Math.round(upper * (1 - v) + lower * v);
}

/** Fills one half of the canvas, from column `from` on. */
function fill(from, colourAt) {
    for (let y = 0; y < canvas.height; y++) {
        for (let x = 0; x < side; x++) {
            for (let c = 0; c < 3; c++) canvas.data[4 * (y * canvas.width + from + x) + c] = colourAt(x, y, c);
        }
    }
}

const engine = await createEngine({ models: process.argv[2] });
const data = new Uint8Array(CROP.width * CROP.height * 3);
for (let i = 0; i < data.length; i++) data[i] = sampleAt(Math.floor(i / 3) % CROP.width, Math.floor(i / 3 / CROP.width), i % 3);
const { pixels } = await engine.upscale({ data, width: CROP.width, height: CROP.height, channels: 3 }, { scale: SCALE, format: 'pixels' });
await engine.close();

const centre = (at) => (at + 0.5) / SCALE - 0.5;
fill(0, (x, y, c) => bilinearAt(centre(x), centre(y), c));
fill(side + GAP, (x, y, c) => pixels[3 * (y * side + x) + c]);
writeFileSync(new URL('before_after.png', import.meta.url), PNG.sync.write(canvas, { colorType: 2, deflateLevel: 9 }));
