// The client over a worker that the test plays: order, abort, the death of the worker, which models stay open.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createClient } from '../../js/client/engine.js';
import { AcgError } from '../../js/errors.js';
import { Output } from '../../js/client/output.js';
import { readManifest } from '../../js/platform/node/weights.js';

const PICTURE = { data: new Uint8Array(3), width: 1, height: 1, channels: 3 };
const REPLY = { width: 2, height: 2, channels: 3, cost: 0, decodeMs: 0, upscaleMs: 0, notes: [] };

/** A platform whose workers note what they are asked and answer at once, but for the requests named in `keepWaiting`. */
function fakePlatform({ keepWaiting = [] } = {}) {
    const workers = [];
    const platform = {
        host: { cores: 4, isolated: true },
        startWorker({ onMessage, onDeath }) {
            const worker = {
                requests: [],
                aborted: [],
                stopped: false,
                die: (why = 'the test killed it') => onDeath(why),
                send: onMessage,
                done: (id) => onMessage({ id, type: 'done', body: REPLY }),
                fail: (id, code, fatal) => onMessage({ id, type: 'failed', error: { code, message: code, fatal } }),
            };
            workers.push(worker);
            const post = (message) => {
                if (message.type === 'abort') return void worker.aborted.push(message.id);
                worker.requests.push(message);
                if (!keepWaiting.includes(message.name)) setImmediate(() => worker.done(message.id));
            };
            return { post, hold() {}, stop: async () => void (worker.stopped = true) };
        },
        readManifest,
        readUrl: () => assert.fail('no URL is to be read'),
        resolveUrl: String,
        notes: { read: async () => undefined, write: async () => {} },
        async *streamModelFile() {
            yield new Uint8Array(1);
        },
    };
    return { platform, workers };
}

/** Without those that bring a model's bytes. */
const names = ({ requests }) => requests.map(({ name }) => name).filter((name) => !/^model(Bytes|End)$/.test(name));
const upscales = ({ requests }) => requests.filter(({ name }) => name === 'upscale');

/** Waits until the worker has been asked for `count` upscales. */
async function asked(worker, count) {
    while (upscales(worker).length < count) await turn();
    return upscales(worker).at(-1).id;
}

test('the first request tells the worker which build to load, with how many threads', async () => {
    const { platform, workers } = fakePlatform();
    const engine = await createClient(platform, { threads: 3, wasm: '/bin/' });
    assert.match(engine.info.variant, /^(relaxed|simd)-threads$/);
    assert.equal(engine.info.threads, 3);
    assert.deepEqual(workers[0].requests[0].body, { ...engine.info, wasm: '/bin/' });
});

test('the worker is told where decoders are', async () => {
    const { platform, workers } = fakePlatform();
    await createClient({ ...platform, resolveUrl: (url) => `https://site/${url}` }, { decoders: { avif: 'avif.js' } });
    assert.deepEqual(workers[0].requests[0].body.decoders, { avif: 'https://site/avif.js' });
});

test('without isolation, and when asked for one thread, a build without threads is chosen', async () => {
    const { platform } = fakePlatform();
    assert.equal((await createClient(platform, { threads: 1 })).info.threads, 1);
    platform.host.isolated = false;
    const { info } = await createClient(platform, { threads: 4 });
    assert.equal(info.threads, 1);
    assert.match(info.variant, /^(relaxed|simd)$/);
});

test('where no memory can be shared, one thread does the work', async () => {
    const { platform, workers } = fakePlatform({ keepWaiting: ['init'] });
    const client = createClient(platform, { threads: 3 });
    while (!workers[0]?.requests.length) await turn();
    workers[0].fail(workers[0].requests[0].id, 'NO_MEMORY');
    while (!workers[1]?.requests.length) await turn();
    assert.equal(workers[0].stopped, true);
    workers[1].done(workers[1].requests[0].id);
    const { info } = await client;
    assert.equal(info.threads, 1);
    assert.match(info.variant, /^(relaxed|simd)$/);
    assert.deepEqual(workers[1].requests[0].body, { ...info, wasm: undefined });
});

