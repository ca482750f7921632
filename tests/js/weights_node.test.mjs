// Finding and fetching weights in Node: the order of the folders, the check, and that nothing bad is kept. The sources
// are a server on this machine, never the real ones.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { packageSource } from '../../js/platform/node/package_source.js';
import { fetchModelFile, readModelFile } from '../../js/platform/node/stream.js';
import { modelsCacheFolder } from '../../js/platform/node/weights.js';
import { temporaryFolder } from './support.mjs';

const GOOD = Buffer.from('the weights');
const BAD = Buffer.from('the weighty');
const saved = { ...process.env };
let server;
let base;

before(async () => {
    const answers = { '/good': GOOD, '/bad': BAD, '/models/some/net.bin': GOOD };
    server = createServer(({ url }, response) => {
        response.statusCode = answers[url] ? 200 : 404;
        response.end(answers[url]);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${server.address().port}`;
});

after(() => {
    server.close();
    process.env = saved;
});

/** An empty cache for each test. */
beforeEach((context) => {
    process.env.XDG_CACHE_HOME = temporaryFolder(context);
    delete process.env.ACG2VEC_MODELS;
});

const version = { bytes: GOOD.length, sha256: createHash('sha256').update(GOOD).digest('hex') };
const file = (...sources) => ({ path: 'some/net.bin', versions: [version], sources });
const read = (each, models) => readModelFile(each, { models, resolveUrl: String });

function put(folder, bytes) {
    const path = join(folder, 'some/net.bin');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
}

test('a file is fetched once, checked, and kept under its path', async () => {
    assert.deepEqual(Buffer.from(await read(file(`${base}/good`))), GOOD);
    assert.deepEqual(readdirSync(join(modelsCacheFolder(), 'some')), ['net.bin']);
    assert.deepEqual(Buffer.from(await read(file(`${base}/gone`))), GOOD);
});

test('the next source is tried when one has nothing, and all are named when none has', async () => {
    await read(file(`${base}/nothing`, `${base}/good`));
    await assert.rejects(fetchModelFile(file(`${base}/nothing`, `${base}/neither`), {}), (error) => {
        assert.equal(error.code, 'NOT_FOUND');
        for (const part of ['some/net.bin', `${base}/nothing`, `${base}/neither`, '404', modelsCacheFolder()]) {
            assert.ok(error.message.includes(part), part);
        }
        return true;
    });
});

test('a fetched file with a wrong hash is an error, and nothing is kept', async () => {
    await assert.rejects(read(file(`${base}/bad`, `${base}/good`)), (error) => {
        assert.equal(error.code, 'BAD_MODEL');
        const found = createHash('sha256').update(BAD).digest('hex');
        for (const part of ['some/net.bin', version.sha256, found, `${base}/bad`]) assert.ok(error.message.includes(part), part);
        return true;
    });
    assert.ok(!existsSync(modelsCacheFolder()));
});

test('folders are looked through in their order: given, environment, cache', async (context) => {
    const [given, environment] = [temporaryFolder(context), temporaryFolder(context)];
    process.env.ACG2VEC_MODELS = environment;
    // a damaged file is not passed over, so that the error tells which folder came first
    const paths = [put(given, BAD), put(environment, BAD), put(modelsCacheFolder(), BAD)];
    const cases = [
        [given, paths[0]],
        [undefined, paths[1]],
    ];
    for (const [models, path] of cases) {
        await assert.rejects(read(file(), models), (error) => error.code === 'BAD_MODEL' && error.message.includes(path));
    }
    delete process.env.ACG2VEC_MODELS;
    await assert.rejects(read(file()), (error) => error.code === 'BAD_MODEL' && error.message.includes(paths[2]));
    for (const url of [pathToFileURL(given), pathToFileURL(given).href]) {
        await assert.rejects(read(file(), url), (error) => error.message.includes(paths[0]));
    }
    put(environment, GOOD);
    process.env.ACG2VEC_MODELS = environment;
    assert.deepEqual(Buffer.from(await read(file(), temporaryFolder(context))), GOOD);
});

test('a folder that is given must exist', async () => {
    await assert.rejects(read(file(`${base}/good`), '/no/such/folder'), {
        code: 'NOT_FOUND',
        message: /\/no\/such\/folder/,
    });
});

test('models may also be a URL prefix, a map or a function, checked but not kept', async () => {
    const good = [
        `${base}/models`,
        new URL(`${base}/models/`),
        { 'some/net.bin': `${base}/good` },
        async (path) => (path === 'some/net.bin' ? new Uint8Array(GOOD) : undefined),
        async () => new Response(GOOD),
    ];
    for (const models of good) assert.deepEqual(Buffer.from(await read(file(), models)), GOOD);
    await assert.rejects(
        read(file(), async () => new Uint8Array(BAD)),
        { code: 'BAD_MODEL' },
    );
    await assert.rejects(read(file(), {}), { code: 'NOT_FOUND' });
    await assert.rejects(
        read(file(), async () => Promise.reject(new Error('no luck'))),
        { code: 'NOT_FOUND', message: /no luck/ },
    );
    assert.ok(!existsSync(modelsCacheFolder()));
});

test('a source in a package is told apart and taken apart', () => {
    const parts = { registry: 'npm', spec: 'a@1.2.3', name: 'npm:a@1.2.3', path: 'b/c.bin' };
    assert.deepEqual(packageSource('npm:a@1.2.3/b/c.bin'), parts);
    assert.equal(packageSource('npm:@s/a@1.2.3/c.bin')?.spec, '@s/a@1.2.3');
    assert.deepEqual(packageSource('pypi:a@1.2.3/b/c.bin'), { ...parts, registry: 'pypi', name: 'pypi:a@1.2.3' });
    assert.equal(packageSource('https://example.org/a@1/b'), undefined);
});
