// Large model files in a browser: streamed, kept in the Cache API, taken up where they broke. Chromium with the real modules, and a
// server on this machine that fails as each test says.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { serveFlakily } from '../flaky_server.mjs';
import { browserMissing, launch } from './support.mjs';

const MIB = 2 ** 20;
const CONTENT = randomBytes(19 * MIB + 321); // more than two parts of the cache
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const version = { bytes: CONTENT.length, sha256: sha256(CONTENT) };

/** The modules as they are, and an empty page. */
function answer(url) {
    if (url === '/') return { type: 'text/html', body: '<!doctype html><link rel="icon" href="data:,"><title>test</title>' };
    if (/^\/js\/[\w/]+\.js$/.test(url)) return { type: 'text/javascript', body: readFileSync(new URL(`../..${url}`, import.meta.url)) };
    return undefined;
}

/** In the page: streams a file, at most `pieces` of it, and tells what came. */
async function stream({ file, models, pieces = Infinity, refuse = undefined }) {
    const { streamModelFile } = await import('/js/platform/browser/weights.js');
    const { takeEach } = await import('/js/models/stream.js');
    const { AcgError } = await import('/js/errors.js');
    const parts = [];
    const [warnings, avoid] = [[], new Map()];
    const onWarning = (warning) => warnings.push(warning);
    const controller = new AbortController();
    let counted = 0;
    const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const digest = async () => hex(await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer()));
    try {
        const all = streamModelFile(file, {
            models,
            sha256: digest,
            signal: controller.signal,
            onBytes: (n) => (counted += n),
            onWarning,
            avoid,
        });
        await takeEach(all, async (piece) => {
            parts.push(piece.slice());
            structuredClone(piece, { transfer: [piece.buffer] });
            if (parts.length < pieces) return;
            if (!refuse) controller.abort();
            throw new AcgError(refuse ?? 'CANCELLED', 'no such network');
        });
    } catch (error) {
        return { code: error.code, message: error.message, warnings, avoided: avoid.size };
    }
    return { sha256: await digest(), counted };
}

