// The tests of every store, over HTTP.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createService } from '../../../server/index.js';
import { cosine, tinyEngine } from '../../js/tiny_engine.mjs';
import { makePng } from '../../js/support.mjs';
import { formOf, picture, post, small, tinyModels } from '../support.mjs';

const other = makePng(40, 30, (x, y) => [(x * 31 + y * 17) % 256, 20, 30]);
const late = makePng(30, 30, (x, y) => [200, (x * y) % 256, 7 * x]);
const PICTURES = [picture, small, other];
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Repeats a request until `condition` holds: databases show recent writes with a delay. */
export async function until(ask, condition, { tries = 200, wait = 100 } = {}) {
    for (let i = 1; ; i++) {
        const answer = await ask();
        if (condition(answer)) return answer;
        assert.ok(i < tries, `still ${JSON.stringify(answer).slice(0, 500)}`);
        await new Promise((resolve) => setTimeout(resolve, wait));
    }
}

/**
 * @param {string} name
 * @param {{ begin: () => Promise<{ store: string, [option: string]: unknown }>, end?: () => Promise<void>, isShared?: boolean, pages?: string,
 *     lose?: () => Promise<void>, restore?: () => Promise<void> }} database begin: options of a service whose store is empty; lose, restore:
 *   it dies, and comes back with its data; pages: why it has none
 */
