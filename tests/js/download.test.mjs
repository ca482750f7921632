// Large files over a network that fails: a server on this machine that breaks connections, has ranges or none, changes its file
// and sends wrong bytes. What arrives must be what it has, and nothing is asked for twice that is there.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { clearKept, listKept } from '../../js/platform/node/kept.js';
import { NO_STORE, download } from '../../js/models/download.js';
import { streamModelFile } from '../../js/platform/node/stream.js';
import { modelsCacheFolder } from '../../js/platform/node/weights.js';
import { refuse, shareServer, temporaryFolder, tokenOfKilled } from './support.mjs';

const MIB = 2 ** 20;
const CONTENT = randomBytes(5 * MIB + 1234);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const server = await shareServer(CONTENT);
const { base } = server;

async function gather(pieces) {
    const all = [];
    for await (const piece of pieces) {
        all.push(piece.slice());
        structuredClone(piece, { transfer: [piece.buffer] }); // as the taker may do
    }
    return Buffer.concat(all);
}

// Node asks again by itself when a connection of its pool turns out to be closed.
const withoutRepeats = (list) => list.filter((each, i) => i === 0 || each !== list[i - 1]);

const get = (options = {}) => gather(download(`${base}/file`, NO_STORE, { retryMs: 1, ...options }));
const published = { bytes: CONTENT.length, sha256: sha256(CONTENT) };
const file = (versions = [published]) => ({ path: 'big/net.safetensors', versions, sources: [`${base}/file`] });
const stream = (each = file(), options = {}) => gather(streamModelFile(each, { resolveUrl: String, retryMs: 1, ...options }));
/** Takes so many pieces of a file, and is then interrupted. */
async function interrupt(pieces) {
    const controller = new AbortController();
    const taken = streamModelFile(file(), { resolveUrl: String, retryMs: 1, signal: controller.signal });
    for (let i = 0; i < pieces; i++) await taken.next();
    controller.abort();
    await taken.return();
}

const kept = () => join(modelsCacheFolder(), 'big/net.safetensors');

test('a file comes whole, in counted pieces of a MiB', async () => {
    let bytes = 0;
    const sizes = [];
    for await (const piece of download(`${base}/file`, NO_STORE, { onBytes: (n) => (bytes += n) })) sizes.push(piece.length);
    assert.equal(bytes, CONTENT.length);
    assert.deepEqual(sizes, [MIB, MIB, MIB, MIB, MIB, 1234]);
    server.site.content = () => Buffer.alloc(0);
    assert.equal((await get()).length, 0);
});

test('a broken connection is taken up where it broke', async () => {
    server.site.breaks = (n) => [undefined, 1.5 * MIB, 3 * MIB][n];
    assert.ok(CONTENT.equals(await get()));
    assert.equal(server.asked.length, 3);
    assert.equal(server.asked[0], '-');
    assert.ok(server.asked[1] > 0 && server.asked[1] <= 1.5 * MIB, String(server.asked[1]));
    assert.ok(server.asked[2] > server.asked[1] && server.asked[2] <= 3 * MIB, String(server.asked[2]));
});

test('a connection that breaks before the first byte is made again', async () => {
    server.site.breaks = (n) => (n < 3 ? 0 : undefined);
    assert.ok(CONTENT.equals(await get()));
    assert.equal(server.asked.length, 3);
});

test('a server without ranges is read from the beginning, and no byte is given twice', async () => {
    server.site.ranges = false;
    server.site.breaks = (n) => (n === 1 ? 2.5 * MIB : undefined);
    assert.ok(CONTENT.equals(await get()));
    assert.equal(server.asked.length, 2);
});

test('a server that is busy for a while is asked again', async () => {
    server.site.breaks = (n) => (n === 1 ? MIB : undefined);
    server.site.refuse = (n) => n > 1 && n < 5 && 503;
    assert.ok(CONTENT.equals(await get()));
    assert.equal(server.asked.length, 5);
});

test('a server that never goes on is given up, with what it said', async () => {
    server.site.breaks = (n) => (n === 1 ? MIB : undefined);
    server.site.refuse = (n) => n > 1 && 503;
    await assert.rejects(get(), { code: 'NOT_FOUND', message: /\/file could not be fetched: the server answered 503/ });
    assert.equal(server.asked.length, 6);
    server.asked = [];
    server.site.refuse = () => 404;
    await assert.rejects(get(), { code: 'NOT_FOUND', message: /404/ });
    assert.equal(server.asked.length, 1);
});

