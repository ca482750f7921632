// What hostile and broken clients send: each is refused in a sentence, soon, and the others are served.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { checkJson } from '../../server/http/json.js';
import { createService } from '../../server/index.js';
import { pngOf } from '../js/support.mjs';
import { formOf, post, small } from './support.mjs';

const MEGABYTE = Buffer.alloc(1e6, 0x61);

describe('faults', () => {
    let service;
    let seen = [];
    const startEngine = async () => ({
        close: async () => {},
        tag: async (picture, options) => {
            seen.push({ picture, ...options });
            return [];
        },
    });
    before(async () => (service = await createService({ port: 0, log: 'silent', startEngine, megabytes: 2, seconds: 1.5, queue: 2 })));
    after(() => service.close());

    /** The service still works, and no place is lost. */
    const assertWell = async () => {
        const answers = await Promise.all([1, 2, 3].map(() => post(service, '/images/tags', formOf({ image: small }))));
        assert.deepEqual(
            answers.map(({ status }) => status),
            [200, 200, 200],
        );
    };

    const send = (headers, path = '/images/tags') => request(new URL(path, service.url), { method: 'POST', headers, agent: false });

    /** Writes `chunk` again and again until the service answers or closes, and returns the answer and how much was written. */
    const pour = async (sent, head, chunk, most) => {
        let written = 0;
        const answered = new Promise((resolve) => {
            sent.on('response', (response) => resolve(response));
            sent.on('error', () => resolve(undefined));
        });
        sent.write(head);
        let response;
        answered.then((given) => (response = given ?? null));
        while (response === undefined && written < most) {
            written += chunk.length;
            if (!sent.write(chunk)) await Promise.race([once(sent, 'drain'), answered]).catch(() => {});
        }
        const given = await answered;
        sent.destroy();
        return { status: given?.statusCode, written };
    };

    const HEAD = '--x\r\ncontent-disposition: form-data; name="image"; filename="a.png"\r\n\r\n';
    const FORM = 'multipart/form-data; boundary=x';

    test('a body of 1 GiB is refused before it is read, told or not', async () => {
        const sent = send({ 'content-type': FORM, 'content-length': 2 ** 30 });
        sent.write(HEAD);
        const [response] = await once(sent, 'response');
        assert.equal(response.statusCode, 413);
        sent.on('error', () => {});
        sent.destroy();
        const { status, written } = await pour(send({ 'content-type': FORM }), HEAD, MEGABYTE, 2 ** 30);
        assert.equal(status, 413);
        assert.ok(written < 64e6, `${written} bytes were taken`);
        const json = send({ 'content-type': 'application/json', 'content-length': 2 ** 30 }, '/tagger/v1/interrogate');
        json.write('{');
        const [refused] = await once(json, 'response');
        assert.equal(refused.statusCode, 413);
        json.on('error', () => {});
        json.destroy();
        await assertWell();
    });

    test('an upload that is cut off gives its place back', async () => {
        for (let i = 0; i < 6; i++) {
            const sent = send({ 'content-type': FORM, 'content-length': 1e6 });
            sent.on('error', () => {});
            sent.write(HEAD);
            sent.write(small);
            await new Promise((resolve) => setTimeout(resolve, 20));
            sent.destroy();
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
        await assertWell();
    });

    test('a form that ends too early, or is none', async () => {
        for (const [type, body] of [
            [FORM, `${HEAD}abc`],
            [FORM, 'no form'],
            [FORM, ''],
            ['multipart/form-data', HEAD],
            ['multipart/form-data; boundary=', HEAD],
            ['multipart/mixed; boundary=x', HEAD],
            ['text/plain', 'x'],
            ['application/x-www-form-urlencoded', 'image=x'],
            ['application/json', '{'],
            ['application/json', ''],
            ['application/json', '{"__proto__":{"image":1}}'],
        ]) {
            const response = await post(service, '/images/tags', undefined, { body, headers: { 'content-type': type } });
            const { message } = await response.json();
            assert.ok([400, 406, 415].includes(response.status), `${type} ${body}: ${response.status} ${message}`);
            assert.doesNotMatch(message, /undefined|\[object|^The service failed/);
        }
        await assertWell();
    });

    test('a form of 10,000 parts', async () => {
        const field = (i) => `--x\r\ncontent-disposition: form-data; name="f${i}"\r\n\r\n1\r\n`;
        const body = `${Array.from({ length: 10_000 }, (_, i) => field(i)).join('')}--x--\r\n`;
        const response = await post(service, '/images/tags', undefined, { body, headers: { 'content-type': FORM } });
        assert.equal(response.status, 413);
        assert.match((await response.json()).message, /too many (parts|fields)/);
        await assertWell();
    });

    test('a field that is too long, and fields with the names of prototypes', async () => {
        const long = await post(service, '/images/tags', formOf({ image: small, model: 'x'.repeat(100_000) }));
        assert.equal(long.status, 413);
        for (const name of ['__proto__', 'constructor', 'toString'])
            assert.equal((await post(service, '/images/tags', formOf({ image: small, [name]: 'x' }))).status, 400, name);
        assert.equal({}.x, undefined);
    });

    test('names of files are only names: nothing is written', async () => {
        const before = readdirSync(tmpdir());
        for (const name of ['../../../etc/passwd', '/etc/passwd', '..\\x', 'a\0b', '%2e%2e/x', 'x'.repeat(5000)])
            assert.equal((await post(service, '/evaluate', formOf({ file: { bytes: small, name }, format: 'json' }))).status, 200, name);
        const added = readdirSync(tmpdir()).filter((name) => !before.includes(name) && /passwd|^x|\.png$/.test(name));
        assert.deepEqual(added, []);
        for (const path of ['/docs/static/..%2f..%2f..%2fpackage.json', '/docs/static/../../package.json', '/images/..%2f..%2fetc/passwd'])
            assert.ok([400, 403, 404].includes((await fetch(new URL(path, service.url))).status), path);
    });

    test('bombs of pixels: the engine is told the limit, and refuses before it takes memory', async () => {
        seen = [];
        const bomb = pngOf(Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]), 60_000, 60_000, [Buffer.alloc(100)]);
        assert.equal((await post(service, '/images/tags', formOf({ image: bomb }))).status, 200);
        assert.equal(seen[0].maxPixels, 16e6);
    });

    test('bombs of JSON: too deep, too many', async () => {
        const bodies = [
            '['.repeat(1e5),
            `{"a":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`,
            `[${'1,'.repeat(1e5)}1]`,
            `"${'\\"'.repeat(1e4)}`,
        ];
        for (const body of bodies) {
            const headers = { 'content-type': 'application/json' };
            const response = await post(service, '/tagger/v1/interrogate', undefined, { body, headers });
            assert.ok([413, 422].includes(response.status), `${response.status}`);
        }
        const packed = gzipSync(JSON.stringify({ image: ' '.repeat(1e7) }));
        const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
        const response = await post(service, '/tagger/v1/interrogate', undefined, { body: packed, headers });
        assert.equal(response.status, 422, 'nothing is unpacked');
        checkJson(Buffer.from(JSON.stringify({ image: ',[{"'.repeat(1e5), a: [1, { b: '\\' }] })));
        await assertWell();
    });

    test('wrong types', async () => {
        const bodies = [
            { image: 5 },
            { image: {} },
            { image: null },
            { image: ['x', 'y'] },
            { image: 'x', threshold: 'much' },
            { image: 'x', threshold: 2 },
        ];
        for (const body of [...bodies, [], 'x', 5, null, { image: '' }]) {
            const { status } = await post(service, '/tagger/v1/interrogate', body);
            assert.ok([422, 200].includes(status), `${JSON.stringify(body)}: ${status}`);
        }
        seen = [];
    });

    test('a client that sends a byte now and then is given up', async () => {
        const socket = connect(new URL(service.url).port, '127.0.0.1');
        socket.on('error', () => {});
        socket.write('POST /images/tags HTTP/1.1\r\nhost: x\r\n');
        const drip = setInterval(() => socket.write('a: b\r\n'), 100);
        let answer = '';
        socket.on('data', (data) => (answer += data));
        await once(socket, 'close');
        clearInterval(drip);
        assert.match(answer, /^HTTP\/1\.1 408/);
        const slow = send({ 'content-type': FORM, 'content-length': 1e5 });
        slow.on('error', () => {});
        slow.write(HEAD);
        const dripping = setInterval(() => slow.write('a'), 100);
        const [response] = await once(slow, 'response');
        clearInterval(dripping);
        slow.destroy();
        assert.equal(response.statusCode, 408);
        await assertWell();
    });
});
