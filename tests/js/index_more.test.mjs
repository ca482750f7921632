// What an index tells of itself: duplicates, recommendations, exports; and the commands of it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parquetReadObjects, parquetMetadata } from 'hyparquet';
import { Engine } from '../../js/client/engine.js';
import { interestsOf } from '../../js/index/recommending.js';
import { listFolder } from '../../js/platform/browser/pictures.js';
import { clipModel, expected } from './clip_files.mjs';
import { convnetModels } from './convnet_files.mjs';
import { cosine, halfToNumber, indexEngine, openIndex, picture, query, randomOf, sha256, writeFiles } from './index_support.mjs';
import { acg2vec, CLI, decodePng, makePng, readGolden, ROOT, temporaryFolder } from './support.mjs';

const drawing = decodePng(readGolden('anime256.png'));

/** The drawing with each pixel from elsewhere, or changed. */
function variant(width, height, pixelAt) {
    return makePng(width, height, (x, y) => {
        const [px, py, change = (v) => v] = pixelAt(x, y);
        const at = (Math.min(255, Math.floor(py)) * drawing.width + Math.min(255, Math.floor(px))) * 4;
        return [...drawing.data.subarray(at, at + 3)].map(change);
    });
}
const VARIANTS = {
    'original.png': readGolden('anime256.png'),
    'copy.png': readGolden('anime256.png'),
    'small.png': variant(160, 160, (x, y) => [(x + 0.5) * 1.6, (y + 0.5) * 1.6]),
    'large.png': variant(400, 400, (x, y) => [(x + 0.5) * 0.64, (y + 0.5) * 0.64]),
    'cropped.png': variant(244, 244, (x, y) => [x + 6, y + 6]),
    'mirrored.png': variant(256, 256, (x, y) => [255 - x, y]),
    'bright.png': variant(256, 256, (x, y) => [x, y, (value) => Math.min(255, Math.round(value * 1.2))]),
};

