// Which layers of DeepDanbooru cost how much in int8: tags and their logits with some layers in int8 and the others in f16, against Keras, as a
// table. By hand, after compare_convnets.mjs has left FOLDER/int8, FOLDER/f16 and FOLDER/reference.json.
//
//     node tests/compare/compare_parts.mjs FOLDER [--parts '^stages\.1\.' --parts '\.conv1$' …] [--pictures 8] [--threads 2] [--build …]
//
// A part is a regular expression of layers' names (stages.1.0.conv1, head). Squares of logits' errors of parts without a common layer add up.
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cosines, lookAtFolder, table } from './comparing.mjs';
import { mixFiles } from './mix_files.mjs';

const PARTS = ['.', ...[1, 2, 3, 4, 5].map((stage) => `^stages\\.${stage}\\.`), '^head', ...[1, 2, 3].map((i) => `\\.conv${i}$`)];

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        parts: { type: 'string', multiple: true, default: PARTS },
        pictures: { type: 'string', default: '8' },
        threads: { type: 'string', default: '2' },
        build: { type: 'string', default: 'relaxed-threads' },
    },
});
const [folder] = positionals;
if (!folder) throw new Error('Expected the folder that compare_convnets.mjs left but received none');

/** A folder of fewer pictures, for lookAtFolder. */
function someOf(reference) {
    const work = join(folder, 'parts');
    mkdirSync(work, { recursive: true });
    if (!existsSync(join(work, 'pictures'))) symlinkSync(resolve(folder, 'pictures'), join(work, 'pictures'));
    writeFileSync(join(work, 'reference.json'), JSON.stringify(reference));
    return work;
}

const average = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
const logit = (score) => Math.log(Math.max(score, 1e-9) / Math.max(1 - score, 1e-9));

/** The root of the mean square of the logits' errors. */
function logitError(found, wanted) {
    const squares = wanted.map((tags, k) => average(tags.map((score, i) => (logit(score) - logit(found[k][i])) ** 2)));
    return Math.sqrt(average(squares));
}

const all = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'));
const some = Object.entries(all).slice(0, Number(values.pictures));
const wanted = some.map(([, { tags }]) => tags);
const work = someOf(Object.fromEntries(some.map(([name, { tags }]) => [name, { tags }])));
const rows = values.parts.map((part) => {
    const file = join(work, 'model.safetensors');
    const layer = new RegExp(part);
    const isInt8 = (name) => layer.test(name.replace(/\.(weight|bias)(\.scale)?$/, ''));
    mixFiles(join(folder, 'int8/model.safetensors'), join(folder, 'f16/model.safetensors'), isInt8, file);
    const found = Object.values(lookAtFolder('deepdanbooru', file, work, values).pictures).map(({ tags }) => tags);
    const each = cosines(found, wanted);
    return [part, Math.min(...each).toFixed(5), average(each).toFixed(5), logitError(found, wanted).toFixed(4)];
});
rmSync(work, { recursive: true });
table(`int8 in a part, ${some.length} pictures`, ['part', 'least cosine of tags', 'mean', 'error of logits'], rows);