test('a file that becomes another one in the middle is an error', async () => {
    for (const ranges of [true, false]) {
        server.asked = [];
        server.site = {
            content: (n) => (n === 1 ? CONTENT : randomBytes(CONTENT.length)),
            etag: (n) => (n === 1 ? '"one"' : '"two"'),
            ranges,
        };
        server.site.breaks = (n) => (n === 1 ? 2 * MIB : undefined);
        await assert.rejects(get(), { code: 'BAD_MODEL', message: /became another file/ });
    }
});

test('an abort ends it at once, while it waits too', async () => {
    const controller = new AbortController();
    const pieces = download(`${base}/file`, NO_STORE, { signal: controller.signal });
    await pieces.next();
    controller.abort();
    await assert.rejects(gather(pieces), { code: 'CANCELLED' });
    server.asked = [];
    const waiting = new AbortController();
    server.site.breaks = (n) => (n === 1 ? MIB : undefined);
    server.site.refuse = (n) => n > 1 && 503;
    setTimeout(() => waiting.abort(), 200);
    await assert.rejects(get({ signal: waiting.signal, retryMs: 1e6 }), { code: 'CANCELLED' });
});

test('what is fetched is kept, checked, and read from there the next time', async () => {
    assert.ok(CONTENT.equals(await stream()));
    assert.deepEqual(readdirSync(dirname(kept())), ['net.safetensors']);
    assert.ok(CONTENT.equals(readFileSync(kept())));
    assert.deepEqual(withoutRepeats(server.asked), ['-']);
    server.asked = [];
    assert.ok(CONTENT.equals(await stream()));
    assert.deepEqual(server.asked, []);
});

test('an interrupted download goes on in the next call, and in the next process', async () => {
    for (const leave of [false, true]) {
        await clearKept([file()]);
        server.asked = [];
        await interrupt(3);
        const part = readdirSync(dirname(kept())).find((name) => name.endsWith('.part'));
        assert.ok(part && !existsSync(kept()));
        if (leave) {
            const [folder, token] = [dirname(kept()), tokenOfKilled()]; // as a process that was killed leaves it
            for (const end of ['', '.json']) renameSync(join(folder, part + end), join(folder, `net.safetensors.${token}.part${end}`));
        }
        assert.ok(CONTENT.equals(await stream()));
        assert.deepEqual(withoutRepeats(server.asked), ['-', 3 * MIB]);
        assert.deepEqual(readdirSync(dirname(kept())), ['net.safetensors']);
    }
});

test('what its taker refuses in the middle is not kept', async () => {
    await refuse(streamModelFile(file(), { resolveUrl: String }));
    assert.deepEqual(readdirSync(dirname(kept())), []);
});

test('two downloads of one file at the same time do not meet', async () => {
    const [a, b] = await Promise.all([stream(), stream()]);
    assert.ok(CONTENT.equals(a) && CONTENT.equals(b));
    assert.ok(CONTENT.equals(readFileSync(kept())));
    assert.deepEqual(readdirSync(dirname(kept())), ['net.safetensors']);
});

test('a download of a file that has changed since begins anew', async () => {
    await interrupt(3);
    const other = randomBytes(4 * MIB);
    server.site = { content: () => other, etag: () => '"two"' };
    const found = await stream(file([{ bytes: other.length, sha256: sha256(other) }]));
    assert.ok(other.equals(found));
    assert.deepEqual(withoutRepeats(server.asked), ['-', 3 * MIB, '-']);
});

test('a server that does not say which state a file is in is not believed the next time', async () => {
    server.site.etag = undefined;
    await interrupt(3);
    assert.ok(CONTENT.equals(await stream()));
    assert.ok(server.asked.length >= 2);
    assert.deepEqual(withoutRepeats(server.asked), ['-']);
});

