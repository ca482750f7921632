// Scores, tags and illust2vec's vectors, through the whole engine, against Keras on the same tiny networks.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createClient } from '../../js/client/engine.js';
import { nodePlatform } from '../../js/platform/node/platform.js';
import { clipModel, expected as clip } from './clip_files.mjs';
import { convnetModels, expected, expectedTags, tagNames } from './convnet_files.mjs';
import { acg2vec, golden, makePng, readGolden, temporaryFolder } from './support.mjs';
import { manifestOf } from './tiny_engine.mjs';

const picture = golden('anime256.png');
const { files, models } = convnetModels();
const clipFiles = clipModel();
const manifest = manifestOf([...models, ...clipFiles.manifest.models]);

const bytes = readGolden('anime256.png');
const withoutEnd = bytes.subarray(0, bytes.length - 12); // IEND
const cut = bytes.subarray(0, bytes.length / 2);

/** How often each file was read. */
let reads = {};

/** An engine whose models are the tiny ones, and those of `changed` instead. */
function tinyEngine(changed = {}) {
    const all = { ...clipFiles.files, ...files, ...changed };
    const streamModelFile = async function* ({ path }, { onBytes }) {
        reads[path] = (reads[path] ?? 0) + 1;
        onBytes(all[path].length);
        yield new Uint8Array(all[path]);
    };
    return createClient({ ...nodePlatform(), readManifest: async () => manifest, streamModelFile, hashesStreams: true }, {});
}

function assertClose(found, wanted, tolerance, what) {
    assert.equal(found.length, wanted.length, what);
    const largest = Math.max(...wanted.map(Math.abs));
    const error = Math.max(...wanted.map((value, i) => Math.abs(value - found[i])));
    assert.ok(error <= tolerance * largest, `${what}: largest error ${error}, largest value ${largest}`);
}

function assertScores(scores) {
    for (const head of ['bookmark', 'view', 'sanity']) {
        assertClose(scores[head].probabilities, expected[head], 1e-4, head);
        const best = expected[head].indexOf(Math.max(...expected[head]));
        assert.equal(scores[head].label, scores[head].labels[best]);
    }
}

function assertTags(tags, threshold) {
    const wanted = expectedTags(threshold);
    assert.deepEqual(
        tags.map(({ name, category }) => [name, category]),
        wanted.map(({ name, category }) => [name, category]),
    );
    for (const [i, { name, score }] of tags.entries())
        assert.ok(Math.abs(score - wanted[i].score) < 1e-4, `${name}: ${score} for ${wanted[i].score}`);
}

