// Searches in an index made by a network at full size, against an exhaustive search in NumPy in float64 over the vectors that the index
// stores: the same pictures in the same order, of equal scores the lower id first, and scores within rounding of float32. By hand; minutes.
//
//     node tests/compare/compare_search.mjs MERGES [--pictures 40] [--dtype int8] [--threads 2] [--python …]
//
// MERGES is CLIP's merges.txt. The random weights are those of compare_clip.mjs, which has to have run for this dtype. Each picture is there in six variants
// (tests/bench/duplicates_pictures.py), one of them twice under other names, so that scores tie.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cache } from '../../cmake/setup/shell.mjs';
import { createEngine, createIndex } from '../../js/node.js';
import { ensurePython } from '../../models/convert/python.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        pictures: { type: 'string', default: '40' },
        dtype: { type: 'string', default: 'int8' },
        threads: { type: 'string', default: '2' },
        python: { type: 'string' },
    },
});
const [merges] = positionals;
if (!merges) throw new Error('Expected the path of CLIP’s list of merges but received none');
const python = values.python ?? ensurePython();

/** dclip's files, as a folder of models has them. */
function layModels(folder) {
    mkdirSync(join(folder, 'dclip'), { recursive: true });
    for (const half of ['image', 'text']) {
        const file = join(cache, 'compare', 'clip-l14', values.dtype, `${half}.safetensors`);
        if (!existsSync(file)) throw new Error(`Expected ${file} but found nothing: compare_clip.mjs makes it`);
        symlinkSync(file, join(folder, 'dclip', `${half}.safetensors`));
    }
    symlinkSync(resolve(merges), join(folder, 'dclip', 'merges.txt'));
}

function layPictures(folder) {
    mkdirSync(folder);
    execFileSync(python, [join(here, '../bench/duplicates_pictures.py'), folder, values.pictures]);
    for (const name of readdirSync(folder).filter((name) => name.endsWith('flip.png'))) {
        copyFileSync(join(folder, name), join(folder, `again-${name}`)); // the same vector: a tie
    }
}

/** What is asked: words, pictures, several of both with plus and minus, filters by path. The query's vector is the engine's own. */
async function ask(engine, index, folder) {
    const words = ['silver hair, night sky', '初音ミク', 'a diagram', '一个银色头发的女孩', '1girl, solo'];
    const picture = join(folder, readdirSync(folder)[3]);
    const vectors = await engine.embedText(words, { model: 'dclip' });
    const seen = await engine.embedImage(picture, { model: 'dclip' });
    const [first, second] = await index.search({ vector: vectors[0], limit: 2, minScore: 'off' });
    const asked = [
        ...words.map((text, i) => ({ asks: { text }, plus: [vectors[i]], minus: [] })),
        { asks: { image: picture }, plus: [seen], minus: [] },
        { asks: { text: words[0], notText: words[1] }, plus: [vectors[0]], minus: [vectors[1]] },
        { asks: { text: words[2], image: picture, notText: words[4] }, plus: [vectors[2], seen], minus: [vectors[4]] },
        { asks: { vector: vectors[3], words: 'flip' }, plus: [vectors[3]], minus: [], word: 'flip' },
        {
            asks: { text: words[4], like: [first.id], unlike: [second.id] },
            plus: [vectors[4]],
            minus: [],
            like: first.id,
            unlike: second.id,
        },
    ];
    const answers = [];
    for (const { asks, plus, minus, ...rest } of asked) {
        for (const limit of [10, 10_000]) {
            const found = await index.search({ ...asks, limit, minScore: 'off', model: 'dclip' });
            const pictures = found.map(({ id, score }) => [id, score]);
            answers.push({
                asks: Object.keys(asks).join(' + '),
                limit,
                plus: plus.map((v) => [...v]),
                minus: minus.map((v) => [...v]),
                ...rest,
                pictures,
            });
        }
    }
    return answers;
}

const folder = mkdtempSync(join(tmpdir(), 'acg2vec-search-'));
try {
    const [models, pictures, database] = ['models', 'pictures', 'index.db'].map((name) => join(folder, name));
    layModels(models);
    layPictures(pictures);
    const engine = await createEngine({ models, threads: Number(values.threads) });
    const index = await createIndex({ engine, location: database });
    await index.sync(pictures, { models: ['dclip'] });
    writeFileSync(join(folder, 'answers.json'), JSON.stringify(await ask(engine, index, pictures)));
    await index.close();
    await engine.close();
    execFileSync(python, [join(here, 'search_reference.py'), database, join(folder, 'answers.json')], { stdio: 'inherit' });
} finally {
    rmSync(folder, { recursive: true, force: true });
}