describe('more of an index', () => {
    let engine;
    before(async () => (engine = await indexEngine()));
    after(() => engine.close());

    async function makeIndex(context, files, options) {
        const folder = temporaryFolder(context);
        writeFiles(folder, files);
        const at = (name) => join(folder, name);
        const index = await openIndex(engine, at('index.db'));
        context.after(() => index.close());
        await index.sync(folder, options);
        return { folder, index, at };
    }

    test("in a browser's folder, what cannot be read now hides nothing else, and stays in the index", async (context) => {
        const { platform } = Engine.partsOf(engine);
        const { pictures } = platform;
        const { index } = await makeIndex(context, {});
        platform.pictures = { ...pictures, listFolder };
        context.after(() => (platform.pictures = pictures));
        const fault = (name) => () => Promise.reject(new DOMException('It could not be read', name));
        const whole = (name, seed) => async () => new File([picture(seed, 40, 30)], name, { lastModified: seed });
        const folder = (files) => ({
            kind: 'directory',
            name: 'mine',
            async *entries() {
                for (const [name, getFile] of Object.entries(files)) yield [name, { kind: 'file', getFile }];
            },
        });
        const files = { 'a.png': whole('a.png', 1), 'b.png': whole('b.png', 2), 'c.png': whole('c.png', 3) };
        const paths = async () => (await index.list()).map(({ path }) => path).sort();
        const first = await index.sync(folder({ 'locked.png': fault('NotReadableError'), ...files }));
        assert.deepEqual(
            [first.added, first.failed.map(({ path, error }) => [path, error.message])],
            [3, [['mine/locked.png', 'The file could not be read: It could not be read.']]],
        );
        assert.deepEqual(await paths(), ['mine/a.png', 'mine/b.png', 'mine/c.png']);
        const second = await index.sync(folder({ ...files, 'a.png': fault('NotReadableError'), 'b.png': fault('NotFoundError') }));
        assert.deepEqual([second.unchanged, second.removed, second.failed.length], [1, 1, 1]);
        assert.deepEqual(await paths(), ['mine/a.png', 'mine/c.png']);
    });

    const isRoot = process.getuid?.() === 0 && 'root may read everywhere';
    test('pictures of a folder that may not be entered now stay in the index', { skip: isRoot }, async (context) => {
        const { folder, index, at } = await makeIndex(context, { 'deep/a.png': picture(1, 40, 30) });
        chmodSync(at('deep'), 0o444); // its names can be read, not its files
        const { removed, failed } = await index.sync(folder).finally(() => chmodSync(at('deep'), 0o755));
        assert.deepEqual([removed, failed.map(({ path }) => path)], [0, [at('deep/a.png')]]);
    });

    test('the same picture resized, cropped, mirrored or brighter is found, the best is told, and why', async (context) => {
        const others = Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`other/${i}.png`, picture(i, 200, 150)]));
        const { index, at } = await makeIndex(context, { ...VARIANTS, ...others });
        const groups = await index.duplicates({ minCosine: 0.5 });
        assert.equal(groups.length, 1);
        const [{ best, others: rest }] = groups;
        assert.deepEqual([best.path, best.why, best.width], [at('large.png'), 'it has the most pixels', 400]);
        const same = Object.fromEntries(rest.map(({ path, same }) => [path.split('/').at(-1), same]));
        assert.deepEqual(same, {
            'original.png': 'picture',
            'copy.png': 'picture',
            'small.png': 'picture',
            'cropped.png': 'picture',
            'mirrored.png': 'mirrored',
            'bright.png': 'picture',
        });
        const straight = await index.duplicates({ minCosine: 0.5, mirrored: false });
        assert.equal(straight[0].others.length, 5);
        const equal = await index.duplicates({ distance: 0, minCosine: 1 });
        const [pair] = equal.filter(({ best, others }) => [best, ...others].some(({ path }) => path === at('copy.png')));
        assert.equal(pair.others.find(({ same }) => same === 'bytes') !== undefined, true);
        await assert.rejects(index.duplicates({ distance: 500 }), { code: 'BAD_ARGUMENT', message: /distance/ });
        for (const name of Object.keys(VARIANTS)) assert.ok(existsSync(at(name)));
    });

    test('of equal pixels the lossless format is better, then more bytes, then the older file', async (context) => {
        const padded = Buffer.concat([readGolden('anime256.png'), Buffer.alloc(50)]);
        const { index, at } = await makeIndex(context, {
            'a.webp': readGolden('anime256.png'),
            'b.png': readGolden('anime256.png'),
            'c.png': padded,
        });
        const [{ best, others }] = await index.duplicates();
        assert.deepEqual([best.path, best.why], [at('c.png'), 'its file has the most bytes']);
        assert.deepEqual(
            others.map(({ path }) => path),
            [at('b.png'), at('a.webp')],
        );
    });

    test('likes of two kinds become two interests', () => {
        const random = randomOf(3);
        const near = (middle) => {
            const vector = middle.map((value) => value + (random() - 0.5) * 0.1);
            return Float32Array.from(vector, (value) => value / Math.hypot(...vector));
        };
        const [a, b] = [Array.from({ length: 16 }, (_, i) => Number(i < 8)), Array.from({ length: 16 }, (_, i) => Number(i >= 8))];
        const interests = interestsOf([near(a), near(b), near(a), near(b), near(b)], 16);
        assert.equal(interests.length, 2);
        assert.ok(cosine(interests[0], a) > 0.99 && cosine(interests[1], b) > 0.99);
    });

    test('what is recommended is near to what is liked, far from what is not, and neither of them', async (context) => {
        const files = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`${i}.png`, picture(i)]));
        const { index, at } = await makeIndex(context, files);
        const ids = await Promise.all([3, 8, 5].map((i) => index.idOf(at(`${i}.png`))));
        const found = await index.recommend({ like: ids.slice(0, 2), unlike: ids.slice(2), limit: 5 });
        assert.equal(found.length, 5);
        for (const { id } of found) assert.ok(!ids.includes(id));
        const rows = query(at('index.db'), 'SELECT picture, vector FROM vectors');
        const vectors = new Map(
            rows.map(({ picture: id, vector }) => [id, Array.from(new Uint16Array(vector.slice().buffer), halfToNumber)]),
        );
        const sum = vectors.get(ids[0]).map((value, i) => value + vectors.get(ids[1])[i]);
        const isOne = cosine(vectors.get(ids[0]), vectors.get(ids[1])) >= 0.8;
        for (const { id, score } of found) {
            const likes = isOne
                ? [cosine(sum, vectors.get(id))]
                : ids.slice(0, 2).map((like) => cosine(vectors.get(like), vectors.get(id)));
            const wanted = Math.max(...likes) - 0.5 * Math.max(0, cosine(vectors.get(ids[2]), vectors.get(id)));
            assert.ok(Math.abs(score - wanted) < 2e-3, `${score} ${wanted}`);
        }
        const vector = Float32Array.from(vectors.get(ids[0]));
        assert.equal((await index.recommend({ like: [vector], limit: 1 }))[0].id, ids[0]);
        await assert.rejects(index.recommend({ like: [] }), { code: 'BAD_ARGUMENT', message: /at least one picture for like/ });
    });

    test('words near a word: by their cosines, made once, of tags or of a list', async (context) => {
        const { index, at } = await makeIndex(context, { 'a.png': readGolden('anime256.png') }, { models: ['dclip'], tags: true });
        const list = ['cat', 'silver_hair', 'night', '初音ミク', 'cat'];
        const found = await index.neighbours('kitten', { words: list });
        const model = 'acgvoc2vec';
        const asked = await engine.embedText('kitten', { model });
        const texts = ['cat', 'silver hair', 'night', '初音ミク'];
        const vectors = await engine.embedText(texts, { model });
        const wanted = texts.map((text, i) => ({ word: text.replace(' ', '_'), score: cosine(asked, vectors[i]) }));
        wanted.sort((a, b) => b.score - a.score);
        assert.deepEqual(
            found.map(({ word }) => word),
            wanted.map(({ word }) => word),
        );
        for (const [i, { score }] of found.entries()) assert.ok(Math.abs(score - wanted[i].score) < 1e-3);
        const before = query(at('index.db'), 'SELECT id, word FROM words ORDER BY id');
        assert.deepEqual(await index.neighbours('kitten', { list: 'words' }), found);
        await index.neighbours('kitten', { words: ['night', 'cat', 'sea'], limit: 1 });
        const after = query(at('index.db'), 'SELECT id, word FROM words ORDER BY id');
        assert.deepEqual(after.slice(0, 2), [before.find(({ word }) => word === 'cat'), before.find(({ word }) => word === 'night')]);
        assert.deepEqual([after.length, after[2].word], [3, 'sea']);
        const tags = await index.neighbours('hair', { limit: 3 });
        const known = query(at('index.db'), "SELECT name FROM tag_names WHERE category <> 'rating'").map(({ name }) => name);
        assert.ok(tags.length === 3 && tags.every(({ word }) => known.includes(word)));
        await assert.rejects(index.neighbours('a', { words: [] }), { code: 'BAD_ARGUMENT', message: /at least one text for words/ });
    });

    test('words near a word: of the tags that a tagger knows, by its list alone; the lists that are kept are told', async (context) => {
        const { index } = await makeIndex(context, {});
        const names = convnetModels().files['deepdanbooru/tags.txt'].toString().trim().split('\n');
        const tags = names.filter((name) => !name.startsWith('rating:'));
        assert.ok(tags.length < names.length);
        const found = await index.neighbours('a girl', { tagger: 'deepdanbooru', limit: 1000 });
        assert.deepEqual(found.map(({ word }) => word).sort(), tags.toSorted());
        assert.deepEqual(found, await index.neighbours('a girl', { list: 'deepdanbooru', limit: 1000 }));
        await index.neighbours('a', { words: ['b', 'c'] });
        const model = 'acgvoc2vec';
        assert.deepEqual(await index.wordLists(), [
            { list: 'deepdanbooru', model, words: tags.length },
            { list: 'words', model, words: 2 },
        ]);
        await index.clear();
        assert.equal((await index.wordLists()).length, 2);
        await assert.rejects(index.neighbours('a', { tagger: 'me' }), { code: 'BAD_ARGUMENT', message: /deepdanbooru, wd-vit for tagger/ });
        await assert.rejects(index.neighbours('a', { tagger: 'wd-vit', words: ['b'] }), { code: 'BAD_ARGUMENT', message: /either/ });
    });

    test('an export as Parquet has the columns that Milvus imports; as lines of JSON it has the same', async (context) => {
        const { index, at } = await makeIndex(
            context,
            { 'a b.png': readGolden('anime256.png'), 'c.png': picture(1) },
            { models: ['dclip'], tags: true },
        );
        const file = await (await index.export('parquet')).arrayBuffer();
        const columns = parquetMetadata(file).schema.map(({ name, type, repetition_type }) => [name, type, repetition_type]);
        assert.deepEqual(columns.slice(1), [
            ['id', 'INT64', 'REQUIRED'],
            ['path', 'BYTE_ARRAY', 'REQUIRED'],
            ['sha256', 'BYTE_ARRAY', 'REQUIRED'],
            ['bytes', 'INT64', 'REQUIRED'],
            ['width', 'INT64', 'REQUIRED'],
            ['height', 'INT64', 'REQUIRED'],
            ['vector', undefined, 'REQUIRED'],
            ['list', undefined, 'REPEATED'],
            ['element', 'FLOAT', 'REQUIRED'],
            ['tags', 'BYTE_ARRAY', 'REQUIRED'],
            ['tag_names', undefined, 'REQUIRED'],
            ['list', undefined, 'REPEATED'],
            ['element', 'BYTE_ARRAY', 'REQUIRED'],
        ]);
        const rows = await parquetReadObjects({ file });
        const stored = query(
            at('index.db'),
            'SELECT id, path, sha256, bytes, width, height, vector FROM pictures JOIN vectors ON picture = id ORDER BY id',
        );
        assert.deepEqual(
            rows.map(({ id, path, sha256, bytes, width, height, vector }) => [
                ...[id, bytes, width, height].map(Number),
                path,
                sha256,
                vector,
            ]),
            stored.map(({ id, path, sha256, bytes, width, height, vector }) => {
                const values = Array.from(new Uint16Array(vector.slice().buffer), halfToNumber);
                return [id, bytes, width, height, path, sha256, values];
            }),
        );
        const tags = JSON.parse(rows[0].tags);
        const wanted = query(at('index.db'), 'SELECT tag FROM picture_tags WHERE path = ? ORDER BY score DESC', [at('a b.png')]);
        assert.deepEqual(tags.map(({ name }) => name).sort(), wanted.map(({ tag }) => tag).sort());
        assert.deepEqual(
            rows.map((row) => row.tag_names),
            rows.map((row) => JSON.parse(row.tags).map(({ name }) => name)),
        );
        const lines = (await (await index.export('jsonl')).text())
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line));
        assert.deepEqual(
            lines.map(({ vector, model, picture: _, ...line }) => {
                assert.equal(model.name, 'dclip');
                return { ...line, vector: vector.map(Math.fround) };
            }),
            rows.map(({ id, path, vector, tags }) => ({ id: Number(id), path, vector, tags })),
        );
        const whole = new Uint8Array(await (await index.export('sqlite')).arrayBuffer());
        assert.equal(Buffer.from(whole.subarray(0, 15)).toString(), 'SQLite format 3');
        await assert.rejects(index.export('csv'), { code: 'BAD_ARGUMENT', message: /parquet, jsonl, sqlite/ });
    });
});