describe('look', () => {
    let engine;
    before(async () => (engine = await tinyEngine()));
    after(() => engine.close());

    test('scores: the probabilities that Keras gives', async () => {
        assertScores(await engine.score(picture));
        const [one, other] = await engine.score([picture, readGolden('anime256.png')]);
        assert.deepEqual(one, other);
    });

    test('tags: the scores that Keras gives, from any threshold on', async () => {
        const { length } = expectedTags(0.5);
        assert.ok(length > 1 && length < expectedTags(0).length, 'Expected a golden file with tags above and below 0.5');
        assertTags(await engine.tag(picture), 0.5);
        assertTags(await engine.tag(picture, { threshold: 0 }), 0);
        const [tags] = await engine.tag([picture], { threshold: 1 });
        assert.deepEqual(
            tags.map(({ category }) => category),
            ['rating'],
        );
    });

    test('a picture in proportion is another one to the network, unless it is stretched by nothing', async () => {
        const scores = async (bytes, fit) =>
            (await engine.tag(bytes, { threshold: 0, fit })).map(({ name, score }) => `${name} ${score}`).sort();
        const wide = makePng(144, 60, (x, y) => [x, 4 * y, (x * y) % 256]);
        assert.notDeepEqual(await scores(wide, true), await scores(wide, false));
        const square = makePng(72, 72, (x, y) => [3 * x, 3 * y, (x * y) % 256]);
        assert.deepEqual(await scores(square, true), await scores(square, false));
    });

    test("illust2vec's vectors, of its own file and of DeepDanbooru's", async () => {
        assertClose(await engine.embedImage(picture, { model: 'illust2vec' }), expected.illust2vec, 1e-4, 'illust2vec');
        assertClose(await engine.embedImage(picture, { model: 'illust2vec-style' }), expected.style, 1e-4, 'style');
        const unit = await engine.embedImage(picture, { model: 'illust2vec', normalize: true });
        assert.ok(Math.abs(Math.hypot(...unit) - 1) < 1e-6);
    });

    test('all at once: the same, and the networks that are needed only', async () => {
        reads = {};
        const own = await tinyEngine();
        const [seen, again] = await own.describe([picture, picture], {
            score: true,
            tag: true,
            embed: ['illust2vec', 'illust2vec-style', 'dclip'],
        });
        assertScores(seen.score);
        assertTags(seen.tags, 0.5);
        assert.deepEqual(Object.keys(seen.vectors), ['illust2vec', 'illust2vec-style', 'dclip']);
        assertClose(seen.vectors.illust2vec, expected.illust2vec, 1e-4, 'illust2vec');
        assertClose(seen.vectors['illust2vec-style'], expected.style, 1e-4, 'style');
        assertClose(seen.vectors.dclip, clip.pictures['anime256.png'], 1e-4, 'dclip');
        assert.deepEqual(again, seen);
        await own.describe(picture, { score: true, tag: true, embed: ['dclip'] });
        await own.close();
        assert.deepEqual(reads, {
            'pix2score/model.safetensors': 1,
            'deepdanbooru/model.safetensors': 1,
            'deepdanbooru/tags.txt': 1,
            'dclip/image.safetensors': 1,
        });
    });

    test('only what was asked for is told', async () => {
        assert.deepEqual(Object.keys(await engine.describe(picture, { score: true })), ['score', 'warnings', 'notes']);
        assert.deepEqual(Object.keys(await engine.describe(picture, { tag: true })), ['tags', 'warnings', 'notes']);
        const fitted = await engine.describe(picture, { tag: true, fit: true, embed: ['illust2vec'] });
        assertClose(fitted.vectors.illust2vec, expected.illust2vec, 1e-4, 'illust2vec beside tags of the picture in proportion');
    });

    test('what is odd about a file is told; a damaged one is refused, or filled up on request', async () => {
        const [whole, endless] = await engine.describe([picture, withoutEnd], { score: true });
        assert.deepEqual(whole.warnings, []);
        assert.match(endless.warnings.join(), /^The PNG file has no end: .*\.$/);
        assert.deepEqual(endless.notes, [{ sentence: endless.warnings[0], reason: 'MAYBE_CUT', values: { file: 'PNG file' } }]);
        assert.deepEqual(endless.score, whole.score);
        for (const look of [(options) => engine.score(cut, options), (options) => engine.embedImage(cut, options)]) {
            await assert.rejects(look(), {
                code: 'BAD_FORMAT',
                message: /^The PNG file ends too early/,
                reason: 'FILE_CUT',
                values: { file: 'PNG file', bytes: cut.length },
            });
            await look({ damaged: 'keep' });
        }
        const { warnings, notes } = await engine.describe(cut, { tag: true, damaged: 'keep' });
        assert.match(warnings.join(), /of 256 rows only \d+ could be read/);
        assert.deepEqual([notes[0].reason, notes[0].values.rows], ['ROWS_UNREAD', 256]);
    });

    test("a limit of pixels of one's own, and wrong options", async () => {
        await assert.rejects(engine.tag(picture, { maxPixels: 256 * 256 - 1 }), {
            code: 'UNSUPPORTED',
            message: /too large: 256 x 256/,
            reason: 'TOO_MANY_PIXELS',
            values: { file: 'PNG file', width: 256, height: 256, side: 65535, pixels: 256 * 256 - 1 },
        });
        assertTags(await engine.tag(picture, { maxPixels: 256 * 256 }), 0.5);
        await assert.rejects(engine.score(picture, { damaged: 'mend' }), {
            code: 'BAD_ARGUMENT',
            message: /for damaged but received 'mend'/,
        });
        await assert.rejects(engine.classify(picture, ['a'], { maxPixels: 0 }), {
            code: 'BAD_ARGUMENT',
            message: /for maxPixels but received 0/,
        });
    });

    test('progress goes through the models, then through the networks of every picture', async () => {
        const seen = [];
        const own = await tinyEngine();
        await own.describe([picture, picture], { score: true, tag: true, onProgress: (progress) => seen.push(progress) });
        await own.close();
        const models = seen.filter(({ stage }) => stage === 'models').map(({ model }) => model);
        assert.deepEqual([...new Set(models)], ['pix2score', 'deepdanbooru']);
        const work = seen.filter(({ stage }) => stage === 'describe');
        assert.deepEqual([work.at(-1).done, work.at(-1).total], [400, 400]);
        for (const [i, { done }] of work.entries()) assert.ok(done >= (work[i - 1]?.done ?? 0));
    });

    test('an abort stops the work, and the engine stays usable', async () => {
        const aborter = new AbortController();
        const onProgress = ({ stage }) => stage === 'describe' && aborter.abort();
        await assert.rejects(engine.describe(Array(50).fill(picture), { score: true, tag: true, signal: aborter.signal, onProgress }), {
            code: 'CANCELLED',
        });
        assertScores(await engine.score(picture));
    });

    test('a picture that cannot be read is said, and the engine stays usable', async () => {
        await assert.rejects(engine.tag(new Uint8Array([1, 2, 3])), { code: 'BAD_FORMAT' });
        await assert.rejects(engine.score([]), { code: 'BAD_ARGUMENT', message: /at least one picture/ });
        await assert.rejects(engine.describe(picture, {}), { code: 'BAD_ARGUMENT', message: /score, tag and embed/ });
        assertTags(await engine.tag(picture), 0.5);
    });
});

