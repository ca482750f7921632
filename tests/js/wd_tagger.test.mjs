// The WD tagger's tags, through the whole engine, against timm on the same tiny network.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { convnetModels } from './convnet_files.mjs';
import { acg2vec, decodePng, golden, makePng, readGolden, temporaryFolder } from './support.mjs';
import { entry, tinyEngine } from './tiny_engine.mjs';

const paths = ['wd-vit/model.safetensors', 'wd-vit/selected_tags.csv'];
const files = Object.fromEntries(paths.map((path) => [path, readGolden(path)]));
const manifest = { models: [entry(files, 'wd-vit', 'vit_tagger', 'wd-vit', paths)] };
/** What timm says: see tests/nets/make_vit_tagger_golden.py. */
const expected = JSON.parse(readFileSync(golden('wd-vit/expected.json'), 'utf8')).pictures;
const pictures = { 'anime256.png': golden('anime256.png'), 'wide.png': golden('wd-vit/wide.png') };

const CATEGORIES = { 0: 'general', 4: 'character', 9: 'rating' };
const table = files['wd-vit/selected_tags.csv']
    .toString()
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => /^\d+,(.*),(\d),\d+$/.exec(line) ?? []);
const names = table.map(([, name]) => name.replace(/^"(.*)"$/, '$1').replaceAll('""', '"'));

/** The tags that timm's scores give, from these thresholds on. */
function expectedTags(picture, { general, character }) {
    const all = table.map(([, , number], i) => ({ name: names[i], score: expected[picture].tags[i], category: CATEGORIES[number] }));
    const of = (category) => all.filter((tag) => tag.category === category).sort((a, b) => b.score - a.score);
    const told = (category, threshold) => of(category).filter(({ score }) => score >= threshold);
    return [...told('general', general), ...told('character', character), of('rating')[0]];
}

function assertTags(tags, picture, thresholds) {
    const wanted = expectedTags(picture, thresholds);
    assert.deepEqual(
        tags.map(({ name, category }) => [name, category]),
        wanted.map(({ name, category }) => [name, category]),
    );
    for (const [i, { name, score }] of tags.entries())
        assert.ok(Math.abs(score - wanted[i].score) < 1e-4, `${name}: ${score} for ${wanted[i].score}`);
}

describe('wd-vit', () => {
    let engine;
    before(async () => (engine = await tinyEngine({ files, manifest })));
    after(() => engine.close());

    test('tags: the scores that timm gives, from its thresholds on; transparency is white, margins are white', async () => {
        for (const [name, path] of Object.entries(pictures)) {
            assertTags(await engine.tag(path, { model: 'wd-vit' }), name, { general: 0.35, character: 0.85 });
            const all = await engine.tag(path, { model: 'wd-vit', threshold: 0 });
            assert.equal(all.length, names.length - 3);
            assertTags(all, name, { general: 0, character: 0 });
        }
    });

    test('thresholds by category', async () => {
        const tag = (thresholds) => engine.tag(pictures['wide.png'], { model: 'wd-vit', ...thresholds });
        assertTags(await tag({ thresholds: { character: 0.5 } }), 'wide.png', { general: 0.35, character: 0.5 });
        assertTags(await tag({ threshold: 0.9, thresholds: { character: 0.1 } }), 'wide.png', { general: 0.9, character: 0.1 });
    });

    test('from pixels with alpha the same as from a file; beside a network that drops it', async () => {
        const { data, width, height } = decodePng(readGolden('wd-vit/wide.png'));
        const pixels = { data, width, height, channels: 4 };
        assert.deepEqual(await engine.tag(pixels, { model: 'wd-vit' }), await engine.tag(pictures['wide.png'], { model: 'wd-vit' }));
        const others = convnetModels();
        const own = await tinyEngine({
            files: { ...files, ...others.files },
            manifest: { models: [...manifest.models, ...others.models] },
        });
        const both = await own.describe(pixels, { score: true, tag: true, model: 'wd-vit', embed: ['illust2vec'] });
        assert.deepEqual(both.tags, await engine.tag(pixels, { model: 'wd-vit' }));
        const rgb = { data: data.filter((_, i) => i % 4 < 3), width, height, channels: 3 };
        const { score, vectors } = await own.describe(rgb, { score: true, embed: ['illust2vec'] });
        assert.deepEqual([both.score, both.vectors], [score, vectors]);
        await own.close();
    });

    test('what is transparent has no colour', async () => {
        const [dark, white] = [0, 255].map((level) => makePng(40, 30, (x, y) => (x < y ? [level, level, 9, 0] : [x * 6, y * 8, 99, 255])));
        const [a, b] = await engine.tag([dark, white], { model: 'wd-vit', threshold: 0 });
        assert.deepEqual(a, b);
    });
});

test('a list of other tags is refused, and the engine stays usable', async () => {
    const engine = await tinyEngine({ files: { ...files, 'wd-vit/selected_tags.csv': Buffer.from('name,category\nsky,0\n') }, manifest });
    await assert.rejects(engine.tag(pictures['wide.png'], { model: 'wd-vit' }), {
        code: 'BAD_MODEL',
        message: /21 tags but found one of 1 lines/,
    });
    await engine.close();
});

test('acg2vec tag --model wd-vit', async (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, 'wd-vit'));
    for (const [path, bytes] of Object.entries(files)) writeFileSync(join(folder, path), bytes);
    const env = { ACG2VEC_MODELS: '', XDG_CACHE_HOME: folder };
    const wrong = await acg2vec(['tag', pictures['wide.png'], '--model', 'wd']);
    assert.deepEqual([wrong.status, wrong.stdout], [2, '']);
    assert.match(wrong.stderr, /Expected one of deepdanbooru, wd-vit for model but received 'wd'/);
    const high = await acg2vec(['tag', pictures['wide.png'], '--general-threshold', 'high']);
    assert.match(high.stderr, /from 0 to 1 for thresholds\.general but received 'high'/);
    // the tiny files are not the published ones, and say so
    const other = await acg2vec(['tag', pictures['wide.png'], '--model', 'wd-vit', '--models', folder], { env });
    assert.equal(other.status, 1);
    assert.match(other.stderr, /wd-vit\/(model\.safetensors|selected_tags\.csv) .* damaged or a different file/);
});