test('a worker whose threads do not start is replaced by another; after three, one thread does the work', async () => {
    const { platform, workers } = fakePlatform({ keepWaiting: ['init'] });
    const client = createClient(platform, { threads: 3 });
    for (let i = 0; i < 3; i++) {
        while (!workers[i]?.requests.length) await turn();
        workers[i].die(new AcgError('INTERNAL', 'no workers', { reason: 'WORKERS_STALLED' }));
        while (!workers[i].stopped) await turn();
    }
    while (!workers[3]?.requests.length) await turn();
    workers[3].done(workers[3].requests[0].id);
    assert.equal((await client).info.threads, 1);
    assert.match(workers[3].requests[0].body.variant, /^(relaxed|simd)$/);
    assert.equal(workers.length, 4);
});

test('an engine that is closed while its threads do not start gets no other worker', async () => {
    const { platform, workers } = fakePlatform({ keepWaiting: ['init'] });
    const closing = new AbortController();
    const client = createClient(platform, { threads: 3, signal: closing.signal });
    while (!workers[0]?.requests.length) await turn();
    workers[0].die(new AcgError('INTERNAL', 'no workers', { reason: 'WORKERS_STALLED' }));
    closing.abort();
    await assert.rejects(client, { code: 'CANCELLED' });
    assert.equal(workers.length, 1);
});

test('where the manifest cannot be had, no worker stays', async () => {
    const { platform, workers } = fakePlatform();
    platform.readManifest = () => Promise.reject(new Error('no manifest'));
    await assert.rejects(createClient(platform), /no manifest/);
    while (!workers[0]?.stopped) await turn();
});

test('calls at once run one after the other', async () => {
    const { platform, workers } = fakePlatform({ keepWaiting: ['upscale'] });
    const engine = await createClient(platform);
    const calls = [engine.upscale(PICTURE), engine.upscale(PICTURE)];
    const first = await asked(workers[0], 1);
    for (let i = 0; i < 5; i++) await turn();
    assert.equal(upscales(workers[0]).length, 1);
    workers[0].done(first);
    workers[0].done(await asked(workers[0], 2));
    assert.deepEqual(
        (await Promise.all(calls)).map(({ width }) => width),
        [2, 2],
    );
});

test("a picture is read when its turn has come, and an error in reading it is that call's", async () => {
    const { platform, workers } = fakePlatform({ keepWaiting: ['upscale'] });
    const read = [];
    platform.readUrl = async (url) => {
        read.push(url);
        if (url === 'missing.png') throw new AcgError('NOT_FOUND', 'No such file: missing.png');
        return new Uint8Array(1);
    };
    const engine = await createClient(platform);
    const calls = ['a.png', 'missing.png', 'b.png'].map((url) => engine.upscale(url));
    calls[1].catch(() => {});
    const first = await asked(workers[0], 1);
    for (let i = 0; i < 5; i++) await turn();
    assert.deepEqual(read, ['a.png']);
    workers[0].done(first);
    await assert.rejects(calls[1], { name: 'AcgError', code: 'UNREADABLE', message: 'No such file: missing.png.' });
    workers[0].done(await asked(workers[0], 2));
    await Promise.all([calls[0], calls[2]]);
    assert.deepEqual(read, ['a.png', 'missing.png', 'b.png']);
});

test('a picture that cannot be read is told before a model is opened for it', async () => {
    const { platform, workers } = fakePlatform();
    platform.readUrl = () => Promise.reject(new AcgError('NOT_FOUND', 'No such file: missing.png'));
    const engine = await createClient(platform);
    for (const call of [engine.upscale('missing.png'), engine.score('missing.png'), engine.embedImage('missing.png')]) {
        await assert.rejects(call, { code: 'UNREADABLE', message: 'No such file: missing.png.' });
    }
    assert.deepEqual(workers.flatMap(names), ['init']);
});

test('a call that waits and is aborted never reaches the worker; the next one does', async () => {
    const { platform, workers } = fakePlatform({ keepWaiting: ['upscale'] });
    const engine = await createClient(platform);
    const abort = new AbortController();
    const first = engine.upscale(PICTURE);
    const id = await asked(workers[0], 1);
    const second = engine.upscale(PICTURE, { signal: abort.signal });
    const third = engine.upscale(PICTURE);
    abort.abort();
    await assert.rejects(second, { code: 'CANCELLED' });
    workers[0].done(id);
    await first;
    workers[0].done(await asked(workers[0], 2));
    await third;
    assert.equal(upscales(workers[0]).length, 2);
});

