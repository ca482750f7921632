// CLIP or acgvoc2vec over a folder's pictures or texts, for the comparisons with PyTorch: vectors, times and memory into its found.json.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openMeasured } from './measured.mjs';

const [kind, file, folder, vocabulary, build, threads] = process.argv.slice(2);
const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'));
const seesPictures = kind === 'clip_vision';

const { native, run, costs } = await openMeasured(kind, file, { build, threads, vocabulary: seesPictures ? undefined : vocabulary });
const read = (task) => task.vectors('vector');
const vectors = [];
let ms = Infinity;
let msMany;
if (seesPictures) {
    for (const name of Object.keys(reference.pictures)) {
        const image = native.pictureToLookAt({ bytes: new Uint8Array(readFileSync(join(folder, 'pictures', name))) }, {});
        const done = await run((network) => network.beginImage(image, { outputs: ['vector'], fit: false, normalize: false }), read);
        image.free();
        ms = Math.min(ms, done.ms);
        vectors.push(...done.result);
    }
} else {
    const embed = (texts) => run((network) => network.beginTexts(texts, { clean: 'huggingface', truncate: true, normalize: false }), read);
    const many = await embed(reference.texts.map(({ text }) => text));
    vectors.push(...many.result);
    const ten = reference.texts.find(({ n_tokens: n }) => n === 10)?.text ?? 'a b c d e f g h';
    const timed = async (text) => {
        let least = Infinity;
        for (let round = 0; round < 5; round++) least = Math.min(least, (await embed([text])).ms);
        return least;
    };
    ms = await timed(ten);
    msMany = `${(await timed('the of '.repeat(60))).toFixed(0)}; ${many.ms.toFixed(0)}`;
}
const found = { vectors: vectors.map((vector) => Array.from(vector)), ms: Math.round(ms), msMany, ...costs() };
writeFileSync(join(folder, 'found.json'), JSON.stringify(found));
process.exit(); // the engine's threads stay
