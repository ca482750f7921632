// What was opened is closed when another takes its place, and when what comes next fails. Otherwise it would stay in memory for as long as the worker
// lives. Found by npm run fuzz:js -- messages, and index.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import load from '@sqlite.org/sqlite-wasm';
import { VectorMirror } from '../../js/index/vector_mirror.js';
import { installNodeFiles, VFS_NAME } from '../../js/platform/node/sqlite_files.js';
import { quieten } from '../../js/worker/database/serve.js';
import { Sqlite } from '../../js/worker/database/sqlite.js';
import { NativeImage } from '../../js/worker/native/native.js';
import { NativeNetwork } from '../../js/worker/native/native_embed.js';
import { NativeVectors } from '../../js/worker/native/native_search.js';
import { Runner } from '../../js/worker/runner.js';
import { nodeLoader } from '../../js/worker/threads_node.js';
import { temporaryFolder } from './support.mjs';

test('a network, a picture or vectors that are opened where others are: these are closed', async (context) => {
    const runner = new Runner({ loader: nodeLoader });
    await runner.init({ variant: 'simd', threads: 1 });
    const { signal } = new AbortController();
    const picture = { pixels: new Uint8Array(12), width: 2, height: 2, channels: 3 };
    const OPENED = [
        [NativeNetwork, 'close', () => runner.openModel({ id: 'a', network: 'cugan' })],
        [NativeImage, 'free', () => runner.openPicture({ id: 1, picture, damaged: 'refuse' }, { signal })],
        [NativeVectors, 'close', () => runner.openVectors({ id: 1, dims: 4 })],
    ];
    for (const [{ name, prototype }, method, open] of OPENED) {
        const closed = context.mock.method(prototype, method).mock;
        for (let i = 0; i < 3; i++) await open();
        assert.equal(closed.callCount(), 2, name);
    }
});

test('a file that is no database: its connection is closed', async (context) => {
    quieten();
    const sqlite3 = await load();
    const { oo1 } = sqlite3;
    installNodeFiles(sqlite3);
    let nOpen = 0;
    class DB extends oo1.DB {
        constructor(...given) {
            super(...given);
            nOpen++;
        }
        close() {
            nOpen--;
            super.close();
        }
    }
    const path = join(temporaryFolder(context), 'index.db');
    writeFileSync(path, 'no database'.repeat(100));
    const open = () => new Sqlite({ ...sqlite3, oo1: { DB } }, { name: path, path, vfs: VFS_NAME }, { create: false, readOnly: false });
    assert.throws(open, { code: 'BAD_FORMAT' });
    assert.equal(nOpen, 0);
});

test('vectors of an index that cannot be read to the end: their store is closed, and the next search begins anew; at the end its store is closed', async () => {
    const stores = [];
    const open = async () => {
        const store = { isAlive: true, rows: 0, isClosed: false };
        stores.push(store);
        return {
            ...store,
            append: async (halves) => (store.rows += halves.length),
            search: async () => ({ rows: Array.from({ length: store.rows }, (_, i) => i), count: store.rows, mean: 0, deviation: 0 }),
            close: async () => void (store.isClosed = true),
        };
    };
    const page = (picture) => ({ numbers: Float64Array.of(picture), blobs: new Uint8Array(2), ends: Float64Array.of(2) });
    const nothing = { numbers: new Float64Array(), blobs: new Uint8Array(), ends: new Float64Array() };
    let isDamaged = true;
    const packed = async (_sql, [, last]) => {
        if (last === 1 && isDamaged) throw new Error('damaged');
        return last < 2 ? page(last + 1) : nothing;
    };
    const mirror = new VectorMirror({ packed }, { open }, { id: 1, dims: 1 });
    await assert.rejects(mirror.search(new Float32Array(1), 5), /damaged/);
    assert.deepEqual(stores, [{ isAlive: true, rows: 1, isClosed: true }]);
    isDamaged = false;
    const { pictures, searched } = await mirror.search(new Float32Array(1), 5);
    assert.deepEqual([pictures, searched], [[1, 2], 2]);
    await mirror.close();
    assert.ok(stores.every((store) => store.isClosed));
});