describe('files that do not belong together', () => {
    const model = files['deepdanbooru/model.safetensors'];
    const cases = {
        'a list of other tags': [{ 'deepdanbooru/tags.txt': Buffer.from('one\ntwo\n') }, 'BAD_MODEL', /25 tags but found one of 2 lines/],
        'a truncated network': [{ 'deepdanbooru/model.safetensors': model.subarray(0, 90000) }, 'BAD_FORMAT', /./],
        'a network without tags': [{ 'deepdanbooru/model.safetensors': files['illust2vec/model.safetensors'] }, 'BAD_MODEL', /0 tags/],
        'another network': [{ 'deepdanbooru/model.safetensors': files['pix2score/model.safetensors'] }, 'BAD_FORMAT', /./],
    };
    for (const [name, [changed, code, message]] of Object.entries(cases)) {
        test(`${name}: a sentence, and the engine stays usable`, async () => {
            const engine = await tinyEngine(changed);
            await assert.rejects(engine.tag(picture), { name: 'AcgError', code, message });
            assertScores(await engine.score(picture));
            await engine.close();
        });
    }
});

test('acg2vec score, tag and classify: a JSON line for each picture, and a sentence for one that cannot be read', async (context) => {
    const folder = temporaryFolder(context);
    for (const [path, bytes] of Object.entries({ ...files, ...clipFiles.files })) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), bytes);
    }
    const score = await acg2vec(['score', join(folder, 'none.png'), picture, '--models', folder]);
    const { input, ...heads } = JSON.parse(score.stdout);
    assert.deepEqual([score.status, input, Object.keys(heads)], [1, picture, ['bookmark', 'view', 'sanity']]);
    assert.deepEqual(Object.keys(heads.view), ['label', 'expected', 'probabilities']);
    assertClose(heads.view.probabilities, expected.view, 1e-4, 'view');
    assert.match(score.stderr, /^acg2vec: .*none\.png: There is no such file\.\n$/);

    const tag = await acg2vec(['tag', picture, picture, '--threshold', '0.25', '--models', folder]);
    const lines = tag.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    assert.deepEqual([tag.status, lines.length], [0, 2], tag.stderr);
    assert.deepEqual(Object.keys(lines[0]), ['input', 'tags']);
    assertTags(lines[0].tags, 0.25);
    assert.ok(tagNames.includes(lines[1].tags[0].name));

    const wrong = await acg2vec(['tag', picture, '--threshold', 'high']);
    assert.deepEqual([wrong.status, wrong.stdout], [2, '']);
    assert.match(wrong.stderr, /from 0 to 1 for threshold but received 'high'/);
    const unlabelled = await acg2vec(['classify', picture]);
    assert.equal(unlabelled.status, 2);
    assert.match(unlabelled.stderr, /Expected --labels/);
    const missing = await acg2vec(['score', picture, '--models', join(folder, 'dclip'), '--json'], {
        env: { ACG2VEC_MODELS: '', XDG_CACHE_HOME: folder },
    });
    assert.equal(missing.status, 1);
    assert.equal(JSON.parse(missing.stdout).error.code, 'NOT_FOUND');
    assert.match(missing.stderr, /pix2score\/model\.safetensors is missing .* acg2vec models fetch pix2score gets it/);

    const odd = join(folder, 'odd.png');
    const half = join(folder, 'half.png');
    writeFileSync(odd, withoutEnd);
    writeFileSync(half, cut);
    for (const command of [['score'], ['tag'], ['embed', '--model', 'illust2vec'], ['embed']]) {
        const { status, stdout, stderr } = await acg2vec([...command, odd, half, picture, '--models', folder]);
        assert.notEqual(stdout, '', `${command}: ${stderr}`);
        const [warned, whole] = stdout
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line));
        assert.equal(status, 1, stderr);
        assert.match(
            stderr,
            /^acg2vec: .*odd\.png: warning: The PNG file has no end: .*\.\nacg2vec: .*half\.png: The PNG file ends too early: .*\.\n$/,
        );
        assert.match(warned.warnings.join(), /^The PNG file has no end/);
        assert.deepEqual(
            Object.keys(whole),
            Object.keys(warned).filter((key) => key !== 'warnings'),
            'only where there are any',
        );
        const kept = await acg2vec([...command, half, '--damaged', 'keep', '--models', folder]);
        assert.equal(kept.status, 0, kept.stderr);
        assert.match(JSON.parse(kept.stdout).warnings[0], /of 256 rows only/);
    }
    const large = await acg2vec(['tag', picture, '--max-pixels', '65535', '--models', folder]);
    assert.deepEqual([large.status, large.stdout], [1, '']);
    assert.match(large.stderr, /too large: 256 x 256/);
    const unknown = await acg2vec(['embed', picture, '--damaged', 'mend']);
    assert.deepEqual([unknown.status, unknown.stdout], [2, '']);
});
