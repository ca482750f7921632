// Our own paths: pictures enlarged and tagged.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { createDeflate } from 'node:zlib';
import { expectedTags } from '../js/convnet_files.mjs';
import { compare, decodePng, makePng, pngOf, readGolden } from '../js/support.mjs';
import { cannotEnlarge, formOf, picture, post, small, startService } from './support.mjs';

const BOMB_MB = 300;
const tall = makePng(32, 600, (x, y) => [(x * y) % 256, y % 256, 90]);

describe('images', () => {
    let service;
    before(async () => (service = await startService()));
    after(() => service.close());

    test('tags: scores and categories, as Keras has them', async () => {
        const tags = async (fields) => (await (await post(service, '/images/tags', formOf({ image: picture, ...fields }))).json()).data;
        const assertTags = (found, wanted) => {
            assert.deepEqual(
                found.map(({ name, category }) => [name, category]),
                wanted.map(({ name, category }) => [name, category]),
            );
            for (const [i, { score }] of found.entries()) assert.ok(Math.abs(score - wanted[i].score) < 1e-4, `${i}: ${score}`);
        };
        assertTags(await tags({}), expectedTags(0.5));
        assertTags(await tags({ threshold: '0.9' }), expectedTags(0.9));
        const noCharacters = expectedTags(0.5).filter(({ category }) => category !== 'character');
        assertTags(await tags({ character_threshold: '1' }), noCharacters);
        assert.ok((await tags({ model: 'wd-vit' })).length > 0);
    });

    test('upscale: the picture that PyTorch gives; fields in the form or in the address', { skip: cannotEnlarge }, async () => {
        const response = await post(service, '/images/upscale', formOf({ image: picture, scale: '2' }));
        assert.equal(response.status, 200);
        assert.equal(response.headers.get('content-type'), 'image/png');
        const { psnr } = compare(decodePng(await response.arrayBuffer()).data, decodePng(readGolden('up2x-conservative.png')).data);
        assert.ok(psnr > 50, `${psnr} dB`);
        const webp = await post(service, '/images/upscale?format=webp&quality=80', formOf({ image: small }));
        assert.equal(webp.headers.get('content-type'), 'image/webp');
        assert.equal(Buffer.from(await webp.arrayBuffer()).toString('latin1', 8, 12), 'WEBP');
    });

    test('upscale: its first bytes come before its last are computed', { skip: cannotEnlarge }, async () => {
        let isDone = false;
        const watched = (engine) => ({
            close: () => engine.close(),
            upscale: (...call) => engine.upscale(...call).finally(() => (isDone = true)),
        });
        const other = await startService({ started: watched });
        const form = new Response(formOf({ image: tall }));
        const headers = { 'content-type': form.headers.get('content-type') };
        const sent = request(new URL('/images/upscale', other.url), { method: 'POST', headers });
        sent.end(Buffer.from(await form.arrayBuffer()));
        const [answer] = await once(sent, 'response');
        const [first] = await once(answer, 'data');
        assert.ok(!isDone, 'all of it came at once');
        assert.deepEqual([...first.subarray(1, 4)], [...Buffer.from('PNG')]);
        answer.resume();
        await once(answer, 'end');
        await other.close();
    });

    test('what no model has is refused in a sentence', async () => {
        const cases = [
            [{ scale: '5' }, 400, /scale must be equal to one of the allowed values/],
            [{ scale: 'two' }, 400, /scale must be integer/],
            [{ model: 'se', denoise: '0' }, 400, /but received '0'/],
            [{ format: 'gif' }, 400, /format must be equal/],
            [{ strength: '9' }, 400, /strength must be <= 1.5/],
        ];
        for (const [fields, status, message] of cases) {
            const response = await post(service, '/images/upscale', formOf({ image: small, ...fields }));
            assert.match((await response.json()).message, message);
            assert.equal(response.status, status);
        }
    });

    test('bombs: a picture of many pixels, and data that become much more than the picture', async () => {
        const rgb = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
        const many = await post(service, '/images/tags', formOf({ image: pngOf(rgb, 60_000, 60_000, [Buffer.alloc(100)]) }));
        assert.equal(many.status, 413);
        assert.match((await many.json()).message, /more pixels than this service takes/);
        const bomb = pngOf(rgb, 100, 100, await deflated(BOMB_MB));
        assert.ok(bomb.length < 1e6);
        const before = process.memoryUsage().rss;
        const { status } = await post(service, '/images/tags', formOf({ image: bomb }));
        assert.ok([200, 400].includes(status), `${status}`);
        const grown = (process.memoryUsage().rss - before) / 1e6;
        assert.ok(grown < BOMB_MB / 2, `${grown} MB`);
        assert.equal((await post(service, '/images/tags', formOf({ image: small }))).status, 200);
    });
});

/** Zeros, compressed a megabyte at a time. @param {number} megabytes */
async function deflated(megabytes) {
    const deflate = createDeflate({ level: 9 });
    const packed = deflate.toArray();
    for (let i = 0; i < megabytes; i++) if (!deflate.write(Buffer.alloc(1e6))) await once(deflate, 'drain');
    deflate.end();
    return packed;
}
