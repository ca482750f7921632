// Pictures that are kept in the store and found again, over HTTP.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createIndex } from '../../js/node.js';
import { makePng, temporaryFolder } from '../js/support.mjs';
import { formOf, picture, post, small, startService } from './support.mjs';

const other = makePng(40, 30, (x, y) => [(x * 31 + y * 17) % 256, 20, 30]);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

describe('the store', () => {
    let service;
    let ids;
    const options = { store: join(temporaryFolder({ after }), 'pictures.db'), openIndex: createIndex };
    before(async () => {
        service = await startService(options);
        const files = [picture, small, other].map((bytes, i) => ({ bytes, name: `${i}.png` }));
        const { data } = await (await post(service, '/index', formOf({ image: files }))).json();
        assert.deepEqual(
            data.map(({ name, outcome }) => [name, outcome]),
            [
                ['0.png', 'added'],
                ['1.png', 'added'],
                ['2.png', 'added'],
            ],
        );
        ids = data.map(({ id }) => id);
    });
    after(() => service.close());

    const answer = async (path, body, status = 200) => {
        const response = await post(service, path, body);
        const { message, data } = await response.json();
        assert.equal(response.status, status, message);
        return data ?? message;
    };

    test('a picture finds itself first; the same bytes are one picture; a broken one does not stop the others', async () => {
        const found = await answer('/search/image', formOf({ image: small, limit: '2' }));
        assert.deepEqual([found.length, found[0].id, found[0].width, found[0].height], [2, ids[1], 24, 20]);
        assert.ok(found[0].score > 0.999, `${found[0].score}`);
        const again = await answer('/index', formOf({ image: [small, Buffer.from('no picture'), other] }));
        assert.deepEqual(
            again.map(({ id, outcome }) => [id, outcome]),
            [
                [ids[1], 'unchanged'],
                [undefined, 'failed'],
                [ids[2], 'unchanged'],
            ],
        );
        assert.match(again[1].error, /found text/);
    });

    test('by text, and for somebody who likes a picture', async () => {
        const found = await answer('/search/text', { text: 'a photo of a cat' });
        assert.equal(found.length, 3);
        assert.deepEqual(
            found.map(({ score }) => score),
            found.map(({ score }) => score).toSorted((a, b) => b - a),
        );
        const next = await answer('/search/recommend', { like: [ids[0]], limit: 5 });
        assert.deepEqual(next.map(({ id }) => id).sort(), [ids[1], ids[2]].sort());
    });

    test('what is known of a picture; what is not there', async () => {
        const get = async (id) => fetch(new URL(`/pictures/${id}`, service.url));
        const { data } = await (await get(ids[0])).json();
        assert.deepEqual([data.id, data.width, data.height, data.bytes, data.sha256], [ids[0], 256, 256, picture.length, sha256(picture)]);
        assert.equal(data.path, `sha256:${sha256(picture)}`);
        for (const id of ['999', 'x', '-1', '..%2f..%2fetc', '1e3']) assert.equal((await get(id)).status, 404, id);
        assert.match(await answer('/search/recommend', { like: ['x'] }, 404), /no picture x/);
        assert.match(await answer('/search/text', { text: '' }, 400), /fewer than 1/);
        assert.match(await answer('/search/text', { text: 'a', limit: 0 }, 400), /limit must be >= 1/);
    });

    test('it is there again after a restart', async () => {
        await service.close();
        service = await startService(options);
        const [first] = await answer('/search/image', formOf({ image: other }));
        assert.equal(first.id, ids[2]);
        assert.equal((await (await fetch(new URL('/readyz', service.url))).json()).ready, true);
    });
});

test('a store that is lost: 503, and nothing of where it was', async (context) => {
    const folder = temporaryFolder(context);
    const service = await startService({ store: join(folder, 'pictures.db'), openIndex: createIndex });
    context.after(() => service.close());
    rmSync(folder, { recursive: true });
    const response = await post(service, '/search/text', { text: 'a cat' });
    const { message } = await response.json();
    assert.equal(response.status, 503, message);
    assert.match(message, /The store cannot be reached/);
    assert.doesNotMatch(message, /pictures\.db/);
    assert.equal((await fetch(new URL('/readyz', service.url))).status, 503);
    assert.equal((await post(service, '/images/tags', formOf({ image: small }))).status, 200);
});

test('without a store: 503, and what to do', async (context) => {
    const service = await startService();
    context.after(() => service.close());
    const response = await post(service, '/search/text', { text: 'a cat' });
    assert.equal(response.status, 503);
    assert.match((await response.json()).message, /start it with --store/);
});
