// The OpenAPI document: it has what the routes check requests with, and the guide names paths that it has.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { METHODS } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { createService } from '../../server/index.js';
import { ROOT } from '../js/support.mjs';
import { formOf, post, small } from './support.mjs';

test('the document, its page, and the paths of the guide', async (context) => {
    const service = await createService({ port: 0, log: 'silent', startEngine: async () => ({ close: async () => {} }) });
    context.after(() => service.close());
    const get = (path) => fetch(new URL(path, service.url));
    const { openapi, paths } = await (await get('/docs/json')).json();
    assert.match(openapi, /^3\.0/);
    const form = (path) => paths[path].post.requestBody.content['multipart/form-data'].schema;
    assert.deepEqual(form('/images/labelsByDeepDanbooru').required, ['image']);
    assert.deepEqual(
        [form('/images/upscale').properties.image.format, form('/evaluate').properties.file.items.format],
        ['binary', 'binary'],
    );
    assert.deepEqual(form('/images/upscale').properties.scale.enum, [1, 2, 3, 4]);
    assert.deepEqual(Object.keys(paths['/images/upscale'].post.responses['200'].content), ['image/png', 'image/webp', 'image/jpeg']);
    assert.ok(paths['/models/dclip_text/feature'].post.parameters[0].required);
    const page = await get('/docs/');
    assert.match(page.headers.get('content-type'), /^text\/html/);

    const guide = readFileSync(join(ROOT, 'docs/guide/server.md'), 'utf8');
    const named = [...guide.matchAll(/^\| `(POST|GET) ([^`]+)`/gm)].map(([, method, path]) => [method.toLowerCase(), path]);
    assert.equal(named.length, 14);
    for (const [method, path] of named) assert.ok(paths[path.replace(':id', '{id}')]?.[method], `${method} ${path}`);
});

test('a path that has other methods: 405, and which; a method that nobody knows', async (context) => {
    const startEngine = async () => ({ close: async () => {} });
    const service = await createService({ port: 0, log: 'silent', startEngine, cors: ['https://gallery.example'] });
    context.after(() => service.close());
    for (const [method, path, allowed] of [
        ['PUT', '/images/tags', 'POST'],
        ...(METHODS.includes('QUERY') ? [['QUERY', '/healthz', 'GET']] : []),
        ['DELETE', '/pictures/abc?x=1', 'GET'],
        ['PATCH', '/healthz', 'GET'],
    ]) {
        const response = await fetch(new URL(path, service.url), { method });
        assert.deepEqual([response.status, response.headers.get('allow')], [405, allowed], path);
        assert.equal((await response.json()).message, `This path takes ${allowed}.`);
    }
    assert.equal((await fetch(new URL('/nowhere', service.url))).status, 404);
    assert.equal((await fetch(new URL('/pictures/a/b', service.url), { method: 'DELETE' })).status, 404);
    assert.equal((await post(service, '/nowhere', formOf({ image: small }))).status, 404, 'whatever is sent there');
    const socket = connect(new URL(service.url).port, '127.0.0.1');
    socket.end('NONSENSE /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 405 /);
});

test('in JSON a value has the type that the document says', async (context) => {
    const service = await createService({ port: 0, log: 'silent', startEngine: async () => ({ close: async () => {} }) });
    context.after(() => service.close());
    for (const [path, body] of [
        ['/search/text', { text: 5 }],
        ['/search/text', { text: 'a', tags: [false] }],
        ['/search/text', { text: 'a', limit: '5' }],
        ['/search/text', { text: 'a', tags: 'sky' }],
        ['/search/recommend', { like: [1] }],
    ]) {
        const response = await post(service, path, body);
        assert.equal(response.status, 400, JSON.stringify(body));
        assert.match((await response.json()).message, /must be/);
    }
    assert.equal((await post(service, '/search/text', { text: 'a' })).status, 503, 'no store');
});
