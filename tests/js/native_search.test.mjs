// The engine's search as JavaScript sees it, against plain loops in float64. What NumPy finds is in tests/unit/search_test.c.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { loadNative } from '../../js/worker/native/native.js';
import { nodeLoader } from '../../js/worker/threads_node.js';
import { decodePng, readGolden } from './support.mjs';

/** Numbers from -1 to 1 (Marsaglia's xorshift32). */
function random(seed) {
    let state = seed;
    return () => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return state / 2 ** 31;
    };
}

function vectorsOf(n, dims, seed) {
    const next = random(seed);
    return Float32Array.from({ length: n * dims }, next);
}

/** As the vectors of one kind of picture lie: around centres, which they are near to. */
function clustered(n, dims, clusters, seed) {
    const next = random(seed);
    const centres = vectorsOf(clusters, dims, seed + 1);
    return Float32Array.from(
        { length: n * dims },
        (_, i) => centres[((Math.floor(i / dims) * 7919) % clusters) * dims + (i % dims)] + 0.5 * next(),
    );
}

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** All rows by falling score. */
function exhaustive(vectors, dims, query, metric) {
    const length = Math.sqrt(dot(query, query));
    const scored = Array.from({ length: vectors.length / dims }, (_, row) => {
        const vector = vectors.subarray(row * dims, (row + 1) * dims);
        const score = dot(query, vector);
        return { row, score: metric === 'dot' ? score : score / (length * Math.sqrt(dot(vector, vector))) };
    });
    return scored.sort((a, b) => b.score - a.score || a.row - b.row);
}

const refuses = (work, code, message) => assert.throws(work, (error) => error.code === code && message.test(error.message) && true);