/**
 * The command line of a package whose list of weights names the files of a test where it names published ones.
 * @param {string} folder
 * @param {Record<string, Buffer>} files by their paths in the manifest
 */
function packageWith(folder, files) {
    const root = join(folder, 'package');
    cpSync(join(ROOT, 'js'), join(root, 'js'), { recursive: true });
    for (const name of ['dist', 'node_modules', 'package.json']) symlinkSync(join(ROOT, name), join(root, name));
    const manifest = JSON.parse(readFileSync(join(ROOT, 'models/manifest.json'), 'utf8'));
    for (const file of manifest.models.flatMap((model) => model.files))
        if (files[file.path] && file.versions.length)
            file.versions = [{ bytes: files[file.path].length, sha256: sha256(files[file.path]) }];
    writeFiles(root, { 'models/manifest.json': JSON.stringify(manifest) });
    return join(root, 'js/cli.js');
}

describe('commands', () => {
    const folder = temporaryFolder({ after });
    const args = ['--db', join(folder, 'index.db'), '--models', join(folder, 'weights')];
    before(() => {
        writeFiles(join(folder, 'weights'), { ...clipModel().files, ...convnetModels().files });
        writeFiles(folder, {
            'in/a.png': picture(1),
            'in/b/c.png': picture(2),
            'in/b/d.png': picture(2),
            'in/broken.png': Buffer.from('text'),
        });
    });

    test('index tells each outcome, and goes on where it was', async () => {
        const first = await acg2vec(['index', join(folder, 'in'), ...args, '--models', 'dclip', '--json']);
        const lines = first.stdout
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line));
        assert.equal(first.status, 1);
        assert.match(first.stderr, /broken\.png: Expected a PNG, JPEG/);
        assert.deepEqual(lines.map(({ outcome }) => outcome).filter(Boolean), ['added', 'added', 'copied']);
        const { added, copied, failed } = lines.at(-1);
        assert.deepEqual({ added, copied, failed }, { added: 2, copied: 1, failed: 1 });
        const second = await acg2vec(['index', join(folder, 'in'), ...args]);
        assert.match(second.stdout, /in: 3 unchanged, 1 failed\n/);
    });

    test('search, duplicates, recommend and export', async () => {
        const at = (name) => join(folder, 'in', name);
        const found = await acg2vec(['search', '--image', at('b/c.png'), '--top', '2', ...args]);
        assert.equal(found.status, 0, found.stderr);
        assert.deepEqual(
            found.stdout
                .trim()
                .split('\n')
                .map((line) => JSON.parse(line).path),
            [at('b/c.png'), at('b/d.png')],
        );
        assert.match(found.stderr, /2 of 3 pictures by dclip/);
        const same = await acg2vec(['duplicates', ...args]);
        assert.match(same.stdout, /c\.png \(32 x 24, \d+ bytes; the best: .*\)\n {2}.*d\.png \(32 x 24, \d+ bytes; the same bytes\)/);
        const recommended = await acg2vec(['recommend', '--like', at('b/c.png'), '--top', '1', ...args]);
        assert.equal(JSON.parse(recommended.stdout).path, at('b/d.png'));
        const target = join(folder, 'v.parquet');
        const written = await acg2vec(['index', '--export', target, '--db', join(folder, 'index.db')]);
        assert.equal(written.status, 0, written.stderr);
        const file = new Uint8Array(readFileSync(target)).buffer;
        assert.equal((await parquetReadObjects({ file })).length, 3);
        assert.deepEqual(readdirSync(folder).sort(), ['in', 'index.db', 'v.parquet', 'weights']);
    });

    test('words find pictures in the order of their cosines, computed plainly from vectors of PyTorch for the words', async () => {
        const [many, database] = [join(folder, 'many words'), join(folder, 'words.db')];
        const cli = packageWith(folder, clipModel().files);
        const pictures = Array.from({ length: 12 }, (_, i) => [`${i}.png`, picture(i)]);
        writeFiles(many, { ...Object.fromEntries(pictures), 'anime256.png': readGolden('anime256.png') });
        const made = await acg2vec(['index', many, '--db', database, ...args.slice(2)]);
        assert.match(made.stdout, /13 added/);
        const vectors = query(database, 'SELECT path, vector FROM vectors JOIN pictures ON pictures.id = picture').map(
            ({ path, vector }) => [path, Array.from(new Uint16Array(vector.slice().buffer), halfToNumber)],
        );
        const { texts, pictures: known } = expected;
        const vectorOf = (/** @type {string} */ text) => texts.find((each) => each.text === text).vector;
        const unit = (/** @type {number[]} */ vector) => vector.map((value) => value / Math.hypot(...vector));
        const [night, cat] = ['夜空に星', 'a photo of a cat'].map((text) => unit(vectorOf(text)));
        for (const [words, wanted] of [
            [['夜空に星'], night],
            [['夜空に星', 'a photo of a cat'], night.map((value, i) => value + cat[i])],
        ]) {
            const call = ['search', ...words.flatMap((each) => ['--text', each]), '--min-score', 'off', '--db', database, ...args.slice(2)];
            const { stdout, stderr, status } = spawnSync(process.execPath, [cli, ...call], { encoding: 'utf8' });
            assert.equal(status, 0, stderr);
            const found = stdout.trim().split('\n').map(JSON.parse); // prettier-ignore
            const cosines = new Map(vectors.map(([path, vector]) => [path, cosine(wanted, vector)]));
            const order = [...cosines].sort((a, b) => b[1] - a[1]);
            for (const [i, [, score]] of order.entries())
                if (i > 0) assert.ok(order[i - 1][1] - score > 1e-4, 'The test needs other pictures');
            assert.deepEqual(
                found.map(({ path }) => path),
                order.map(([path]) => path),
            );
            for (const { path, score } of found) assert.ok(Math.abs(score - cosines.get(path)) < 2e-3, `${path} ${score}`);
            const anime = found.find(({ path }) => path.endsWith('anime256.png'));
            assert.ok(Math.abs(anime.score - cosine(wanted, known['anime256.png'])) < 2e-3, JSON.stringify(anime));
        }
    });

    test('a word of the path raises, and the others keep their scores', async () => {
        const search = async (...more) => {
            const { stdout, stderr, status } = await acg2vec(['search', '--image', join(folder, 'in/a.png'), ...more, ...args]);
            assert.equal(status, 0, stderr);
            const lines = stdout.trim().split('\n').map(JSON.parse); // prettier-ignore
            return new Map(lines.map(({ path, score }) => [path.split('/').at(-1), score]));
        };
        const [found, raised] = [await search(), await search('--raise', 'd.png')];
        assert.ok(raised.get('d.png') > found.get('d.png'));
        for (const name of ['a.png', 'c.png']) assert.equal(raised.get(name), found.get(name));
    });

    test('--watch looks again when something changes, until it is interrupted', async () => {
        const [watched, database] = [join(folder, 'watched'), join(folder, 'watched.db')];
        writeFiles(watched, { 'a.png': picture(1) });
        const child = spawn(process.execPath, [CLI, 'index', watched, '--watch', '--json', '--db', database, ...args.slice(2)]);
        const closed = new Promise((resolve) => child.on('close', resolve));
        const said = { out: '', err: '' };
        child.stdout.on('data', (data) => (said.out += data));
        child.stderr.on('data', (data) => (said.err += data));
        const until = async (isSo) => {
            while (!isSo() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
            assert.ok(isSo(), JSON.stringify(said));
        };
        try {
            await until(() => /Watching .*watched for changes/.test(said.err));
            writeFiles(watched, { 'sub/b.png': picture(2) });
            await until(() => /"path":"[^"]*b\.png","outcome":"added"/.test(said.out));
            rmSync(join(watched, 'a.png'));
            await until(() => /"path":"[^"]*a\.png","outcome":"removed"/.test(said.out));
        } finally {
            child.kill('SIGINT');
        }
        await closed;
        assert.deepEqual(query(database, 'SELECT path FROM pictures'), [{ path: join(watched, 'sub/b.png') }]);
    });

    test('wrong calls are told', async () => {
        const refused = async (call, message) => {
            const { status, stderr } = await acg2vec(call);
            assert.equal(status, 2, stderr);
            assert.match(stderr, message);
        };
        await refused(['index'], /Expected at least one folder but received none/);
        await refused(['index', join(folder, 'none')], /There is no such folder or file as .*none\./);
        await refused(['index', '--export', 'x.csv', ...args], /ends in \.parquet or \.jsonl/);
        await refused(['search', ...args], /Expected --text, --image or --tag/);
        await refused(['index', folder, '--models', 'a', '--models', 'b'], /one folder of weights for --models but received 'a' and 'b'/);
        const missing = await acg2vec(['search', '--tag', 'x', '--db', join(folder, 'none.db')]);
        assert.deepEqual([missing.status, missing.stderr.includes('none.db cannot be opened: there is no such file.')], [1, true]);
    });

    test('a full disk is told, and what was there stays', { skip: process.platform === 'win32' && 'needs ulimit' }, async () => {
        const database = join(folder, 'full.db');
        writeFiles(folder, Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`many/${i}.png`, picture(i)])));
        const few = await acg2vec(['index', join(folder, 'in'), '--db', database, ...args.slice(2), '--models', 'dclip']);
        assert.match(few.stdout, /2 added/);
        const limit = Math.ceil(statSync(database).size / 512);
        const command = `ulimit -f ${limit}; exec "$0" "$@"`;
        const call = ['-c', command, process.execPath, CLI, 'index', join(folder, 'many'), '--db', database, ...args.slice(2)];
        const { status, stderr } = spawnSync('sh', call, { encoding: 'utf8' });
        assert.equal(status, 1, stderr);
        assert.match(stderr, /There is no room left for the index .*full\.db\. What is in it stays as it was\./);
        assert.deepEqual(query(database, 'PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
        assert.ok(query(database, 'SELECT count(*) AS n FROM pictures')[0].n >= 3);
    });
});