test('aborting a call that runs tells the worker, and the answer decides', async () => {
    const { platform, workers } = fakePlatform({ keepWaiting: ['upscale'] });
    const engine = await createClient(platform);
    const abort = new AbortController();
    const call = engine.upscale(PICTURE, { signal: abort.signal });
    const id = await asked(workers[0], 1);
    abort.abort();
    assert.deepEqual(workers[0].aborted, [id]);
    workers[0].fail(id, 'CANCELLED', false);
    await assert.rejects(call, { name: 'AcgError', code: 'CANCELLED' });
    assert.equal(workers[0].stopped, false);
});

test('when the worker dies the call is refused, and the next one gets a new worker and opens its model again', async () => {
    const { platform, workers } = fakePlatform({ keepWaiting: ['upscale'] });
    const engine = await createClient(platform);
    const call = engine.upscale(PICTURE);
    await asked(workers[0], 1);
    workers[0].die();
    await assert.rejects(call, { code: 'INTERNAL', message: /worker stopped: the test killed it/ });
    const again = engine.upscale(PICTURE);
    while (workers.length < 2) await turn();
    workers[1].done(await asked(workers[1], 1));
    await again;
    assert.deepEqual(names(workers[1]), ['init', 'openModel', 'upscale']);
});

test('a worker that dies while the model is fetched does not leave the call waiting', async () => {
    const { platform, workers } = fakePlatform();
    platform.streamModelFile = async function* () {
        workers[0].die();
        yield new Uint8Array(1);
    };
    const engine = await createClient(platform);
    await assert.rejects(engine.upscale(PICTURE), { code: 'INTERNAL', message: /the test killed it/ });
});

test('an engine that broke is stopped and replaced', async () => {
    const { platform, workers } = fakePlatform({ keepWaiting: ['upscale'] });
    const engine = await createClient(platform);
    const call = engine.upscale(PICTURE);
    workers[0].fail(await asked(workers[0], 1), 'INTERNAL', true);
    await assert.rejects(call, { code: 'INTERNAL' });
    assert.equal(workers[0].stopped, true);
    engine.upscale(PICTURE).catch(() => {});
    while (workers.length < 2) await turn();
    await engine.close();
});

test('an exception in a function of the caller aborts the work and is what the call ends with', async () => {
    const { platform, workers } = fakePlatform({ keepWaiting: ['upscale'] });
    const engine = await createClient(platform);
    const mine = new TypeError('mine');
    const call = engine.upscale(PICTURE, {
        onTile() {
            throw mine;
        },
    });
    const id = await asked(workers[0], 1);
    workers[0].send({ id, type: 'event', name: 'tile', body: {} });
    assert.deepEqual(workers[0].aborted, [id]);
    workers[0].done(id);
    await assert.rejects(call, (error) => error === mine);
});

test('two models stay open, the one used longest ago is closed for a third', async () => {
    const { platform, workers } = fakePlatform();
    const engine = await createClient(platform);
    for (const scale of [2, 3, 2, 4, 2]) await engine.upscale(PICTURE, { scale });
    const work = workers[0].requests.filter(({ name }) => name.endsWith('Model'));
    assert.deepEqual(
        work.map(({ name, body }) => `${name} ${body.id}`),
        [
            'openModel realcugan/se/up2x-conservative',
            'openModel realcugan/se/up3x-conservative',
            'closeModel realcugan/se/up3x-conservative',
            'openModel realcugan/se/up4x-conservative',
        ],
    );
});

test('close ends what runs and what waits, and refuses what comes', async () => {
    const { platform, workers } = fakePlatform({ keepWaiting: ['upscale'] });
    const engine = await createClient(platform);
    const calls = [engine.upscale(PICTURE), engine.upscale(PICTURE)];
    await asked(workers[0], 1);
    await engine.close();
    for (const call of calls) await assert.rejects(call, { code: 'CANCELLED' });
    await assert.rejects(engine.upscale(PICTURE), { code: 'CANCELLED' });
    assert.equal(workers[0].stopped, true);
    assert.equal(workers.length, 1);
    await engine.close();
});

test('the signal of the engine closes it', async () => {
    const { platform, workers } = fakePlatform();
    const abort = new AbortController();
    const engine = await createClient(platform, { signal: abort.signal });
    abort.abort();
    assert.equal(workers[0].stopped, true);
    await assert.rejects(engine.upscale(PICTURE), { code: 'CANCELLED' });
    await assert.rejects(createClient(platform, { signal: abort.signal }), { code: 'CANCELLED' });
    const soon = new AbortController();
    const starting = createClient(platform, { signal: soon.signal });
    soon.abort();
    await assert.rejects(starting, { code: 'CANCELLED' });
    assert.equal(workers.length, 1);
});

