// How far the networks move colours: `node tests/bench/colours.mjs [MODELS_FOLDER]`. The first table: flat pictures of one colour, by how
// many levels of 255 each network moves them at most. The second: means of blocks of 8 x 8 pixels, input against result, over all
// networks: the figures behind the limits of src/pipeline/consistency.h.
import { readFileSync } from 'node:fs';
import { createEngine } from '../../js/node.js';
import { readManifest } from '../../js/platform/node/weights.js';
import { decodePng } from '../js/support.mjs';
import { drawPicture } from './picture.js';

const BLOCK = 8;
const COLOURS = { 'grey 230': [230, 230, 230], '(230, 128, 26)': [230, 128, 26], '(255, 0, 0)': [255, 0, 0], '(0, 255, 0)': [0, 255, 0] };
const STRENGTHS = [1, 1.5];

const pictureOf = (width, height, colourAt) => {
    const data = new Uint8Array(width * height * 3);
    for (let i = 0; i < width * height; i++) data.set(colourAt(i % width, Math.floor(i / width)), 3 * i);
    return { data, width, height, channels: 3 };
};
const flat = (colour) => pictureOf(64, 64, () => colour);

const anime = decodePng(readFileSync(new URL('../golden/anime256.png', import.meta.url)));
const animeAt = (x, y) => anime.data.subarray(4 * (256 * y + x), 4 * (256 * y + x) + 3);
const inFrame = (x, y) => x < 64 || y < 64 || x >= 192 || y >= 192;
const PICTURES = {
    'the golden drawing': pictureOf(256, 256, animeAt),
    'a part of it, odd sides (blocks at the edge are smaller)': pictureOf(97, 131, (x, y) => animeAt(x + 100, y + 60)),
    'hair lines and screentone': drawPicture(96),
    'flat (0, 255, 0)': flat([0, 255, 0]),
    'flat (255, 0, 255)': flat([255, 0, 255]),
    '(0, 255, 0) around a drawing': pictureOf(256, 256, (x, y) => (inFrame(x, y) ? [0, 255, 0] : animeAt(x, y))),
};

const engine = await createEngine({ models: process.argv[2] });
const networks = (await readManifest()).models.filter(({ task }) => task === 'upscale');
const upscale = async (picture, { model, scale, denoise }, strength = 1) =>
    (await engine.upscale(picture, { model, scale, denoise, strength, format: 'pixels' })).pixels;

/** The mean of colour c over a rectangle of an RGB picture. */
function meanOf({ data, width }, x0, y0, columns, rows, c) {
    let sum = 0;
    for (let y = y0; y < y0 + rows; y++) for (let x = x0; x < x0 + columns; x++) sum += data[3 * (y * width + x) + c];
    return sum / (columns * rows);
}

/** Of each block of the input: how far the mean of its worst colour is from that of the result. */
function blockDifferences(picture, pixels, scale) {
    const { width, height } = picture;
    const large = { data: pixels, width: width * scale };
    const found = [];
    for (let y = 0; y < height; y += BLOCK) {
        for (let x = 0; x < width; x += BLOCK) {
            const size = [Math.min(BLOCK, width - x), Math.min(BLOCK, height - y)];
            const enlarged = [x, y, ...size].map((value) => value * scale);
            const of = (c) => Math.abs(meanOf(picture, x, y, ...size, c) - meanOf(large, ...enlarged, c));
            found.push(Math.max(of(0), of(1), of(2)));
        }
    }
    return found.sort((a, b) => a - b);
}

const nameOf = ({ model, scale, denoise }) => `${model} ${scale}x ${denoise}`;

console.log(`| network | ${Object.keys(COLOURS).join(' | ')} |\n|---|${'---|'.repeat(Object.keys(COLOURS).length)}`);
for (const network of networks) {
    const moved = [];
    for (const colour of Object.values(COLOURS)) {
        const pixels = await upscale(flat(colour), network);
        moved.push(pixels.reduce((most, value, i) => Math.max(most, Math.abs(value - colour[i % 3])), 0));
    }
    console.log(`| ${[nameOf(network), ...moved].join(' | ')} |`);
}

console.log('\n| picture | median | 99 of 100 | most |\n|---|---|---|---|');
for (const [name, picture] of Object.entries(PICTURES)) {
    const runs = [];
    for (const network of networks) {
        for (const strength of STRENGTHS) {
            const found = blockDifferences(picture, await upscale(picture, network, strength), network.scale);
            const at = (share) => found[Math.floor(share * (found.length - 1))];
            runs.push({ network: `${nameOf(network)}, strength ${strength}`, median: at(0.5), most99: at(0.99), most: at(1) });
        }
    }
    const range = (key) => [Math.min, Math.max].map((f) => Math.round(f(...runs.map((run) => run[key])))).join(' to ');
    const worst = runs.reduce((a, b) => (b.most > a.most ? b : a));
    console.log(`| ${name} | ${range('median')} | ${range('most99')} | ${Math.round(worst.most)} (${worst.network}) |`);
}
await engine.close();