test('wrong bytes are an error behind the last piece, and nothing is kept', async () => {
    const wrong = Buffer.from(CONTENT);
    wrong[4 * MIB] ^= 1;
    server.site.content = () => wrong;
    let pieces = 0;
    await assert.rejects(
        async () => {
            for await (const _ of streamModelFile(file(), { resolveUrl: String })) pieces++;
        },
        (error) => error.code === 'BAD_MODEL' && error.message.includes(published.sha256) && error.message.includes(`${base}/file`),
    );
    assert.equal(pieces, 6);
    assert.deepEqual(readdirSync(dirname(kept())), []);
    server.site.content = () => CONTENT.subarray(1);
    await assert.rejects(stream(), { code: 'BAD_MODEL', message: /bytes but found/ });
});

test('the next source is tried when one has nothing, and all are named when none has', async () => {
    const each = { ...file(), sources: [`${base}/a`, `${base}/b`] };
    server.site.refuse = (n) => n === 1 && 404;
    assert.ok(CONTENT.equals(await stream(each)));
    await clearKept([each]);
    server.site.refuse = () => 404;
    await assert.rejects(stream(each), { code: 'NOT_FOUND', message: /net\.safetensors.*\/a could not.*\/b could not/ });
    const converted = {
        path: 'x/x.safetensors',
        versions: [],
        sources: [],
        converted: {},
    };
    await assert.rejects(stream(converted), {
        code: 'NOT_FOUND',
        message: /acg2vec models fetch x gets it/,
    });
});

test('a file that users make is compared with the SHA-256 beside it', async (context) => {
    const made = file([]);
    assert.ok(CONTENT.equals(await stream(made)), 'there is none: nothing to compare with');
    await clearKept([made]);
    server.site.sidecar = `${sha256(CONTENT)}  net.safetensors\n`;
    assert.ok(CONTENT.equals(await stream(made)));
    assert.equal(readFileSync(`${kept()}.sha256`, 'utf8'), server.site.sidecar);
    // on disk, from then on
    const damaged = Buffer.from(CONTENT);
    damaged[99] ^= 1;
    writeFileSync(kept(), damaged);
    await assert.rejects(stream(made), { code: 'BAD_MODEL', message: new RegExp(sha256(damaged)) });
    await clearKept([made]);
    server.site.content = () => damaged;
    await assert.rejects(stream(made), { code: 'BAD_MODEL' });
    // in a folder of the user's
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, 'big'));
    writeFileSync(join(folder, 'big/net.safetensors'), CONTENT);
    assert.ok(CONTENT.equals(await stream(made, { models: folder })));
    writeFileSync(join(folder, 'big/net.safetensors.sha256'), `${sha256(damaged)}  net.safetensors\n`);
    await assert.rejects(stream(made, { models: folder }), { code: 'BAD_MODEL' });
});

test('models may be a prefix, a map or a function, checked but not kept', async () => {
    const functions = [new Uint8Array(CONTENT), new Response(CONTENT), new Blob([CONTENT]), `${base}/x`, new URL(`${base}/x`)].map(
        (given) => () => given,
    );
    for (const models of [`${base}/models`, { 'big/net.safetensors': `${base}/x` }, ...functions, async () => new Blob([CONTENT])]) {
        assert.ok(CONTENT.equals(await stream(file(), { models })));
    }
    await assert.rejects(stream(file(), { models: async () => new Uint8Array(5) }), { code: 'BAD_MODEL' });
    await assert.rejects(stream(file(), { models: () => 5 }), {
        code: 'BAD_ARGUMENT',
        message: /Expected a URL, a Blob, .* of big\/net\.safetensors/,
    });
    await assert.rejects(stream(file(), { models: () => new Response('', { status: 404 }) }), {
        code: 'NOT_FOUND',
        message: /answered 404/,
    });
    await assert.rejects(stream(file(), { models: () => Promise.reject(new Error('No such thing.')) }), {
        code: 'NOT_FOUND',
        message: /No such thing/,
    });
    assert.ok(!existsSync(modelsCacheFolder()));
});

test('what is kept is listed, begun files too, and forgotten', async () => {
    assert.deepEqual(await listKept(), []);
    await interrupt(2);
    const [begun] = await listKept();
    assert.equal(begun.path, 'big/net.safetensors');
    assert.ok(begun.bytes >= 2 * MIB);
    await stream();
    assert.deepEqual(await listKept(), [{ path: 'big/net.safetensors', bytes: CONTENT.length }]);
    await clearKept([{ ...file(), path: 'big/other' }]);
    assert.equal((await listKept()).length, 1);
    await clearKept([file()]);
    assert.deepEqual(await listKept(), []);
});