describe('search in vectors', () => {
    let native;
    before(async () => {
        native = await loadNative({ variant: 'simd', threads: 1 }, nodeLoader); // without threads, which would have to be ended
    });

    for (const dtype of ['f32', 'f16', 'i8']) {
        it(`finds the nearest of vectors kept as ${dtype}`, () => {
            const dims = 50;
            const vectors = vectorsOf(3000, dims, 3);
            const query = vectorsOf(1, dims, 4);
            const kept = native.openVectors({ dims, dtype });
            assert.equal(kept.append(vectors.subarray(0, 1000 * dims)), 0);
            assert.equal(kept.append(vectors.subarray(1000 * dims)), 1000);
            assert.equal(kept.rows, 3000);
            assert.ok(kept.bytes > 3000 * dims);
            for (const metric of ['cosine', 'dot']) {
                const expected = exhaustive(vectors, dims, query, metric);
                const found = kept.search(query, { k: 10, metric });
                assert.ok(found.rows instanceof Int32Array && found.scores instanceof Float32Array);
                if (dtype !== 'i8')
                    assert.deepEqual(
                        [...found.rows],
                        expected.slice(0, 10).map(({ row }) => row),
                    );
                const step = metric === 'dot' ? 0.1 : 0.005;
                for (let i = 0; i < 10; i++) assert.ok(Math.abs(found.scores[i] - expected[i].score) < step, `${found.scores[i]}`);
                const mean = expected.reduce((sum, { score }) => sum + score, 0) / 3000;
                const deviation = Math.sqrt(expected.reduce((sum, { score }) => sum + (score - mean) ** 2, 0) / 3000);
                assert.ok(Math.abs(found.mean - mean) < step / 10 && Math.abs(found.deviation - deviation) < step / 10);
                assert.equal(found.count, 3000);
                // every fifth
                const filter = new Uint8Array(375);
                for (let row = 0; row < 3000; row += 5) filter[row >> 3] |= 1 << (row & 7);
                const passing = kept.search(query, { k: 5, metric, filter });
                assert.ok(passing.rows.every((row) => row % 5 === 0));
                assert.equal(passing.count, 600);
                if (dtype === 'f32') {
                    assert.deepEqual(
                        [...passing.rows],
                        expected
                            .filter(({ row }) => row % 5 === 0)
                            .slice(0, 5)
                            .map(({ row }) => row),
                    );
                }
            }
            assert.equal(kept.search(query, { k: 1e9, metric: 'dot' }).rows.length, 3000);
            kept.close();
        });
    }

    it('takes vectors as they are stored, in one go or part by part', () => {
        const dims = 37;
        const vectors = vectorsOf(500, dims, 9);
        const query = vectorsOf(1, dims, 10);
        for (const dtype of ['f32', 'f16', 'i8']) {
            const each = (row) => native.storeVector(vectors.subarray(row * dims, (row + 1) * dims), dtype);
            const stored = Array.from({ length: 500 }, (_, row) => each(row));
            assert.equal(stored[0].byteLength, { f32: 4 * dims, f16: 2 * dims, i8: 4 + dims }[dtype]);
            const [whole, one, part] = [0, 1, 2].map(() => native.openVectors({ dims, dtype }));
            whole.append(vectors);
            one.appendStored(Buffer.concat(stored), 500);
            const wanted = whole.search(query, { k: 20, metric: 'cosine' });
            assert.deepEqual(one.search(query, { k: 20, metric: 'cosine' }), wanted);
            const search = native.openSearch(query, { k: 20, metric: 'cosine' });
            for (let at = 0; at < 500; at += 64) {
                part.clear();
                part.appendStored(Buffer.concat(stored.slice(at, at + 64)), Math.min(64, 500 - at));
                search.add(part);
            }
            const found = search.found();
            assert.deepEqual([found.rows, found.scores, found.count], [wanted.rows, wanted.scores, 500]);
            search.close();
            const scores = native.rescore(
                query,
                Array.from(wanted.rows, (row) => stored[row]),
                dtype,
                'cosine',
            );
            assert.deepEqual(scores, wanted.scores);
            for (const vector of [whole, one, part]) vector.close();
        }
        assert.deepEqual(native.rescore(query, [], 'f16', 'dot'), new Float32Array());
    });

    it('int8, then the best 4k scored anew from float16: recall@10 at least 0.999 on clustered vectors', () => {
        const [n, dims, k] = [20000, 128, 10];
        const vectors = clustered(n, dims, 200, 21);
        const coarse = native.openVectors({ dims, dtype: 'i8' });
        const exact = native.openVectors({ dims, dtype: 'f32' });
        coarse.append(vectors);
        exact.append(vectors);
        let hits = 0;
        const queries = 100;
        for (let i = 0; i < queries; i++) {
            const query = vectors.slice(i * 150 * dims, (i * 150 + 1) * dims).map((value, j) => value + 0.1 * Math.sin(i * 31 + j));
            const { rows } = coarse.search(query, { k: 4 * k, metric: 'cosine' });
            const stored = Array.from(rows, (row) => native.storeVector(vectors.subarray(row * dims, (row + 1) * dims), 'f16'));
            const scores = native.rescore(query, stored, 'f16', 'cosine');
            const best = [...rows.keys()].sort((a, b) => scores[b] - scores[a] || rows[a] - rows[b]).slice(0, k);
            const wanted = new Set(exact.search(query, { k, metric: 'cosine' }).rows);
            hits += best.filter((at) => wanted.has(rows[at])).length;
        }
        assert.ok(hits >= 0.999 * queries * k, `${hits} of ${queries * k}`);
        coarse.close();
        exact.close();
    });

    it('refuses what is no vector, and then has none of the call', () => {
        const kept = native.openVectors({ dims: 3, dtype: 'f16' });
        kept.append(new Float32Array([1, 2, 3]));
        for (const bad of [NaN, Infinity, 1e6]) {
            refuses(() => kept.append(new Float32Array([4, 5, 6, 7, bad, 9])), 'BAD_ARGUMENT', /Expected finite values but vector 1 has/);
        }
        refuses(() => kept.append(new Float32Array([4, 5, 6, 0, 0, 0])), 'BAD_ARGUMENT', /whose length is from/);
        refuses(() => kept.append(new Float32Array(4)), 'BAD_ARGUMENT', /Expected vectors of 3 values but received 4/);
        refuses(() => kept.appendStored(new Uint8Array(7), 1), 'BAD_FORMAT', /Expected 1 vectors of 6 bytes but found 7/);
        refuses(() => kept.appendStored(new Uint8Array([0, 0x7c, 0, 0, 0, 0]), 1), 'BAD_FORMAT', /has inf/);
        assert.equal(kept.rows, 1);
        const query = new Float32Array(3);
        refuses(() => kept.search(query, { k: 1, metric: 'dot' }), 'BAD_ARGUMENT', /the query has 0/);
        refuses(() => kept.search(query.fill(1, 0, 1), { k: 0, metric: 'dot' }), 'BAD_ARGUMENT', /at least 1 row/);
        refuses(() => kept.search(new Float32Array([1, 2]), { k: 1, metric: 'dot' }), 'BAD_ARGUMENT', /Expected vectors of 2 values/);
        refuses(
            () => kept.search(query, { k: 1, metric: 'dot', filter: new Uint8Array() }),
            'BAD_ARGUMENT',
            /Expected a filter of 1 bytes/,
        );
        assert.equal(kept.search(query, { k: 1, metric: 'dot', filter: new Uint8Array(1) }).rows.length, 0);
        refuses(() => native.storeVector(new Float32Array(3), 'i8'), 'BAD_ARGUMENT', /length/);
        refuses(() => native.rescore(query, [new Uint8Array(6), new Uint8Array(5)], 'f16', 'dot'), 'BAD_FORMAT', /one of 5/);
        refuses(() => native.openVectors({ dims: 0, dtype: 'i8' }), 'BAD_ARGUMENT', /1 to 65536 values/);
        kept.close();
    });

    it('chooses what is relevant and unlike', () => {
        // two groups of near copies, and one by itself
        const vectors = new Float32Array([1, 0, 0, 1, 0.1, 0, 0, 1, 0, 0, 1, 0.1, 0, 0, 1]);
        const relevance = new Float32Array([0.9, 0.89, 0.5, 0.6, 0.1]);
        assert.deepEqual([...native.diverse(vectors, relevance, { k: 3, weight: 1 })], [0, 1, 3]);
        assert.deepEqual([...native.diverse(vectors, relevance, { k: 3, weight: 0.5 })].sort(), [0, 3, 4]);
        assert.deepEqual(native.diverse(new Float32Array(), new Float32Array(), { k: 3, weight: 1 }), new Int32Array());
        refuses(() => native.diverse(vectors, relevance, { k: 3, weight: 2 }), 'BAD_ARGUMENT', /weight from 0 to 1/);
    });

    it('hashes pictures and pairs those that are near', () => {
        const { data, width, height } = decodePng(readGolden('anime256.png'));
        const drawn = (size, sample) => {
            const pixels = new Uint8Array(size * size * 3);
            for (let i = 0; i < pixels.length; i++) {
                pixels[i] = sample(Math.floor(i / 3) % size, Math.floor(i / 3 / size), (x, y) => data[(y * width + x) * 4 + (i % 3)]);
            }
            return native.pictureToLookAt({ pixels, width: size, height: size, channels: 3 }, {});
        };
        assert.deepEqual([width, height], [256, 256]);
        const pictures = [
            drawn(256, (x, y, at) => at(x, y)),
            // half as large, and darker
            drawn(128, (x, y, at) => 0.2 * (at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1))),
            drawn(256, (x, y, at) => at(255 - x, y)),
            drawn(256, (x, y, at) => at(y, x)),
            drawn(64, () => 90),
        ];
        const hashes = pictures.map((picture) => native.pictureHash(picture));
        assert.deepEqual(
            [
                ...native.nearPairs(
                    hashes.map(({ hash }) => hash),
                    31,
                ),
            ],
            [0, 1],
        );
        assert.deepEqual(hashes[0].mirrored, hashes[2].hash);
        assert.ok(hashes[0].contrast > 30 && hashes[4].contrast < 1e-3);
        assert.deepEqual(native.nearPairs([], 31), new Int32Array());
        refuses(() => native.nearPairs([hashes[0].hash], 300), 'BAD_ARGUMENT', /0 to 256 bits/);
        const pixels = { pixels: new Uint8Array(12), width: 2, height: 2, channels: 3 };
        const toEnlarge = native.imageFromPixels(pixels);
        refuses(() => native.pictureHash(toEnlarge), 'BAD_ARGUMENT', /to look at/);
        for (const picture of [...pictures, toEnlarge]) picture.free();
    });
});