describe('large files in a browser', { skip: browserMissing }, () => {
    /** @type {import('playwright-core').Browser} */
    let browser;
    let server;
    let context;
    let page;

    before(async () => {
        server = await serveFlakily(CONTENT, answer);
        browser = await launch();
    });
    after(async () => {
        await browser.close();
        await server.close();
    });

    /** A test in a browser that has kept nothing. */
    const inPage = (name, run) =>
        test(name, async () => {
            server.reset();
            context = await browser.newContext();
            page = await context.newPage();
            try {
                await page.goto(server.base);
                await run();
            } finally {
                await context.close();
            }
        });

    const file = (versions = [version]) => ({ path: 'big/net.safetensors', versions, sources: [] });
    const get = (options = {}) => page.evaluate(stream, { file: file(), models: server.base, ...options });
    const keptModels = () => page.evaluate(() => import('/js/platform/browser/weights.js').then(({ listKept }) => listKept()));

    inPage('a file is fetched once, and then read from what was kept', async () => {
        for (let i = 0; i < 2; i++) assert.deepEqual(await get(), { sha256: version.sha256, counted: CONTENT.length });
        assert.deepEqual(server.asked, ['-']);
        assert.deepEqual(await keptModels(), [{ path: 'big/net.safetensors', bytes: CONTENT.length }]);
        await page.reload();
        assert.equal((await get()).sha256, version.sha256);
        assert.deepEqual(server.asked, ['-']);
        await page.evaluate((each) => import('/js/platform/browser/weights.js').then(({ clearKept }) => clearKept([each])), file());
        assert.deepEqual(await keptModels(), []);
        assert.equal((await get()).sha256, version.sha256);
        assert.equal(server.asked.length, 2);
    });

    inPage('a broken connection is taken up where it broke', async () => {
        server.site.breaks = (n) => (n === 1 ? 12 * MIB : undefined);
        assert.deepEqual(await get(), { sha256: version.sha256, counted: CONTENT.length });
        assert.equal(server.asked.length, 2);
        assert.ok(server.asked[1] > 0 && server.asked[1] <= 12 * MIB, String(server.asked[1]));
        assert.equal((await get()).sha256, version.sha256);
        assert.equal(server.asked.length, 2);
    });

    inPage('a download that a visit left is finished by the next', async () => {
        await get({ pieces: 11 });
        await page.reload();
        assert.deepEqual(await get(), { sha256: version.sha256, counted: CONTENT.length });
        assert.deepEqual(server.asked, ['-', 11 * MIB]);
        assert.equal((await get()).sha256, version.sha256);
        assert.equal(server.asked.length, 2);
    });

    inPage('what its taker refuses is not kept', async () => {
        await get({ pieces: 11, refuse: 'BAD_FORMAT' });
        assert.deepEqual(await keptModels(), []);
        await get();
        const { code, warnings, avoided } = await get({ pieces: 1, refuse: 'BAD_FORMAT' });
        assert.deepEqual([code, avoided], ['BAD_FORMAT', 1]);
        assert.match(warnings.join(), /from the cache is damaged or a different file: no such network\. It was deleted there/);
        assert.deepEqual(await keptModels(), []);
    });

    inPage('what is too large for the memory of its taker is kept all the same', async () => {
        await get();
        assert.deepEqual(await get({ pieces: 2, refuse: 'NO_MEMORY' }), {
            code: 'NO_MEMORY',
            message: 'no such network.',
            warnings: [],
            avoided: 0,
        });
        assert.equal((await get()).sha256, version.sha256);
        assert.deepEqual(server.asked, ['-']);
    });

    inPage('what was kept and is damaged is deleted, which is said, and fetched again', async () => {
        await get();
        const spoil = async () => {
            const cache = await caches.open('acg2vec-models');
            const [part] = (await cache.keys()).filter(({ url }) => url.endsWith('?part=1'));
            const bytes = new Uint8Array(await (await cache.match(part)).arrayBuffer());
            bytes[12345] ^= 1;
            await cache.put(part, new Response(bytes));
        };
        await page.evaluate(spoil);
        const { code, warnings, avoided } = await get();
        assert.deepEqual([code, avoided, warnings.length], ['BAD_MODEL', 1, 1]);
        assert.match(
            warnings[0],
            /net\.safetensors from the cache is damaged or a different file: .* It was deleted there, and is fetched again$/,
        );
        assert.deepEqual(await keptModels(), []);
        assert.equal((await get()).sha256, version.sha256);
        assert.deepEqual(server.asked, ['-', '-']);
    });

    inPage('a small file that was kept and is damaged is deleted, which is said, and fetched again', async () => {
        const read = async ([given, models]) => {
            const { streamModelFile } = await import('/js/platform/browser/weights.js');
            const { readModelFile } = await import('/js/models/stream.js');
            const warnings = [];
            const bytes = await readModelFile(streamModelFile, given, { models, onWarning: (warning) => warnings.push(warning) });
            return { bytes: bytes.length, warnings };
        };
        const readOnce = () => page.evaluate(read, [file(), server.base]);
        assert.deepEqual(await readOnce(), { bytes: CONTENT.length, warnings: [] });
        await page.evaluate(async () =>
            (await caches.open('acg2vec-models')).put('/acg2vec-models/big/net.safetensors', new Response('damaged')),
        );
        const { bytes, warnings } = await readOnce();
        assert.deepEqual([bytes, warnings.length], [CONTENT.length, 1]);
        assert.match(warnings[0], /expected \d+ bytes but found 7 bytes\. It was deleted there, and is fetched again$/);
        assert.deepEqual(await readOnce(), { bytes: CONTENT.length, warnings: [] });
        assert.equal(server.asked.length, 2);
    });

    inPage('a file that an earlier version kept, as one entry, is used', async () => {
        await page.evaluate(async () => {
            const whole = await (await fetch('/file')).arrayBuffer();
            await (await caches.open('acg2vec-models')).put('/acg2vec-models/big/net.safetensors', new Response(whole));
        });
        server.asked = [];
        assert.deepEqual(await get(), { sha256: version.sha256, counted: CONTENT.length });
        assert.deepEqual(await keptModels(), [{ path: 'big/net.safetensors', bytes: CONTENT.length }]);
        assert.deepEqual(server.asked, []);
    });

    inPage('wrong bytes are an error, and nothing of them is kept', async () => {
        const wrong = Buffer.from(CONTENT);
        wrong[17 * MIB] ^= 1;
        server.site.content = () => wrong;
        const { code, message } = await get();
        assert.equal(code, 'BAD_MODEL');
        assert.ok(message.includes(version.sha256) && message.includes(sha256(wrong)), message);
        assert.deepEqual(await keptModels(), []);
        // one that users make has its SHA-256 beside it
        server.site.sidecar = `${version.sha256}  net.safetensors\n`;
        assert.equal((await get({ file: file([]) })).code, 'BAD_MODEL');
        server.site.content = () => CONTENT;
        for (let i = 0; i < 2; i++) assert.equal((await get({ file: file([]) })).sha256, version.sha256);
        assert.equal(server.asked.length, 3);
    });
});