test('a large output becomes parts of a blob on the way, and loses nothing', async () => {
    const output = new Output('png', undefined);
    for (let i = 0; i < 5; i++) output.add(new Uint8Array(9 << 20).fill(i));
    const bytes = new Uint8Array(await output.finish().blob.arrayBuffer());
    assert.equal(bytes.length, 45 << 20);
    for (let i = 0; i < 5; i++) assert.ok(bytes[i * (9 << 20)] === i && bytes[(i + 1) * (9 << 20) - 1] === i);
});

test('chunks become a PNG blob, bare pixels, or go to onChunk as they come', async () => {
    const { platform, workers } = fakePlatform({ keepWaiting: ['upscale'] });
    const engine = await createClient(platform);
    let count = 0;
    const run = async (options) => {
        const call = engine.upscale(PICTURE, options);
        const id = await asked(workers[0], ++count);
        for (const chunk of [[1, 2], [3]]) workers[0].send({ id, type: 'event', name: 'chunk', body: Uint8Array.from(chunk) });
        workers[0].done(id);
        return call;
    };
    const { blob } = await run({});
    assert.equal(blob.type, 'image/png');
    assert.deepEqual([...new Uint8Array(await blob.arrayBuffer())], [1, 2, 3]);
    assert.deepEqual([...(await run({ format: 'pixels' })).pixels], [1, 2, 3]);
    const chunks = [];
    const result = await run({ onChunk: (chunk) => chunks.push([...chunk]) });
    assert.deepEqual(chunks, [[1, 2], [3]]);
    assert.ok(!('blob' in result) && !('pixels' in result));
});

test('engine.models tells what is kept of every model, and forgets it', async () => {
    const { platform } = fakePlatform();
    const platformManifest = await readManifest();
    const kept = new Map([
        ['dclip/image.safetensors', 7],
        ['realcugan/se/up2x-conservative.bin', 10],
        ['realcugan/se/up2x-conservative.param', 5],
    ]);
    platform.keptModels = {
        list: async () => [...kept].map(([path, bytes]) => ({ path, bytes })),
        check: async () => {},
        listOriginals: async () => [{ path: 'dclip/pytorch_model.bin', bytes: 3 }],
        clear: async (files) => files.forEach(({ path }) => kept.delete(path)),
    };
    const engine = await createClient(platform);
    const find = async (id) => (await engine.models.list()).find((each) => each.id === id);
    assert.deepEqual(await find('realcugan/se/up2x-conservative'), {
        id: 'realcugan/se/up2x-conservative',
        model: 'se',
        task: 'upscale',
        input: undefined,
        defaults: undefined,
        licence: 'MIT',
        origin: platformManifest.models[0].origin,
        bytes: 2578409,
        keptBytes: 15,
        isWhole: false,
        missing: [
            { path: 'realcugan/se/up2x-conservative.param', bytes: 4761 },
            { path: 'realcugan/se/up2x-conservative.bin', bytes: 2573648 },
        ],
        published: undefined,
    });
    const { published, ...image } = await find('dclip/image');
    const what = { id: 'dclip/image', model: 'dclip', task: 'embed', input: 'image', defaults: undefined };
    assert.deepEqual(
        { ...image, origin: '' },
        { ...what, licence: 'none stated', origin: '', bytes: undefined, keptBytes: 7, isWhole: true, missing: [] },
    );
    assert.deepEqual((await find('wd-vit')).defaults, { threshold: 0.35, thresholds: { general: 0.35, character: 0.85 } });
    assert.equal((await find('deepdanbooru')).defaults.fit, false);
    const { canFetch, bytes, begunBytes, keptBytes } = published;
    assert.deepEqual([canFetch, bytes > 1.7e9, begunBytes, keptBytes.int8], [true, true, 3, 310726292]);
    assert.equal((await find('pix2score')).published.canFetch, false);
    await assert.rejects(engine.models.clear(['dclip/nothing']), { code: 'BAD_ARGUMENT', message: /received 'dclip\/nothing'/ });
    await assert.rejects(engine.models.clear('dclip'), { code: 'BAD_ARGUMENT', message: /array of ids for ids/ });
    await engine.models.clear(['realcugan/se']);
    assert.deepEqual([...kept.keys()], ['dclip/image.safetensors']);
    await engine.models.clear();
    assert.equal(kept.size, 0);
});