export function storeContract(name, { begin, end = async () => {}, isShared = false, pages, lose, restore }) {
    describe(`the store: ${name}`, () => {
        let service;
        let options;
        let ids;
        let vectors;
        let endEngine;
        let engine; // one engine for all services: only the store is tested
        const start = (more) => createService({ ...options, ...more });
        before(async () => {
            engine = await tinyEngine(await tinyModels(), { threads: 1 });
            endEngine = engine.close.bind(engine);
            engine.close = async () => {};
            vectors = await engine.embedImage(PICTURES, { model: 'dclip' });
            options = { port: 0, log: 'silent', startEngine: async () => engine, tagger: 'deepdanbooru', ...(await begin(engine)) };
            service = await start();
        });
        after(async () => {
            await service?.close();
            await endEngine?.();
            await end();
        });

        const get = async (path, from = service) => (await fetch(new URL(path, from.url))).json();
        const ask = async (path, body, { status = 200, from = service } = {}) => {
            const response = await post(from, path, body);
            const { message, data } = await response.json();
            assert.equal(response.status, status, message);
            return data ?? message;
        };
        const like = (bytes, more = {}) => formOf({ image: bytes, ...more });
        const found = (all) => all.map(({ id }) => id);

        test('an empty store is ready, and has nothing', async () => {
            assert.equal((await get('/readyz')).ready, true);
            assert.deepEqual(await ask('/search/text', { text: 'a cat' }), []);
            assert.deepEqual((await get('/pictures')).data, []);
            assert.equal((await fetch(new URL(`/pictures/${'0'.repeat(64)}`, service.url))).status, 404);
        });

        test('pictures are kept once; a broken one does not stop the others', async () => {
            const files = PICTURES.map((bytes, i) => ({ bytes, name: `${i}.png` }));
            const kept = await ask('/index', formOf({ image: [...files, Buffer.from('no picture'), small] }));
            assert.deepEqual(
                kept.map(({ name, outcome }) => [name, outcome]),
                [
                    ['0.png', 'added'],
                    ['1.png', 'added'],
                    ['2.png', 'added'],
                    ['a.png', 'failed'],
                    ['a.png', 'unchanged'],
                ],
            );
            assert.match(kept[3].error, /found text/);
            ids = found(kept.slice(0, 3));
            assert.equal(kept[4].id, ids[1]);
            const again = await ask('/index', like(other));
            assert.deepEqual([again[0].id, again[0].outcome], [ids[2], 'unchanged']);
        });

        test('what is known of a picture', async () => {
            const { data } = await get(`/pictures/${ids[0]}`);
            const { id, path, width, height, bytes, sha256: hash } = data;
            assert.deepEqual(
                [id, path, width, height, bytes, hash],
                [ids[0], `sha256:${sha256(picture)}`, 256, 256, picture.length, sha256(picture)],
            );
            assert.ok(data.tags.length > 0 && data.tags.every((tag) => tag.name && tag.category && tag.score > 0));
            for (const bad of ['999', 'x', '-1', '..%2f..%2fetc', '1e3', 'f'.repeat(64)])
                assert.equal((await fetch(new URL(`/pictures/${bad}`, service.url))).status, 404, bad);
        });

        test('by a picture: all, with their cosines, the best first', async () => {
            const all = await until(
                () => ask('/search/image', like(small)),
                ({ length }) => length === 3,
            );
            assert.equal(all[0].id, ids[1]);
            const wanted = new Map(ids.map((id, i) => [id, cosine(vectors[1], vectors[i])]));
            for (const { id, score } of all) assert.ok(Math.abs(score - wanted.get(id)) < 1e-3, `${score} is not ${wanted.get(id)}`);
            const scores = all.map(({ score }) => score);
            assert.deepEqual(
                scores,
                scores.toSorted((a, b) => b - a),
            );
            assert.deepEqual([all[0].width, all[0].height, all[0].path], [24, 20, `sha256:${sha256(small)}`]);
            assert.equal((await ask('/search/image', like(small, { limit: '2' }))).length, 2);
        });

        test('by a text; by tags, as people write them', async () => {
            assert.equal((await ask('/search/text', { text: 'a photo of a cat' })).length, 3);
            const tagged = await Promise.all(ids.map(async (id) => (await get(`/pictures/${id}`)).data.tags.map((tag) => tag.name)));
            const names = [...new Set(tagged.flat())];
            const having = (tag) => ids.filter((_, i) => tagged[i].includes(tag));
            const some = names.find((tag) => having(tag).length > 0 && having(tag).length < 3);
            assert.ok(some, `no tag tells the pictures apart: ${names}`);
            const search = async (more) => found(await ask('/search/text', { text: 'a cat', ...more })).sort();
            const written = some.replaceAll('_', ' ');
            assert.deepEqual(await search({ tags: [written] }), having(some).sort());
            assert.deepEqual(await search({ not_tags: [some] }), ids.filter((id) => !having(some).includes(id)).sort());
            assert.deepEqual(await search({ tags: [some], not_tags: [some] }), []);
            assert.deepEqual(await search({ tags: ['"] or true or ["', "' or 1=1 --"] }), []);
        });

        test('for somebody who likes a picture', async () => {
            const next = await ask('/search/recommend', { like: [ids[0]], limit: 5 });
            assert.deepEqual(found(next).sort(), [ids[1], ids[2]].sort());
            assert.deepEqual(found(await ask('/search/recommend', { like: [ids[0]], unlike: [ids[1]] })), [ids[2]]);
            for (const id of ['x', '9999', 'f'.repeat(64)])
                assert.match(await ask('/search/recommend', { like: [id] }, { status: 404 }), /There is no picture/);
        });

        test('all pictures, a page at a time', { skip: pages }, async () => {
            const seen = [];
            for (let page; page?.length !== 0; seen.push(...page))
                page = (await get(`/pictures?limit=2&after=${seen.at(-1)?.id ?? ''}`)).data;
            assert.deepEqual(found(seen).sort(), ids.toSorted());
            assert.deepEqual(seen.map((each) => each.sha256).sort(), PICTURES.map(sha256).sort());
        });

        test('two services at the same time', { skip: !isShared && 'one process has the file' }, async (context) => {
            const second = await start();
            context.after(() => second.close());
            const answers = await Promise.all([service, second].map((from) => ask('/index', like(late), { from })));
            const id = answers[0][0].id;
            assert.equal(answers[1][0].id, id);
            for (const from of [service, second]) {
                const pictures = (await get('/pictures', from)).data;
                assert.equal(pictures.filter((each) => each.id === id).length, 1);
                assert.equal(pictures.length, 4);
                await until(
                    () => ask('/search/image', like(late, { limit: '1' }), { from }),
                    ([first]) => first?.id === id,
                );
            }
        });

        test('it is there again after a restart', async () => {
            await service.close();
            service = await start();
            const [first] = await ask('/search/image', like(other));
            assert.equal(first.id, ids[2]);
        });

        test('it dies, and comes back', { skip: !lose && 'a file does not come back' }, async () => {
            await lose();
            try {
                const { status } = await fetch(new URL('/readyz', service.url));
                assert.equal(status, 503);
                const message = await ask('/search/text', { text: 'a cat' }, { status: 503 });
                assert.equal(message, 'The store cannot be reached: the log of the service says why.');
                assert.equal((await post(service, '/index', like(picture))).status, 503);
                // an overloaded machine refuses requests for a while (429)
                const others = async () => (await post(service, '/images/tags', like(small))).status;
                assert.equal(await until(others, (answer) => answer !== 429), 200, 'what needs no store is served');
            } finally {
                await restore();
            }
            await until(
                () => get('/readyz'),
                ({ ready }) => ready,
            );
            const all = await until(
                () => ask('/search/image', like(small)),
                ({ length }) => length === 4,
            );
            assert.equal(all[0].id, ids[1]);
            assert.equal((await get('/pictures')).data.length, 4);
        });

        test('vectors of other weights are not compared with these', {
            skip: !isShared && 'tests/js/index.test.mjs has it',
        }, async (context) => {
            engine.describe = async (...args) => {
                const description = await Object.getPrototypeOf(engine).describe.apply(engine, args);
                description.facts.weights.dclip = '1'.repeat(64);
                return description;
            };
            const second = await start();
            context.after(() => second.close());
            const message = await ask('/index', like(makePng(9, 9, () => [1, 2, 3])), { status: 503, from: second });
            assert.match(message, /made with other weights of dclip/);
        });
    });
}
