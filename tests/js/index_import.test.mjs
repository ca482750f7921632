// What an index takes in of another: of a whole index, and of lines of JSON. What is there stays, and wrong files are refused in a sentence.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, truncateSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { indexEngine, openIndex, picture, query, writeFiles } from './index_support.mjs';
import { acg2vec, golden, temporaryFolder } from './support.mjs';

const WHOLE = { models: ['dclip', 'illust2vec'], tags: true, scores: true };

/** All that an index keeps of its pictures, by paths instead of ids. */
function contentOf(path) {
    const rows = (sql) => query(path, `SELECT pictures.path, ${sql} ORDER BY 1, 2, 3`).map((row) => JSON.stringify(row));
    return {
        pictures: rows('bytes, modified, sha256, width, height, hex(hash), hex(mirrored), contrast FROM pictures'),
        vectors: rows('name, hex(vector) AS v FROM vectors JOIN pictures ON pictures.id = picture JOIN models ON models.id = model'),
        tags: rows('tag, category, score, model FROM picture_tags AS pictures'),
        scores: rows('head, label, expected FROM scores JOIN pictures ON pictures.id = picture'),
    };
}

describe('import', () => {
    let engine;
    const folder = temporaryFolder({ after });
    const at = (name) => join(folder, name);
    before(async () => {
        engine = await indexEngine();
        writeFiles(folder, Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`a/${i}.png`, picture(i)])));
        writeFiles(folder, { 'a/anime.png': readFileSync(golden('anime256.png')) });
        const index = await openIndex(engine, at('a.db'));
        await index.sync(at('a'), WHOLE);
        await index.neighbours('a', { words: ['b', 'c'] });
        writeFileSync(at('a.jsonl'), Buffer.from(await (await index.export('jsonl')).arrayBuffer()));
        await index.close();
    });
    after(() => engine.close());

    /** An index that is closed with the test. */
    async function emptyIndex(context, name) {
        const path = join(temporaryFolder(context), name);
        const index = await openIndex(engine, path);
        context.after(() => index.close());
        return { index, path };
    }

    test('a whole index: everything comes along, from a path and from a Blob', async (context) => {
        const { index, path } = await emptyIndex(context, 'b.db');
        const seen = [];
        const result = await index.import(at('a.db'), { onProgress: ({ done, total }) => seen.push([done, total]) });
        assert.deepEqual(result, { added: 7, updated: 0, unchanged: 0 });
        assert.deepEqual(seen.at(-1), [7, 7]);
        assert.deepEqual(contentOf(path), contentOf(at('a.db')));
        assert.deepEqual(await index.wordLists(), [{ list: 'words', model: 'acgvoc2vec', words: 2 }]);
        assert.equal((await index.search({ image: at('a/3.png') }))[0].path, at('a/3.png'));
        assert.deepEqual(await index.import(new Blob([readFileSync(at('a.db'))])), { added: 0, updated: 0, unchanged: 7 });
        assert.deepEqual(query(path, 'PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
        const { added, unchanged } = await index.sync(at('a'), WHOLE);
        assert.deepEqual([added, unchanged], [0, 7]);
    });

    test('what is there stays: other bytes, other weights, more pictures; what is missing is taken', async (context) => {
        const own = temporaryFolder(context);
        copyFileSync(at('a.db'), join(own, 'b.db'));
        const path = join(own, 'b.db');
        query(path, 'DELETE FROM pictures WHERE path = ?', [at('a/0.png')]);
        query(path, 'UPDATE pictures SET sha256 = ?, path = path WHERE path = ?', ['0'.repeat(64), at('a/1.png')]);
        query(path, 'DELETE FROM vectors WHERE picture = (SELECT id FROM pictures WHERE path = ?)', [at('a/1.png')]);
        query(path, 'DELETE FROM looks WHERE picture = (SELECT id FROM pictures WHERE path = ?)', [at('a/2.png')]);
        for (const table of ['vectors', 'tags', 'scores'])
            query(path, `DELETE FROM ${table} WHERE picture = (SELECT id FROM pictures WHERE path = ?)`, [at('a/2.png')]);
        query(path, "UPDATE models SET sha256 = 'others' WHERE name = 'illust2vec'");
        query(
            path,
            "INSERT INTO pictures SELECT 100, 'own.png', bytes, modified, 'own', width, height, hash, mirrored, contrast, added FROM pictures LIMIT 1",
        );
        const before = contentOf(path);
        const index = await openIndex(engine, path);
        context.after(() => index.close());
        assert.deepEqual(await index.import(at('a.db')), { added: 1, updated: 1, unchanged: 5 });
        const [{ models }, now, theirs] = [await index.stats(), contentOf(path), contentOf(at('a.db'))];
        for (const [table, rows] of Object.entries(before)) for (const row of rows) assert.ok(now[table].includes(row), row);
        for (const row of theirs.vectors.filter((each) => /\/[02]\.png/.test(each))) assert.ok(now.vectors.includes(row), row);
        assert.ok(!now.vectors.some((row) => row.includes('/1.png')));
        const { sha256, pictures, stale } = models.find(({ name }) => name === 'illust2vec');
        assert.deepEqual([sha256, pictures, stale], ['others', 5, 2]);
    });

    test('lines of JSON: vectors to the last bit, pictures and tags', async (context) => {
        const { index, path } = await emptyIndex(context, 'b.db');
        assert.deepEqual(await index.import(at('a.jsonl')), { added: 7, updated: 0, unchanged: 0 });
        const [now, theirs] = [contentOf(path), contentOf(at('a.db'))];
        assert.deepEqual(now.pictures, theirs.pictures);
        assert.deepEqual(
            now.vectors,
            theirs.vectors.filter((row) => row.includes('"dclip"')),
        ); // prettier-ignore
        const [tags, wanted] = [now.tags, theirs.tags].map((rows) => rows.map((row) => JSON.parse(row)));
        for (const [i, { score }] of tags.entries()) assert.ok(Math.abs(score - wanted[i].score) < 1e-6); // six digits are written
        assert.deepEqual(
            tags.map(({ score: _, ...tag }) => tag),
            wanted.map(({ score: _, ...tag }) => tag),
        ); // prettier-ignore
        assert.deepEqual(await index.import(new Blob([readFileSync(at('a.jsonl'))])), { added: 0, updated: 0, unchanged: 7 });
        const { unchanged } = await index.sync(at('a'), { models: ['dclip'], tags: true });
        assert.equal(unchanged, 7);
    });

    test('a wrong file is refused in a sentence, and what is there stays', async (context) => {
        const { index, path } = await emptyIndex(context, 'b.db');
        await index.import(at('a.db'));
        const before = contentOf(path);
        const refused = (source, code, message, reason) =>
            assert.rejects(index.import(source), { code, message, ...(reason && { reason }) });
        await refused(
            golden('anime256.png'),
            'BAD_FORMAT',
            /Expected an index, or lines of JSON that acg2vec has exported, but .*anime256\.png is neither\./,
            'IMPORT_OTHER_FILE',
        );
        await refused(at('none.db'), 'UNREADABLE', /There is no such file or folder as .*none\.db/);
        await refused(7, 'BAD_ARGUMENT', /Expected a path or a File for source/);
        query(at('songs.db'), 'CREATE TABLE songs (name TEXT)');
        await refused(at('songs.db'), 'UNSUPPORTED', /songs\.db is a database of another program\./, 'INDEX_OF_ANOTHER_PROGRAM');
        copyFileSync(at('a.db'), at('cut.db'));
        truncateSync(at('cut.db'), Math.floor(statSync(at('cut.db')).size / 16384) * 8192);
        await refused(at('cut.db'), 'BAD_FORMAT', /Expected an index but .*cut\.db is damaged, or only a part of one\./, 'IMPORT_DAMAGED');
        copyFileSync(at('a.db'), at('nan.db'));
        query(at('nan.db'), "UPDATE vectors SET vector = CAST(x'007e' || substr(vector, 3) AS BLOB) WHERE picture = 2");
        await refused(
            at('nan.db'),
            'BAD_FORMAT',
            /Expected 40 finite numbers, not all zero, as the vector of picture 2 by dclip/,
            'IMPORT_DAMAGED',
        );
        const lines = readFileSync(at('a.jsonl'), 'utf8').split('\n');
        const wrong = { '{': /Line 3 of .*: Expected JSON/, '{"path": "a", "vector": [1]}': /Line 3 .*an older acg2vec has written it/ };
        wrong[lines[2].replace(/"vector":\[[^,]*,/, '"vector":[1e9,')] = /Line 3 .*a vector of finite numbers and of length 1/;
        for (const [line, message] of Object.entries(wrong)) {
            writeFileSync(
                at('wrong.jsonl'),
                lines.with?.(2, line).join('\n') ?? [...lines.slice(0, 2), line, ...lines.slice(3)].join('\n'),
            );
            await refused(at('wrong.jsonl'), 'BAD_FORMAT', message, 'IMPORT_LINE');
        }
        assert.deepEqual(contentOf(path), before);
        const stopped = AbortSignal.abort();
        await assert.rejects(index.import(at('a.db'), { signal: stopped }), { code: 'CANCELLED' });
        assert.deepEqual(await index.import(at('a.db')), { added: 0, updated: 0, unchanged: 7 }); // the next one works
    });

    test('on the command line', async () => {
        const { stdout, status, stderr } = await acg2vec([
            'index',
            '--import',
            at('a.db'),
            '--import',
            at('a.jsonl'),
            '--db',
            at('cli.db'),
        ]);
        assert.equal(status, 0, stderr);
        assert.match(stdout, /a\.db: 7 added, 0 updated, 0 unchanged\n.*a\.jsonl: 0 added, 0 updated, 7 unchanged\n/);
        assert.equal((await acg2vec(['index', '--import', at('none.db'), '--db', at('cli.db')])).status, 2);
    });
});
