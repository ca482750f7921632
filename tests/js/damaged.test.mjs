// Copies of models' files that are not what they should be: one that was fetched is set aside and fetched again, one in a folder of the
// user's is passed over and stays. The sources are a server on this computer.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { createClient } from '../../js/client/engine.js';
import { clearKept, listKept } from '../../js/platform/node/kept.js';
import { nodePlatform } from '../../js/platform/node/platform.js';
import { fetchModelFile, readModelFile, streamModelFile } from '../../js/platform/node/stream.js';
import { modelsCacheFolder } from '../../js/platform/node/weights.js';
import { convnetModels, expected } from './convnet_files.mjs';
import { golden, refuse, shareServer, temporaryFolder } from './support.mjs';
import { manifestOf } from './tiny_engine.mjs';

const GOOD = Buffer.from('the weights');
const BAD = Buffer.from('the weighty');
const PATH = 'some/net.bin';
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const server = await shareServer(GOOD);
let warnings;
beforeEach(() => (warnings = []));

const onWarning = (warning) => warnings.push(warning);
const file = (sources = [`${server.base}/file`]) => ({ path: PATH, versions: [{ bytes: GOOD.length, sha256: sha256(GOOD) }], sources });
const read = (each = file(), models = undefined) => readModelFile(each, { models, resolveUrl: String, onWarning });
const cached = (path = PATH) => join(modelsCacheFolder(), path);

async function stream(each = file(), options = {}) {
    const pieces = [];
    for await (const piece of streamModelFile(each, { resolveUrl: String, onWarning, ...options })) pieces.push(piece);
    return Buffer.concat(pieces);
}

function put(path, bytes) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
}

test('in the cache: set aside, said, and fetched again', async () => {
    for (const bad of [BAD, Buffer.alloc(0), GOOD.subarray(1)]) {
        put(cached(), bad);
        warnings = [];
        assert.deepEqual(Buffer.from(await read()), GOOD);
        assert.deepEqual(readFileSync(cached()), GOOD);
        assert.deepEqual(readFileSync(`${cached()}.damaged`), bad);
        assert.equal(warnings.length, 1);
        assert.match(
            warnings[0],
            /net\.bin from .* is damaged or a different file: .* It is called .*net\.bin\.damaged now, and is fetched again$/,
        );
        assert.deepEqual(Buffer.from(await read()), GOOD);
        assert.equal(warnings.length, 1);
    }
    assert.equal(server.asked.length, 3);
    assert.deepEqual(await listKept(), [{ path: PATH, bytes: 2 * GOOD.length - 1 }]);
    await clearKept([file()]);
    assert.deepEqual(readdirSync(dirname(cached())), []);
});

test('in the cache, where it cannot be fetched: an error that says so; one that nobody publishes stays', async () => {
    put(cached(), BAD);
    server.site.refuse = () => 404;
    await assert.rejects(read(), { code: 'NOT_FOUND', message: /could not be loaded/ });
    assert.equal(warnings.length, 1);
    assert.deepEqual(readdirSync(dirname(cached())), ['net.bin.damaged']);
    put(cached(), BAD);
    await assert.rejects(read(file([])), { code: 'BAD_MODEL' });
    assert.deepEqual(readFileSync(cached()), BAD);
});

test('in a folder of the user: passed over, said, and left as it is', async (context) => {
    const [given, environment] = [temporaryFolder(context), temporaryFolder(context)];
    process.env.ACG2VEC_MODELS = environment;
    const paths = [given, environment].map((folder) => put(join(folder, PATH), BAD));
    for (const readOnce of [() => read(file(), given), () => read(file([]), given)]) {
        warnings = [];
        assert.deepEqual(Buffer.from(await readOnce()), GOOD); // the second time from the cache
        assert.deepEqual(
            warnings.map((warning) => paths.findIndex((path) => warning.includes(path))),
            [0, 1],
        );
        for (const warning of warnings) assert.match(warning, /It was passed over$/);
    }
    for (const path of paths) assert.deepEqual([readdirSync(dirname(path)), readFileSync(path)], [['net.bin'], BAD]);
});

test('in a folder of the user, and nowhere else: the first is the error', async (context) => {
    const given = temporaryFolder(context);
    const path = put(join(given, PATH), BAD);
    server.site.refuse = () => 404;
    await assert.rejects(read(file(), given), (error) => error.code === 'BAD_MODEL' && error.message.includes(path));
    assert.deepEqual(warnings, []);
    assert.deepEqual(readFileSync(path), BAD);
});

