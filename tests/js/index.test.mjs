// The index in Node: pictures in, found again by texts, pictures and tags, kept over a restart, brought up to date.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Engine } from '../../js/client/engine.js';
import { clipModel } from './clip_files.mjs';
import { cosine, halfToNumber, indexEngine, openIndex, picture, query, writeFiles } from './index_support.mjs';
import { decodePng, golden, makePng, temporaryFolder } from './support.mjs';

const pictures = (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`p/${i}.png`, picture(i)]));

/** How many pictures `work` lets the networks look at. */
async function looksOf(engine, work) {
    const { recorder } = Engine.partsOf(engine);
    const record = recorder.record;
    let looks = 0;
    recorder.record = (...args) => (looks++, record.apply(recorder, args));
    await work();
    recorder.record = record;
    return looks;
}

/** How many rows each scan looked at that `work` makes. */
async function scansOf(engine, work) {
    const { vectors } = Engine.partsOf(engine);
    const { open } = vectors;
    const scans = [];
    vectors.open = async (dims) => {
        const store = await open.call(vectors, dims);
        const search = async (query, k, filter) => {
            const found = await store.search(query, k, filter);
            scans.push(found.count);
            return found;
        };
        return { ...store, isAlive: true, search };
    };
    await work();
    vectors.open = open;
    return scans;
}

