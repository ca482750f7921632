// The page's server: what it answers, and what it says when it cannot start. Needs no browser.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { temporaryFolder } from '../js/support.mjs';
import { serve } from '../../web/serve.mjs';

const SCRIPT = fileURLToPath(new URL('../../web/serve.mjs', import.meta.url));

function site(context) {
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, 'site'));
    writeFileSync(join(folder, 'site/index.html'), '<!doctype html>');
    writeFileSync(join(folder, 'site/engine.wasm'), '');
    writeFileSync(join(folder, 'site/engine.mjs'), '');
    mkdirSync(join(folder, 'site/assets'));
    writeFileSync(join(folder, 'site/assets/index-abc.js'), '');
    writeFileSync(join(folder, 'secret.txt'), 'not for the page');
    writeFileSync(join(folder, 'secret.md'), 'not for the page'.repeat(100));
    return join(folder, 'site');
}

/** @returns {Promise<{ status: number | string | undefined, stderr: string }>} */
function run(...args) {
    return new Promise((resolve) => {
        execFile(process.execPath, [SCRIPT, ...args], (error, _stdout, stderr) => resolve({ status: error?.code, stderr }));
    });
}

test('answers with the isolation headers and right types', async (context) => {
    const server = await serve({ port: 0, root: site(context) });
    context.after(server.close);
    for (const [name, type] of [
        ['', 'text/html'],
        ['engine.wasm', 'application/wasm'],
        ['engine.mjs', 'text/javascript'],
        ['nothing', 'text/plain'],
    ]) {
        const { headers, status } = await fetch(server.url + name);
        assert.equal(status, name === 'nothing' ? 404 : 200);
        assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
        assert.equal(headers.get('cross-origin-embedder-policy'), 'require-corp');
        assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin');
        if (status === 200) {
            assert.ok(headers.get('content-type')?.startsWith(type), `${name}: ${headers.get('content-type')}`);
        }
    }
    for (const path of ['..%2fsecret.txt', '%2e%2e/secret.txt']) {
        assert.equal((await fetch(server.url + path)).status, 404);
    }
});

test('lets browsers keep only what gets another name when it changes', async (context) => {
    const server = await serve({ port: 0, root: site(context) });
    context.after(server.close);
    const kept = async (name) => (await fetch(server.url + name)).headers.get('cache-control');
    assert.deepEqual(
        [await kept(''), await kept('engine.wasm'), await kept('assets/index-abc.js')],
        ['no-cache', 'no-cache', 'max-age=31536000, immutable'],
    );
});

test('compresses what is worth it, as the browser asks, anew when the file changes', async (context) => {
    const root = site(context);
    const text = 'const words = 1;\n'.repeat(500);
    writeFileSync(join(root, 'assets/words.js'), text);
    writeFileSync(join(root, 'weights.bin'), Buffer.alloc(5000));
    const server = await serve({ port: 0, root });
    context.after(server.close);
    /** As it comes over the wire: fetch would unpack it. */
    const get = (name, headers, method = 'GET') =>
        new Promise((resolve, reject) => {
            request(server.url + name, { headers, method }, async (response) => {
                const chunks = [];
                for await (const chunk of response) chunks.push(chunk);
                resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
            })
                .on('error', reject)
                .end();
        });
    const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
    for (const [accepted, coding] of [
        ['gzip, deflate, br', 'br'],
        ['gzip', 'gzip'],
        ['br;q=0, gzip;q=0.5', 'gzip'],
    ]) {
        const { status, headers, body } = await get('assets/words.js', { 'Accept-Encoding': accepted });
        assert.deepEqual([status, headers['content-encoding'], headers.vary], [200, coding, 'Accept-Encoding']);
        assert.equal(Number(headers['content-length']), body.length);
        assert.equal(headers['content-type'], 'text/javascript');
        assert.equal(headers['cache-control'], 'max-age=31536000, immutable');
        assert.equal(headers['cross-origin-embedder-policy'], 'require-corp');
        assert.ok(body.length < text.length / 10);
        assert.equal(unpack[coding](body).toString(), text);
        const again = await get('assets/words.js', { 'Accept-Encoding': accepted, 'If-None-Match': headers.etag });
        assert.deepEqual([again.status, again.body.length], [304, 0]);
        const head = await get('assets/words.js', { 'Accept-Encoding': accepted }, 'HEAD');
        assert.deepEqual([head.headers['content-length'], head.body.length], [headers['content-length'], 0]);
    }
    const plain = await get('assets/words.js', {});
    assert.deepEqual([plain.headers['content-encoding'], plain.headers.vary, plain.body.toString()], [undefined, 'Accept-Encoding', text]);
    const part = await get('assets/words.js', { 'Accept-Encoding': 'br', Range: 'bytes=6-10' });
    assert.deepEqual([part.status, part.headers['content-encoding'], part.body.toString()], [206, undefined, 'words']);
    const weights = await get('weights.bin', { 'Accept-Encoding': 'br' });
    assert.deepEqual([weights.headers['content-encoding'], weights.body.length], [undefined, 5000]);
    writeFileSync(join(root, 'assets/words.js'), `${text}// more`);
    const newer = await get('assets/words.js', { 'Accept-Encoding': 'br' });
    assert.equal(brotliDecompressSync(newer.body).toString(), `${text}// more`);
    assert.equal((await get('..%2fsecret.md', { 'Accept-Encoding': 'br' })).status, 404);
});

test('leaves the isolation headers out when asked to', async (context) => {
    const server = await serve({ port: 0, root: site(context), isolation: false });
    context.after(server.close);
    assert.equal((await fetch(server.url)).headers.get('cross-origin-embedder-policy'), null);
});

test('says in one sentence why it cannot start', async (context) => {
    const root = site(context);
    const server = await serve({ port: 0, root });
    context.after(server.close);
    const { port } = new URL(server.url);
    const taken = await run('--port', port, '--root', root);
    assert.deepEqual([taken.status, taken.stderr.includes(`Port ${port} is in use`)], [1, true]);
    const noSite = await run('--root', join(root, 'nowhere'));
    assert.deepEqual([noSite.status, noSite.stderr.includes('Found no page in')], [1, true]);
    const wrong = await run('--port', 'http');
    assert.deepEqual([wrong.status, wrong.stderr], [2, 'Expected a number from 0 to 65535 for --port but received http\n']);
    assert.equal((await run('--colour')).status, 2);
});
