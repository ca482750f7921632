// A service that is run: who may call, how many at once, for how long; what a client that leaves and an engine that dies leave behind.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { outcomeOf } from '../../server/http/refusal.js';
import { createClient } from '../../js/client/engine.js';
import { nodePlatform } from '../../js/platform/node/platform.js';
import { convnetModels } from '../js/convnet_files.mjs';
import { manifestOf } from '../js/tiny_engine.mjs';
import { createService } from '../../server/index.js';
import { formOf, picture, post, small } from './support.mjs';

const TAGS = [{ name: 'sky', score: 0.75, category: 'general' }];

/** An engine whose calls end when the test says so, or when they are aborted. */
class HeldEngine {
    calls = [];
    close = async () => {};
    tag = (_picture, { signal }) =>
        new Promise((resolve, reject) => {
            const call = { signal, finish: () => resolve(TAGS) };
            signal.addEventListener('abort', () => reject(Object.assign(new Error('The work was cancelled.'), { code: 'CANCELLED' })));
            this.calls.push(call);
            this.wake?.();
        });

    /** Resolves when it has been called so many times. */
    async called(times) {
        while (this.calls.length < times) await new Promise((resolve) => (this.wake = resolve));
    }
}

async function start(context, options = {}) {
    const engines = [];
    const startEngine = async () => {
        engines.push(new HeldEngine());
        return engines.at(-1);
    };
    const service = await createService({ port: 0, log: 'silent', startEngine, grace: 0, ...options });
    context.after(() => service.close());
    return { service, engines };
}

const ask = (service, options) => post(service, '/images/tags', formOf({ image: small }), options);
const stateOf = async (service) => (await fetch(new URL('/readyz', service.url))).json();

/** Waits for what takes a few turns of the event loop, such as a connection that closes. */
async function until(condition) {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a full queue: 429 and when to come again, before the upload is read; then there is room again', async (context) => {
    const { service, engines } = await start(context, { queue: 1 });
    const [first, second] = [ask(service), ask(service)];
    await engines[0].called(1);
    await until(async () => (await stateOf(service)).waiting === 1);
    assert.deepEqual(await stateOf(service), { ready: true, workers: 1, busy: 1, waiting: 1 });
    const third = await ask(service);
    assert.equal(third.status, 429);
    assert.equal(third.headers.get('retry-after'), '5');
    assert.match((await third.json()).message, /as many requests as it may have/);
    engines[0].calls[0].finish();
    assert.equal((await first).status, 200);
    await engines[0].called(2);
    engines[0].calls[1].finish();
    assert.deepEqual((await (await second).json()).data, TAGS);
    const fourth = ask(service);
    await engines[0].called(3);
    engines[0].calls[2].finish();
    assert.equal((await fourth).status, 200);
});

test('workers work at the same time', async (context) => {
    const { service, engines } = await start(context, { workers: 2 });
    const asked = [ask(service), ask(service)];
    await Promise.all(engines.map((engine) => engine.called(1)));
    for (const engine of engines) engine.calls[0].finish();
    for (const each of asked) assert.equal((await each).status, 200);
});

test('a client that leaves stops its work, also while it waits, and gives its place back', async (context) => {
    const { service, engines } = await start(context, { queue: 1 });
    const leave = new AbortController();
    const [first, second] = [ask(service, { signal: leave.signal }), ask(service, { signal: leave.signal })];
    await engines[0].called(1);
    await until(async () => (await stateOf(service)).waiting === 1);
    const stopped = once(engines[0].calls[0].signal, 'abort');
    leave.abort();
    await assert.rejects(first, { name: 'AbortError' });
    await assert.rejects(second, { name: 'AbortError' });
    await stopped;
    await until(async () => (await stateOf(service)).busy === 0);
    assert.equal(engines[0].calls.length, 1, 'the one that waited never ran');
    const next = ask(service);
    await engines[0].called(2);
    engines[0].calls[1].finish();
    assert.equal((await next).status, 200);
});

test('a request that takes too long: 408', async (context) => {
    const { service } = await start(context, { seconds: 0.2 });
    const answer = await ask(service);
    assert.equal(answer.status, 408);
    assert.match((await answer.json()).message, /more than 0.2 seconds/);
});