describe('index', () => {
    let engine;
    before(async () => (engine = await indexEngine()));
    after(() => engine.close());

    /** A folder with these files, and an index beside it. */
    async function makeIndex(context, files) {
        const folder = temporaryFolder(context);
        writeFiles(folder, files);
        const at = (name) => join(folder, name);
        const index = await openIndex(engine, at('index.db'));
        context.after(() => index.close());
        return { folder, index, at };
    }

    test('what is added is found, and a picture finds itself first', async (context) => {
        const { index, at } = await makeIndex(context, pictures(6));
        const outcomes = [];
        const paths = Object.keys(pictures(6)).map(at);
        const result = await index.add([...paths, at('p/none.png')], { onOutcome: (outcome) => outcomes.push(outcome) });
        assert.deepEqual([result.added, result.failed.length], [6, 1]);
        assert.match(result.failed[0].error.message, /There is no such file or folder as .*none\.png/);
        assert.equal(outcomes.length, 7);
        const found = await index.search({ image: at('p/3.png') });
        assert.equal(found.length, 6);
        assert.equal(found[0].path, at('p/3.png'));
        assert.ok(found[0].score > 0.999, `${found[0].score}`);
        const byText = await index.search({ text: 'a photo of a cat', limit: 2 });
        assert.equal(byText.length, 2);
        assert.deepEqual([byText.model, byText.searched], ['dclip', 6]);
    });

    test('the answer is that of an exhaustive search in float64, with ties by id', async (context) => {
        const files = { ...pictures(40), 'p/twin.png': picture(7), 'p/z/twin.png': picture(7) };
        const { folder, index, at } = await makeIndex(context, files);
        await index.sync(folder, { models: ['dclip', 'illust2vec'] });
        await index.remove([at('p/11.png')]);
        for (const model of ['dclip', 'illust2vec']) {
            const rows = query(at('index.db'), 'SELECT picture, vector FROM vectors JOIN models ON models.id = model WHERE name = ?', [
                model,
            ]);
            const vectors = new Map(
                rows.map(({ picture: id, vector }) => [id, Array.from(new Uint16Array(vector.slice().buffer), halfToNumber)]),
            );
            const [asked] = await engine.embedImage([at('p/7.png')], { model });
            const wanted = [...vectors].map(([id, vector]) => ({ id, score: cosine(asked, vector) }));
            wanted.sort((a, b) => b.score - a.score || a.id - b.id);
            const found = await index.search({ vector: asked, model, limit: 41, minScore: 'off' });
            assert.deepEqual(
                found.map(({ id }) => id),
                wanted.map(({ id }) => id),
            );
            for (const [i, { score }] of found.entries()) assert.ok(Math.abs(score - wanted[i].score) < 1e-5);
            const scores = wanted.map(({ score }) => score);
            const mean = scores.reduce((a, b) => a + b) / scores.length;
            assert.ok(Math.abs(found.mean - mean) < 1e-2, `${found.mean} ${mean}`);
        }
    });

    test('a sync looks only at what is new or has changed; what was moved is not looked at again', async (context) => {
        const { folder, index, at } = await makeIndex(context, {
            ...pictures(8),
            'p/broken.png': Buffer.from('no picture'),
            'p/a.txt': '',
        });
        const first = await index.sync(folder);
        assert.deepEqual({ ...first, failed: first.failed.length }, { ...none, added: 8, failed: 1 });
        const before = query(at('index.db'), 'SELECT id, path FROM pictures ORDER BY id');
        writeFileSync(at('p/0.png'), picture(100));
        utimesSync(at('p/1.png'), 1e9, 1e9);
        renameSync(at('p/2.png'), at('p/moved.png'));
        copyFileSync(at('p/3.png'), at('p/copied.png'));
        rmSync(at('p/4.png'));
        const looks = await looksOf(engine, async () => {
            const second = await index.sync(folder);
            assert.deepEqual(
                { ...second, failed: second.failed.length },
                { ...none, updated: 1, unchanged: 5, moved: 1, copied: 1, removed: 1, failed: 1 },
            );
        });
        assert.equal(looks, 2); // the changed one, and the broken one, which fails again
        const after = new Map(query(at('index.db'), 'SELECT id, path FROM pictures ORDER BY id').map(({ id, path }) => [path, id]));
        assert.equal(after.get(at('p/moved.png')), before.find(({ path }) => path === at('p/2.png')).id);
        assert.equal(after.size, 8);
        const [found, copy] = await index.search({ image: at('p/copied.png'), limit: 2 });
        assert.deepEqual([found.path, copy.path], [at('p/3.png'), at('p/copied.png')]);
        assert.equal((await index.search({ image: at('p/0.png') }))[0].path, at('p/0.png'));
        assert.ok((await index.search({ image: picture(0) }))[0].score < 0.99999);
    });

    test('a folder that is not there is an error, and forgets nothing', async (context) => {
        const { folder, index, at } = await makeIndex(context, pictures(3));
        await index.sync(folder);
        renameSync(at('p'), at('q'));
        await assert.rejects(index.sync(at('p')), { code: 'UNREADABLE', message: /There is no such file or folder as .*p\./ });
        assert.equal((await index.stats()).pictures, 3);
    });

    test('it stays over a restart, also what is half done when it is stopped', async (context) => {
        const { folder, index, at } = await makeIndex(context, pictures(10));
        const aborter = new AbortController();
        const onOutcome = () => aborter.abort();
        await assert.rejects(index.sync(folder, { signal: aborter.signal, onOutcome }), { code: 'CANCELLED' });
        await index.close();
        const again = await openIndex(engine, at('index.db'));
        assert.equal((await again.stats()).pictures, 1);
        const seen = [];
        const result = await again.sync(folder, { onProgress: (progress) => seen.push(progress) });
        assert.deepEqual([result.unchanged, result.added], [1, 9]);
        const last = seen.filter(({ stage }) => stage === 'index').at(-1);
        assert.deepEqual([last.done, last.total], [9, 9]);
        await again.close();
    });

    test('vectors of other weights are stale: not found, told, and made again', async (context) => {
        const { folder, index, at } = await makeIndex(context, pictures(4));
        await index.sync(folder);
        const [{ sha256: old }] = (await index.stats()).models;
        await index.close();
        const { files } = clipModel();
        const changed = Buffer.from(files['dclip/image.safetensors']);
        changed[changed.length - 2] ^= 1;
        const other = await indexEngine({ 'dclip/image.safetensors': changed });
        context.after(() => other.close());
        const again = await openIndex(other, at('index.db'));
        await assert.rejects(again.search({ image: at('p/1.png') }), {
            code: 'BAD_MODEL',
            reason: 'INDEX_OTHER_WEIGHTS',
            message: /other weights of dclip/,
        });
        await again.add([at('p/1.png')]);
        const [model] = (await again.stats()).models;
        assert.notEqual(model.sha256, old);
        assert.deepEqual([model.pictures, model.stale, model.missing], [1, 3, 0]);
        assert.equal((await again.search({ image: at('p/1.png') })).length, 1);
        const result = await again.sync(folder);
        assert.deepEqual([result.updated, result.unchanged], [3, 1]);
        assert.deepEqual((await again.stats()).models, [{ ...model, pictures: 4, stale: 0 }]);
        await again.close();
    });

    test('tags, scores, words of the path, folder and time filter', async (context) => {
        const { folder, index, at } = await makeIndex(context, { ...pictures(5), 'q/cats 100%.png': picture(6) });
        writeFiles(folder, { 'p/anime.png': readFileSync(golden('anime256.png')) });
        utimesSync(at('p/2.png'), 1e9, 1e9);
        await index.sync(folder, { models: ['dclip'], tags: true, scores: true });
        const [{ tag, score }] = query(
            at('index.db'),
            'SELECT tag, score FROM picture_tags WHERE path = ? AND category = ? ORDER BY score DESC',
            [at('p/anime.png'), 'general'],
        );
        const tags = await engine.tag(at('p/anime.png'));
        assert.deepEqual([tag, Math.fround(score)], [tags[0].name, tags[0].score]);
        const tagged = await index.search({ tags: tag.replaceAll('_', ' '), limit: 100 });
        assert.ok(tagged.some(({ path }) => path === at('p/anime.png')));
        const others = await index.search({ notTags: [tag], limit: 100 });
        assert.equal(tagged.length + others.length, 7);
        const paths = (found) => found.map(({ path }) => path);
        assert.deepEqual(paths(await index.search({ words: '100%' })), [at('q/cats 100%.png')]);
        assert.deepEqual(paths(await index.search({ folder: at('q') })), [at('q/cats 100%.png')]);
        assert.deepEqual(paths(await index.search({ image: at('p/1.png'), before: '2002-01-01' })), [at('p/2.png')]);
        assert.equal((await index.search({ after: new Date('2002-01-01') })).length, 6);
        const [{ expected, label }] = query(
            at('index.db'),
            "SELECT expected, label FROM scores JOIN pictures ON id = picture WHERE path = ? AND head = 'bookmark'",
            [at('p/anime.png')],
        );
        const scores = await engine.score(at('p/anime.png'));
        assert.deepEqual([expected, label], [scores.bookmark.expected, scores.bookmark.label]);
    });

    test('words raise by a standard deviation each; a filter changes neither mean nor deviation, and no vector is scanned twice', async (context) => {
        const { folder, index, at } = await makeIndex(context, {
            ...pictures(30),
            'night/a.png': picture(31),
            'night/sea.png': picture(32),
            'sea/b.png': picture(33),
        });
        await index.sync(folder);
        const [asked] = await engine.embedImage([at('p/7.png')], { model: 'dclip' });
        let plain;
        const whole = await scansOf(engine, async () => (plain = await index.search({ vector: asked, limit: 100, minScore: 'off' })));
        assert.deepEqual(whole, [33]);
        const wanted = plain.map(({ id, path, score }) => {
            const raises = ['night', 'sea'].filter((word) => path.slice(folder.length).includes(word)).length;
            return { id, score: score + raises * plain.deviation };
        });
        wanted.sort((a, b) => b.score - a.score || a.id - b.id);
        await index.close();
        const again = await openIndex(engine, at('index.db'));
        const scans = await scansOf(engine, async () => {
            const raised = await again.search({ vector: asked, raise: ['night', 'sea'], limit: 100, minScore: 'off' });
            assert.deepEqual(
                raised.map(({ id }) => id),
                wanted.map(({ id }) => id),
            ); // prettier-ignore
            for (const [i, { score }] of raised.entries()) assert.ok(Math.abs(score - wanted[i].score) < 1e-5, `${score}`);
        });
        assert.deepEqual(
            scans.toSorted((a, b) => a - b),
            [1, 2, 30],
        ); // prettier-ignore
        const filtered = await again.search({ vector: asked, words: 'night', minScore: 'off' });
        assert.deepEqual([filtered.length, filtered.searched], [2, 2]);
        for (const name of ['mean', 'deviation']) assert.ok(Math.abs(filtered[name] - plain[name]) < 1e-9, name);
        const first = await again.search({ after: 0, raise: 'sea', limit: 3 });
        assert.deepEqual(first.map(({ path }) => path).toSorted(), ['night/a.png', 'night/sea.png', 'sea/b.png'].map(at));
        await assert.rejects(again.search({ text: 'a', raise: 7 }), { code: 'BAD_ARGUMENT', message: /Expected a text for raise/ });
        await again.close();
    });

    test('likes add, dislikes subtract, and neither is found itself', async (context) => {
        const { folder, index, at } = await makeIndex(context, pictures(8));
        await index.sync(folder);
        const rows = query(at('index.db'), 'SELECT picture, vector FROM vectors ORDER BY picture');
        const vectors = rows.map(({ vector }) => Array.from(new Uint16Array(vector.slice().buffer), halfToNumber));
        const [like, unlike] = [rows[2].picture, rows[5].picture];
        const asked = vectors[2].map((value, i) => value - vectors[5][i]);
        const wanted = rows
            .map(({ picture: id }, i) => ({ id, score: cosine(asked, vectors[i]) }))
            .filter(({ id }) => id !== like && id !== unlike)
            .sort((a, b) => b.score - a.score);
        const found = await index.search({ like: [like], unlike: [unlike] });
        assert.deepEqual(
            found.map(({ id }) => id),
            wanted.map(({ id }) => id),
        );
        await assert.rejects(index.search({ like: [like], unlike: [like] }), {
            code: 'BAD_ARGUMENT',
            reason: 'SEARCH_CANCELS_OUT',
            message: /cancel each other out/,
        });
        await assert.rejects(index.search({ like: [999] }), { code: 'BAD_ARGUMENT', message: /received 999/ });
    });

    test('wrong vectors and wrong options are refused in a sentence', async (context) => {
        const { folder, index } = await makeIndex(context, pictures(2));
        await index.sync(folder);
        const refused = (options, message) => assert.rejects(index.search(options), { code: 'BAD_ARGUMENT', message });
        await refused({ vector: new Float32Array(40) }, /not all zero/);
        await refused({ vector: new Float32Array(40).fill(NaN) }, /finite numbers/);
        await refused({ vector: new Float32Array(7).fill(1) }, /Expected 40 values of dclip for vector but received 7/);
        await refused({}, /Expected at least one of text, image/);
        await refused({ text: 'a', limit: 0 }, /limit/);
        await refused({ text: 'a', minScore: 2 }, /minScore/);
        await refused({ text: 'a', model: 'illust2vec' }, /the index has vectors of \(dclip\)/);
        await refused({ tags: [7] }, /Expected a text for tags but received 7/);
        await refused({ text: 'a', before: 'yesterday' }, /Expected a date for before/);
        const { vectors } = Engine.partsOf(engine);
        for (const wrong of [new Float32Array(40), new Float32Array(40).fill(NaN), new Float32Array(40).fill(Infinity)])
            await assert.rejects(vectors.store([wrong]), { code: 'BAD_ARGUMENT' });
        await assert.rejects(index.add(['a'], { models: ['clip'] }), { code: 'BAD_ARGUMENT', message: /Expected one of dclip/ });
        await assert.rejects(index.sync(7), { code: 'BAD_ARGUMENT', message: /folder/ });
    });

    test('of pictures that are the same only one is shown on request', async (context) => {
        const { folder, index } = await makeIndex(context, { ...pictures(3), 'p/copy.png': picture(1) });
        await index.sync(folder);
        const all = await index.search({ image: picture(1) });
        const shown = await index.search({ image: picture(1), hideDuplicates: true });
        assert.equal(all.length, 4);
        assert.ok(shown.length < 4 && shown[0].id === all[0].id);
    });

    test('mirrored pictures are the same, too', async (context) => {
        const { width, height, data } = decodePng(picture(3));
        const at = (x, y) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)];
        const mirrored = makePng(width, height, (x, y) => at(width - 1 - x, y));
        const { folder, index } = await makeIndex(context, { 'a.png': picture(3), 'b.png': mirrored });
        await index.sync(folder);
        const all = await index.search({ image: picture(3) });
        assert.ok(all.length === 2 && all[1].score > 0.9, JSON.stringify(all)); // so that the vectors confirm it
        const [shown, ...others] = await index.search({ image: picture(3), hideDuplicates: true });
        assert.deepEqual([shown, others], [all[0], []]);
    });

    test('misspelt options are refused, with the one that was meant', async (context) => {
        const { folder, index } = await makeIndex(context, {});
        const refused = (promise, message) => assert.rejects(promise, { code: 'BAD_ARGUMENT', message });
        await refused(openIndex(engine, undefined, { locatoin: 'a.db' }), /received 'locatoin' \(did you mean 'location'\?\)/);
        await refused(index.add([], { model: ['dclip'] }), /did you mean 'models'/);
        await refused(index.sync(folder, { tag: true }), /did you mean 'tags'/);
        await refused(index.search({ txt: 'a' }), /did you mean 'text'/);
        await refused(index.duplicates({ minCosin: 1 }), /did you mean 'minCosine'/);
        await refused(index.recommend({ like: [1], unlikes: [2] }), /did you mean 'unlike'/);
        await refused(index.neighbours('a', { word: ['b'] }), /did you mean 'words'/);
        await refused(index.export('jsonl', { modell: 'dclip' }), /did you mean 'model'/);
    });

    test('what is no index is refused in a sentence', async (context) => {
        const folder = temporaryFolder(context);
        const refused = async (name, error) => assert.rejects(openIndex(engine, join(folder, name), { create: name !== 'none.db' }), error);
        writeFileSync(join(folder, 'text.db'), 'This is a text and no database. '.repeat(100));
        await refused('text.db', { code: 'BAD_FORMAT', message: /Expected an index but .*text\.db is no SQLite database\./ });
        query(join(folder, 'other.db'), 'CREATE TABLE songs (name TEXT)');
        await refused('other.db', {
            code: 'UNSUPPORTED',
            reason: 'INDEX_OF_ANOTHER_PROGRAM',
            message: /other\.db is a database of another program\./,
        });
        const index = await openIndex(engine, join(folder, 'newer.db'));
        await index.close();
        query(join(folder, 'newer.db'), 'PRAGMA user_version = 99');
        await refused('newer.db', { code: 'UNSUPPORTED', reason: 'INDEX_NEWER', message: /has version 99: a newer acg2vec made it\./ });
        await refused('none.db', { code: 'NOT_FOUND', message: /none\.db cannot be opened: there is no such file/ });
        await assert.rejects(openIndex({}, join(folder, 'a.db')), { code: 'BAD_ARGUMENT', message: /Expected an engine/ });
    });

    test('what another process writes is found, too', async (context) => {
        const { folder, index, at } = await makeIndex(context, pictures(3));
        await index.sync(folder);
        assert.equal((await index.search({ image: picture(1) })).length, 3);
        const other = await openIndex(engine, at('index.db'));
        writeFiles(folder, { 'p/new.png': picture(50) });
        await other.sync(folder);
        assert.equal((await index.search({ image: picture(50) }))[0].path, at('p/new.png'));
        await other.remove([at('p/new.png')]);
        assert.equal((await index.search({ image: picture(50) })).length, 3);
        await other.close();
    });
});

const none = { added: 0, updated: 0, unchanged: 0, moved: 0, copied: 0, removed: 0, failed: 0 };
