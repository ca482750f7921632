// The tests of a collection in a database: rows are written repeatedly, paged during other writes, and the nearest are compared with plain
// arithmetic over all rows.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { openCollection } from '../../../server/store/open.js';
import { randomOf } from '../../js/index_support.mjs';
import { until } from './contract.mjs';

const DIMS = 16;
const ROWS = 500;
const PART = 125;

/** Row `i`; its path says which writing of it this is. */
export function recordOf(i, writing = 0) {
    const random = randomOf(i + 1);
    const values = Array.from({ length: DIMS }, () => random() - 0.5);
    const length = Math.hypot(...values);
    const names = [i % 2 ? 'odd' : 'even', ...(i % 5 ? [] : ['fifth']), `"${i}'`];
    return {
        sha256: createHash('sha256').update(String(i)).digest('hex'),
        path: `${i}/${writing}`,
        bytes: 3_000_000_000 + i,
        width: i,
        height: i + 1,
        tags: names.map((name) => ({ name, score: 0.75, category: 'general' })),
        vector: Float32Array.from(values, (value) => value / length),
    };
}

/**
 * @param {string} name
 * @param {{ begin: () => Promise<string>, end?: () => Promise<void>, pages?: string }} database begin: the address of an empty one; pages: why
 *   it has none
 */
export function collectionContract(name, { begin, end = async () => {}, pages: noPages }) {
    describe(`a collection: ${name}`, () => {
        let collection;
        const records = Array.from({ length: ROWS }, (_, i) => recordOf(i));
        before(async () => {
            collection = await openCollection(await begin());
            await collection.create({ model: 'dclip', weights: 'x', dims: DIMS });
            for (let at = 0; at < ROWS; at += PART) await collection.upsert(records.slice(at, at + PART));
        });
        after(async () => {
            await collection?.close();
            await end();
        });

        const pages = async (limit, between = async () => {}) => {
            const rows = [];
            for (let page; page?.length !== 0; rows.push(...page)) {
                page = await collection.list(rows.at(-1)?.sha256 ?? '', limit);
                await between(rows.length);
            }
            return rows;
        };
        const keys = (rows) => rows.map(({ sha256 }) => sha256);
        const brute = (query, limit, isWanted) =>
            records
                .filter(isWanted)
                .map((record) => ({ ...record, score: record.vector.reduce((sum, value, k) => sum + value * query[k], 0) }))
                .sort((a, b) => b.score - a.score)
                .slice(0, limit);

        test('it says whose vectors it has; made again it stays', async () => {
            await collection.create({ model: 'dclip', weights: 'other', dims: DIMS });
            assert.deepEqual(await collection.identity(), { model: 'dclip', weights: 'x', dims: DIMS });
            assert.equal(await collection.count(), ROWS);
        });

        test('pages have every row once, in order, also while rows are written again', { skip: noPages }, async () => {
            const wanted = keys(records).sort();
            assert.deepEqual(keys(await pages(37)), wanted);
            let writing = 0;
            const rows = await pages(100, async (done) =>
                collection.upsert(records.slice(done % 400, (done % 400) + 40).map((_, k) => recordOf((done % 400) + k, ++writing))),
            );
            assert.deepEqual(keys(rows), wanted);
            assert.equal(await collection.count(), ROWS);
        });

        test('a row that is written again is the new one', async () => {
            await collection.upsert([recordOf(3, 'new'), recordOf(4, 'new')]);
            const got = await collection.get(keys([records[3], records[4], records[5]]));
            const { vector, path, ...facts } = got.find(({ sha256 }) => sha256 === records[3].sha256);
            const { vector: given, path: _path, ...wanted } = records[3];
            assert.equal(path, '3/new');
            assert.deepEqual(facts, wanted);
            assert.ok(vector.every((value, k) => Math.abs(value - given[k]) < 1e-3));
            assert.equal(got.length, 3);
            assert.equal(await collection.count(), ROWS);
            assert.deepEqual(await collection.get(['0'.repeat(64)]), []);
        });

        test('the nearest are those of plain arithmetic, with every filter', async () => {
            const filters = [
                [{}, () => true],
                [{ tags: ['odd'] }, ({ tags }) => tags[0].name === 'odd'],
                [{ tags: ['even', 'fifth'] }, ({ width }) => width % 10 === 0],
                [{ tags: ['odd'], notTags: ['fifth', 'even'] }, ({ width }) => width % 2 === 1 && width % 5 !== 0],
                [{ without: keys(records.slice(0, 250)) }, ({ width }) => width >= 250],
                [{ tags: [`"17'`] }, ({ width }) => width === 17],
            ];
            for (const [filter, isWanted] of filters) {
                let hits = 0;
                for (const i of [5, 50, 500]) {
                    const query = recordOf(10_000 + i).vector;
                    const wanted = brute(query, 10, isWanted);
                    const whole = { limit: 10, tags: [], notTags: [], without: [], ...filter };
                    const found = await until(
                        () => collection.nearest(query, whole),
                        ({ length }) => length === wanted.length,
                    );
                    const known = new Map(records.map(({ sha256, vector }) => [sha256, vector]));
                    for (const { sha256, score } of found) {
                        const exact = known.get(sha256).reduce((sum, value, k) => sum + value * query[k], 0);
                        assert.ok(Math.abs(score - exact) < 2e-3, `${score} is not ${exact}`);
                    }
                    assert.ok(
                        found.every(({ width }) => isWanted(records[width])),
                        JSON.stringify(filter),
                    );
                    hits += found.filter(({ sha256 }) => keys(wanted).includes(sha256)).length / wanted.length;
                }
                assert.ok(hits / 3 >= 0.9, `recall ${hits / 3} with ${JSON.stringify(filter).slice(0, 100)}`);
            }
        });

        test('as many as are asked for, up to all', async () => {
            const found = await collection.nearest(records[0].vector, { limit: 400, tags: [], notTags: [], without: [] });
            assert.equal(found.length, 400);
            assert.equal(new Set(keys(found)).size, 400);
        });
    });
}