test('a folder where the file should be is passed over too', async (context) => {
    const given = temporaryFolder(context);
    mkdirSync(join(given, PATH), { recursive: true });
    assert.deepEqual(Buffer.from(await read(file(), given)), GOOD);
    assert.match(warnings[0], /could not be read: Expected a file but .* is a folder/);
});

test('a cache that cannot be written to is said; the file is used all the same', async (context) => {
    const blocked = put(join(temporaryFolder(context), 'file'), '');
    process.env.XDG_CACHE_HOME = blocked;
    for (const get of [read, stream]) {
        warnings = [];
        assert.deepEqual(Buffer.from(await get()), GOOD);
        assert.equal(warnings.length, 1);
        assert.match(warnings[0], /net\.bin could not be kept, and will be fetched again the next time: On the way to .* there is a file/);
    }
    // who asks for it to be kept is told
    await assert.rejects(fetchModelFile(file(), {}), { code: 'ENOTDIR', message: /^On the way to/ });
});

test('in pieces: the copy is set aside and avoided, whether the check or the taker finds it out', async () => {
    for (const isRefused of [false, true]) {
        put(cached(), BAD);
        warnings = [];
        const avoid = new Map();
        if (isRefused) await refuse(streamModelFile(file(), { resolveUrl: String, onWarning, avoid }));
        else await assert.rejects(stream(file(), { avoid }), { code: 'BAD_MODEL' });
        assert.deepEqual([...avoid], [[cached(), undefined]]);
        assert.equal(warnings.length, 1);
        assert.deepEqual(readdirSync(dirname(cached())), ['net.bin.damaged']);
        assert.deepEqual(await stream(file(), { avoid }), GOOD);
        assert.deepEqual(readFileSync(cached()), GOOD);
    }
});

test('in pieces: a good copy that its taker refuses, or that is interrupted, stays', async () => {
    put(cached(), GOOD);
    const avoid = new Map();
    await refuse(streamModelFile(file(), { resolveUrl: String, onWarning, avoid }));
    const controller = new AbortController();
    put(cached(), BAD);
    for await (const _ of streamModelFile(file(), { resolveUrl: String, onWarning, avoid, signal: controller.signal })) {
        controller.abort();
        break;
    }
    assert.deepEqual([[...avoid], warnings, readdirSync(dirname(cached()))], [[], [], ['net.bin']]);
});

test('in pieces: of folders of the user, the next', async (context) => {
    const [models, environment] = [temporaryFolder(context), temporaryFolder(context)];
    process.env.ACG2VEC_MODELS = environment;
    const path = put(join(models, PATH), BAD);
    put(join(environment, PATH), GOOD);
    const avoid = new Map();
    await assert.rejects(stream(file(), { models, avoid }), { code: 'BAD_MODEL' });
    assert.equal(avoid.get(path)?.code, 'BAD_MODEL', 'whoever tries again will say it');
    assert.deepEqual(await stream(file(), { models, avoid }), GOOD);
    assert.deepEqual([readFileSync(path), warnings, server.asked], [BAD, [], []]);
});

test('a network whose weights are damaged, at their beginning or at their end, is opened all the same', async (context) => {
    const { files, models } = convnetModels();
    const model = structuredClone(models.find(({ model: name }) => name === 'pix2score'));
    const weights = model.files.find(({ path }) => path.endsWith('.safetensors'));
    const bytes = files[weights.path];
    Object.assign(weights, { versions: [{ bytes: bytes.length, sha256: sha256(bytes) }], sources: [`${server.base}/file`] });
    const folder = temporaryFolder(context);
    for (const { path } of model.files) put(join(path === weights.path ? folder : modelsCacheFolder(), path), files[path]);
    server.site.content = () => bytes;
    const platform = { ...nodePlatform(), readManifest: async () => manifestOf([model]) };
    for (const [at, given] of [
        [20, undefined],
        [bytes.length - 5, undefined],
        [bytes.length - 5, folder],
    ]) {
        const damaged = Buffer.from(bytes);
        damaged[at] ^= 0x55;
        const path = put(join(given ?? modelsCacheFolder(), weights.path), damaged);
        warnings = [];
        const engine = await createClient(platform, { models: given, onWarning });
        try {
            const { sanity } = await engine.score(golden('anime256.png'));
            assert.ok(Math.abs(sanity.probabilities[0] - expected.sanity[0]) < 1e-3);
        } finally {
            await engine.close();
        }
        assert.equal(warnings.length, 1, warnings.join('\n'));
        assert.match(warnings[0], given ? /It was passed over$/ : /is fetched again$/);
        assert.equal(existsSync(`${path}.damaged`), given === undefined);
    }
});
