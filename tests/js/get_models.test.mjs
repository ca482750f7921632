// Models from where they are published, through the whole engine in Node: fetched, broken off, continued, converted, kept, used. The files are
// small, the server and the manifest are the test's own. What the converter writes is tested in converter.test.mjs.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { createClient } from '../../js/client/engine.js';
import { nodePlatform } from '../../js/platform/node/platform.js';
import { serveHub } from '../hub_server.mjs';
import { makeSources, safetensorsOf, tensor } from './converter_sources.mjs';
import { golden, readGolden, temporaryFolder } from './support.mjs';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const cache = temporaryFolder({ after });
process.env.XDG_CACHE_HOME = cache;
const MODELS = join(cache, 'acg2vec/models');
const ORIGINALS = join(cache, 'acg2vec/originals');

const source = makeSources().clip;
// No weights, and passed over: so that the file has several of the pieces that it comes in.
const FILLER = tensor('I64', [400_000], new Array(400_000).fill(0n));
const WEIGHTS = Buffer.from(safetensorsOf(new Map([...source.tensors, ['text_model.embeddings.position_ids', FILLER]])));
const files = new Map([
    ['model.safetensors', WEIGHTS],
    ['config.json', Buffer.from(JSON.stringify(source.config ?? JSON.parse(source.texts['config.json'])))],
    ...['model.safetensors', 'selected_tags.csv'].map((name) => /** @type {const} */ ([`wd/${name}`, readGolden(`wd-vit/${name}`)])),
]);
const expected = JSON.parse(readFileSync(new URL('../golden/converted.json', import.meta.url), 'utf8')).clip;

let hub;
let engine;
before(async () => (hub = await serveHub(new Map(files))));
after(async () => {
    await engine?.close();
    await hub.close();
});
beforeEach(async () => {
    hub.asked.length = 0;
    hub.breaks = hub.stalls = undefined;
    hub.files = new Map(files);
    await engine?.close();
    engine = await startEngine();
    await engine.models.clear();
});

const half = (part, network) => ({
    ...{ id: `tiny/${part}`, publication: 'tiny', part, network, input: part, model: 'tiny', licence: 'none', origin: 'a test' },
    files: [{ path: `tiny/${part}.safetensors`, versions: [], sources: [], converted: { int8: 1, f16: 1, f32: 1 } }],
});

const byHand = {
    ...{ id: 'hand', publication: 'by-hand', network: 'resnet_v2', input: 'image', model: 'hand', licence: 'none', origin: 'a test' },
    files: [{ path: 'hand/model.safetensors', versions: [], sources: [], converted: { int8: 1 } }],
};

/** Published as the engine takes it. */
const asItIs = () => ({
    ...{ id: 'wd-vit', network: 'vit_tagger', task: 'tag', input: 'image', model: 'wd-vit', licence: 'none', origin: 'a test' },
    defaults: { threshold: 0.35, thresholds: {} },
    files: ['model.safetensors', 'selected_tags.csv'].map((name) => ({
        path: `wd-vit/${name}`,
        versions: [{ bytes: files.get(`wd/${name}`).length, sha256: sha256(files.get(`wd/${name}`)) }],
        sources: [`${hub.base}/wd/${name}`],
    })),
});

function startEngine() {
    const published = [
        { path: 'model.safetensors', url: `${hub.base}/model.safetensors`, bytes: WEIGHTS.length, sha256: sha256(WEIGHTS) },
        { path: 'config.json', url: `${hub.base}/config.json` },
    ];
    const manifest = {
        models: [half('image', 'clip_vision'), half('text', 'clip_text'), byHand, asItIs()],
        publications: [
            { id: 'tiny', page: 'https://example.org/tiny', files: published },
            { id: 'by-hand', page: 'https://example.org/by-hand', files: [] },
        ],
    };
    return createClient({ ...nodePlatform(), readManifest: async () => manifest }, { threads: 2 });
}

/** What is to be converted. */
const published = () => [...files].filter(([path]) => !path.startsWith('wd/'));

const made = (name) => sha256(readFileSync(join(MODELS, 'tiny', name)));

test('what is published is fetched, converted and kept, and the large files do not stay', async () => {
    const stages = new Set();
    await engine.models.fetch(['tiny'], { onProgress: ({ stage }) => stages.add(stage) });
    assert.equal(made('image.safetensors'), expected.int8['image.safetensors']);
    assert.equal(made('text.safetensors'), expected.int8['text.safetensors']);
    assert.equal(readFileSync(join(MODELS, 'tiny/image.safetensors.sha256'), 'utf8'), `${made('image.safetensors')}  image.safetensors\n`);
    assert.deepEqual(readdirSync(join(ORIGINALS, 'tiny')), []);
    assert.deepEqual(
        readdirSync(join(MODELS, 'tiny')).filter((name) => name.startsWith('.')),
        [],
    );
    assert.deepEqual([...stages], ['models', 'convert']);
    const [image] = await engine.models.list();
    assert.equal(image.isWhole, true);
    hub.asked.length = 0;
    await engine.models.fetch(['tiny']);
    assert.deepEqual(hub.asked, [], 'it is there');
    await engine.models.fetch(['tiny/image'], { dtype: 'f16' });
    assert.equal(made('image.safetensors'), expected.f16['image.safetensors']);
    assert.equal(made('text.safetensors'), expected.int8['text.safetensors'], 'nobody asked for it');
});

test('a connection that breaks is taken up where it broke', async () => {
    hub.breaks = (path, n) => (path === 'model.safetensors' && n === 1 ? 1_700_000 : undefined);
    await engine.models.fetch(['tiny']);
    const [first, second] = hub.asked.map(({ from }) => from);
    assert.ok(first === 0 && second > 0 && second <= 1_700_000, `asked from ${second}`); // some of what was sent last may be lost
    assert.equal(made('image.safetensors'), expected.int8['image.safetensors']);
});

