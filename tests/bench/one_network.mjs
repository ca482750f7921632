// One network in this process, for networks.mjs: the times of each of its calls and the engine's memory, as JSON. A call is a drawn picture
// (side) or a text to what the network makes of it (all, or some outputs), from pixels or characters, without decoding a file.
import { openMeasured } from '../compare/measured.mjs';
import { drawPicture } from './picture.js';

const WARM_UPS = 2;
const { kind, file, vocabulary, build, threads, rounds, calls } = JSON.parse(process.argv[2]);
const { native, dims, run, costs } = await openMeasured(kind, file, { build, threads, vocabulary });

function pixels(side) {
    const { data, ...size } = drawPicture(side);
    return { pixels: data, ...size };
}

async function enlarge(side) {
    const image = native.imageFromPixels(pixels(side));
    const options = { tile: 0, strength: 1, format: 'pixels', quality: 0, sync: 'exact', tta: false, memory: 0, spill: 0 };
    const read = (task) => {
        while (task.takeOutput());
    };
    const { ms } = await run((network) => native.beginUpscale(network, image, options), read);
    image.free();
    return ms;
}

async function look(side, outputs = Object.keys(dims)) {
    const image = native.pictureToLookAt(pixels(side), {});
    const read = (task) => outputs.map((output) => task.vectors(output));
    const { ms } = await run((network) => network.beginImage(image, { outputs, fit: false, normalize: true }), read);
    image.free();
    return ms;
}

async function embed(text) {
    const options = { clean: 'huggingface', truncate: true, normalize: true };
    const { ms } = await run(
        (network) => network.beginTexts([text], options),
        (task) => task.vectors('vector'),
    );
    return ms;
}

function call({ side, text, outputs }) {
    if (text !== undefined) return embed(text);
    return kind === 'cugan' ? enlarge(side) : look(side, outputs);
}

const times = [];
for (const each of calls) {
    for (let round = 0; round < WARM_UPS; round++) await call(each);
    const found = [];
    for (let round = 0; round < rounds; round++) found.push(await call(each));
    times.push(found);
}
process.stdout.write(JSON.stringify({ times, ...costs() }), () => process.exit()); // the engine's threads stay