test('told to stop, it finishes what it has and takes no more; what takes longer than the grace is given up', async (context) => {
    const { service, engines } = await start(context, { grace: 30 });
    const running = ask(service);
    await engines[0].called(1);
    const closed = service.close();
    await assert.rejects(ask(service), /fetch failed/);
    engines[0].calls[0].finish();
    assert.equal((await running).status, 200);
    await closed;

    const { service: other, engines: others } = await start(context, { grace: 0.05 });
    const given = ask(other);
    await others[0].called(1);
    await other.close();
    assert.equal((await given).status, 503);
});

describe('access', () => {
    test('a token: as Bearer, or as the password of Basic; health is open', async (context) => {
        const { service, engines } = await start(context, { token: 'sesame' });
        const basic = (text) => `Basic ${Buffer.from(text).toString('base64')}`;
        for (const authorization of ['', 'Bearer', 'Bearer sesam', 'Bearer sesame2', 'Basic sesame', basic('a:sesam'), 'Digest sesame']) {
            const answer = await ask(service, { headers: { authorization } });
            assert.equal(answer.status, 401, authorization);
            assert.match(answer.headers.get('www-authenticate'), /^Bearer/);
        }
        assert.equal((await fetch(new URL('/docs/json', service.url))).status, 401);
        for (const path of ['/healthz', '/readyz', '/ping']) assert.equal((await fetch(new URL(path, service.url))).status, 200);
        for (const [i, authorization] of ['Bearer sesame', basic('user:sesame'), basic(':sesame')].entries()) {
            const asked = ask(service, { headers: { authorization } });
            await engines[0].called(i + 1);
            engines[0].calls[i].finish();
            assert.equal((await asked).status, 200, authorization);
        }
    });

    test('pages of other origins: only those that are named', async (context) => {
        const { service } = await start(context, { cors: ['https://good.example'] });
        const allowed = async (origin) => {
            const answer = await fetch(new URL('/healthz', service.url), { headers: { origin } });
            return answer.headers.get('access-control-allow-origin');
        };
        assert.equal(await allowed('https://good.example'), 'https://good.example');
        assert.equal(await allowed('https://bad.example'), null);
    });

    test('requests of one address in a minute', async (context) => {
        const { service } = await start(context, { rate: 2 });
        const statuses = [];
        for (let i = 0; i < 3; i++) statuses.push((await fetch(new URL('/tagger/v1/interrogators', service.url))).status);
        assert.deepEqual(statuses, [200, 200, 429]);
    });
});

test('figures: by route, without addresses of requests', async (context) => {
    const { service } = await start(context);
    await fetch(new URL('/tagger/v1/interrogators?secret=1', service.url));
    await fetch(new URL('/nowhere/secret', service.url));
    const text = await (await fetch(new URL('/metrics', service.url))).text();
    assert.match(text, /^acg2vec_request_seconds_count\{route="\/tagger\/v1\/interrogators",status="200"\} 1$/m);
    assert.match(text, /^acg2vec_workers 1$/m);
    assert.doesNotMatch(text, /secret/);
});

test('an engine that dies: its request fails, the next one is served', async (context) => {
    const { files, models } = convnetModels();
    const ports = [];
    const platform = {
        ...nodePlatform(),
        readManifest: async () => manifestOf(models),
        streamModelFile: async function* ({ path }) {
            yield new Uint8Array(files[path]);
        },
        startWorker: (listener) => {
            ports.push(nodePlatform().startWorker(listener));
            return ports.at(-1);
        },
    };
    const startEngine = () => createClient(platform, { threads: 1 });
    const { service } = await start(context, { startEngine, grace: 30 });
    const form = () => formOf({ image: picture });
    assert.equal((await post(service, '/images/tags', form())).status, 200);
    const dying = post(service, '/images/tags', form());
    await until(async () => (await stateOf(service)).busy === 1);
    await ports[0].stop();
    assert.equal((await dying).status, 500);
    assert.equal((await post(service, '/images/tags', form())).status, 200);
    assert.equal(ports.length, 2);
});

test('what the engine says, as a status', () => {
    const of = (code, message = 'What is wrong.') => outcomeOf(Object.assign(new Error(message), { code }));
    assert.deepEqual(of('NOT_FOUND', 'Expected weights.'), { status: 503, message: 'Expected weights', retryAfter: undefined });
    assert.equal(of('BAD_MODEL').status, 503);
    assert.equal(of('NO_MEMORY').status, 413);
    assert.equal(of('BAD_ARGUMENT').status, 400);
    assert.equal(of('INTERNAL', 'secret').status, 500);
    assert.doesNotMatch(of('INTERNAL', 'secret').message, /secret/);
    assert.equal(outcomeOf(undefined).status, 500);
});