test('a call that is stopped leaves what has come, and the next one goes on there', async () => {
    const stop = new AbortController();
    hub.stalls = () => 2_800_000;
    const stopping = engine.models.fetch(['tiny'], { signal: stop.signal, onProgress: ({ done }) => done > 0 && stop.abort() });
    await assert.rejects(stopping, { code: 'CANCELLED' });
    hub.stalls = undefined;
    hub.asked.length = 0;
    assert.ok(!existsSync(join(MODELS, 'tiny/image.safetensors')));
    await engine.models.fetch(['tiny']);
    assert.ok(hub.asked[0].from > 0, `asked from ${hub.asked[0].from}`);
    assert.equal(made('image.safetensors'), expected.int8['image.safetensors']);
});

test('another file than the known one is refused, and nothing of it stays', async () => {
    const wrong = Buffer.from(WEIGHTS);
    wrong[wrong.length - 1] ^= 1;
    hub.files.set('model.safetensors', wrong);
    await assert.rejects(engine.models.fetch(['tiny']), { code: 'BAD_MODEL', message: /expected SHA-256 .* but found/ });
    assert.deepEqual(
        readdirSync(ORIGINALS, { recursive: true }).filter((name) => /safetensors/.test(name)),
        [],
    );
    hub.files = new Map(files);
    await engine.models.fetch(['tiny']);
    assert.equal(made('image.safetensors'), expected.int8['image.safetensors']);
});

test('files that the user has are converted, from paths, a folder or Blobs', async () => {
    const folder = temporaryFolder({ after });
    for (const [path, bytes] of published()) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), bytes);
    }
    const ways = [[folder], published().map(([path]) => join(folder, path)), published().map(([path, bytes]) => new File([bytes], path))];
    for (const given of ways) {
        await engine.models.clear();
        assert.deepEqual(await engine.models.add(given), ['tiny/image', 'tiny/text']);
        assert.equal(made('text.safetensors'), expected.int8['text.safetensors']);
    }
    const to = temporaryFolder({ after });
    assert.deepEqual(await engine.models.add([folder], { ids: ['tiny/text'], dtype: 'f32', folder: to }), ['tiny/text']);
    assert.equal(sha256(readFileSync(join(to, 'tiny/text.safetensors'))), expected.f32['text.safetensors']);
    assert.deepEqual(hub.asked, []);
});

test('what is published as the engine takes it is fetched while the engine is at work, and added, whatever the name of its weights', async () => {
    hub.stalls = (path) => (path === 'wd/model.safetensors' ? 1000 : undefined);
    const stop = new AbortController();
    let hasBegun = () => {};
    const begun = new Promise((resolve) => (hasBegun = () => resolve(undefined)));
    const stopping = engine.models.fetch(['wd-vit'], { signal: stop.signal, onProgress: () => hasBegun() });
    await begun;
    await engine.models.add([new File([WEIGHTS], 'x'), new File([files.get('config.json')], 'config.json')]); // ends in the engine's queue
    stop.abort();
    await assert.rejects(stopping, { code: 'CANCELLED' });
    hub.stalls = undefined;
    await engine.models.fetch(['wd-vit']);
    assert.ok((await engine.tag(golden('anime256.png'), { model: 'wd-vit', threshold: 0 })).length > 0);

    await engine.models.clear(['wd-vit']);
    const [weights, names] = ['wd/model.safetensors', 'wd/selected_tags.csv'].map((path) => files.get(path));
    const other = Buffer.from(weights);
    other[other.length - 1] ^= 1;
    await assert.rejects(engine.models.add([new File([other], 'any name')]), { code: 'BAD_MODEL', message: /another version/ });
    hub.asked.length = 0;
    assert.deepEqual(await engine.models.add([new File([weights], 'any name'), new File([names], 'selected_tags.csv')]), ['wd-vit']);
    assert.equal((await engine.models.list()).find(({ id }) => id === 'wd-vit')?.isWhole, true);
    assert.ok((await engine.tag(golden('anime256.png'), { model: 'wd-vit', threshold: 0 })).length > 0);
    assert.deepEqual(hub.asked, []);
});

test('what cannot be is a sentence', async () => {
    const cases = [
        [() => engine.models.fetch([]), 'BAD_ARGUMENT', /array of ids/],
        [() => engine.models.fetch(['nothing']), 'BAD_ARGUMENT', /received 'nothing'/],
        [() => engine.models.fetch(['tiny'], { dtype: 'int4' }), 'BAD_ARGUMENT', /int8, f16, bf16, f32/],
        [() => engine.models.fetch(['hand']), 'NOT_FOUND', /https:\/\/example\.org\/by-hand/],
        [() => engine.models.add([]), 'BAD_ARGUMENT', /array of files/],
        [() => engine.models.add(['/nowhere/model.bin']), 'NOT_FOUND', /no such file or folder as \/nowhere\/model\.bin/],
        [() => engine.models.add([new File(['text'], 'model.bin')]), 'UNSUPPORTED', /PyTorch, safetensors or HDF5/],
        [() => engine.models.add([new File([WEIGHTS], 'x')], { ids: ['hand'] }), 'BAD_MODEL', /by-hand .* another network \(clip\)/],
        [() => engine.models.add([new File([WEIGHTS.subarray(0, 5000)], 'x')]), 'BAD_FORMAT', /./],
    ];
    for (const [call, code, message] of cases) await assert.rejects(call(), { name: 'AcgError', code, message });
    assert.ok(!existsSync(join(MODELS, 'tiny/image.safetensors')));
});
