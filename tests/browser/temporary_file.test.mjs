// Exact tiles through a file in the browser's origin private file system, and without one where there is none.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { weightsMissing } from '../js/support.mjs';
import { assemblePackage, browserMissing, openPage, shareBrowser } from './support.mjs';

const skip = browserMissing || (await weightsMissing([2]));

/** In the page: enlarges a small picture as one tile and then in tiles that may use next to no memory. */
async function enlargeTwice() {
    const { createEngine } = await import('acg2vec');
    const models = new URL('./weights/', document.baseURI).href;
    const data = Uint8Array.from({ length: 61 * 47 * 3 }, (_, i) => (i * i) % 251);
    const picture = { data, width: 61, height: 47, channels: 3 };
    const engine = await createEngine({ models });
    const whole = await engine.upscale(picture, { format: 'pixels', tile: 64 });
    const tiled = await engine.upscale(picture, { format: 'pixels', tile: 16, memory: 1 });
    const aborter = new AbortController();
    const aborted = await engine
        .upscale(picture, { format: 'pixels', tile: 16, memory: 1, signal: aborter.signal, onTile: () => aborter.abort() })
        .catch((error) => error.code);
    await engine.close();
    const differences = tiled.pixels.map((sample, i) => Math.abs(sample - whole.pixels[i]));
    return { plan: tiled.tiles.plan, aborted, most: Math.max(...differences), off: differences.filter(Boolean).length / data.length / 4 };
}

/** In the page: what is in the folder of temporary files. */
async function filesLeft() {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('acg2vec-temporary', { create: true });
    const names = [];
    for await (const name of folder.keys()) names.push(name);
    return names;
}

/** In the page: a file as a tab leaves it that died. */
async function leaveFile() {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('acg2vec-temporary', { create: true });
    await folder.getFileHandle('left', { create: true });
}

/** In the page: a small picture whose file fails. */
async function failToEnlarge() {
    const { createEngine } = await import('acg2vec');
    const engine = await createEngine({ models: new URL('./weights/', document.baseURI).href });
    const picture = { data: new Uint8Array(61 * 47 * 3).map((_, i) => (i * i) % 251), width: 61, height: 47, channels: 3 };
    const failure = await engine
        .upscale(picture, { format: 'pixels', tile: 16, memory: 1 })
        .catch(({ message, code }) => ({ message, code }));
    await engine.close();
    return failure;
}

/** Puts code before that of one of the package's modules, for one test. (On the disk: a worker's worker is not fetched through the page.) */
function prepend(context, root, name, code) {
    const path = join(root, 'js/worker/spill', `${name}.js`);
    const before = readFileSync(path, 'utf8');
    context.after(() => writeFileSync(path, before));
    writeFileSync(path, `${code}\n${before}`);
}

describe('temporary file in the browser', () => {
    const options = shareBrowser(skip, assemblePackage);

    for (const isolation of [true, false]) {
        test(`the picture is that of one tile, and no file is left, ${isolation ? 'with' : 'without'} threads`, {
            skip,
        }, async (context) => {
            const page = await openPage(context, { ...options, isolation });
            await page.evaluate(leaveFile);
            const { plan, aborted, most, off } = await page.evaluate(enlargeTwice);
            assert.deepEqual([plan, aborted], ['exact-file', 'CANCELLED']);
            assert.ok(most <= 1 && off < 0.02, `${most} levels, ${off} of the samples`);
            assert.deepEqual(await page.evaluate(filesLeft), []);
        });

        test(`a file that cannot be written is told in a sentence, ${isolation ? 'with' : 'without'} threads`, {
            skip,
        }, async (context) => {
            const fails = `let left = 7;
                const { write } = FileSystemSyncAccessHandle.prototype;
                FileSystemSyncAccessHandle.prototype.write = function (...args) {
                    if (left-- === 0) throw new DOMException('the quota is used up.', 'QuotaExceededError');
                    return write.apply(this, args);
                };`;
            // in a worker of its own if memory can be shared with it
            prepend(context, options.root, isolation ? 'file_worker' : 'storage_browser', fails);
            const page = await openPage(context, { ...options, isolation });
            const { message, code } = await page.evaluate(failToEnlarge);
            assert.match(message, /^The browser's temporary file could not be written: the quota is used up\. Allow none/);
            assert.equal(code, 'NO_MEMORY');
            assert.deepEqual(await page.evaluate(filesLeft), []);
        });
    }

    test('where there can be no worker for the file, it is read and written without one', { skip }, async (context) => {
        prepend(context, options.root, 'file_worker', "throw new Error('no such worker');");
        const page = await openPage(context, options);
        const { plan, most } = await page.evaluate(enlargeTwice);
        assert.equal(plan, 'exact-file');
        assert.ok(most <= 1);
        assert.deepEqual(await page.evaluate(filesLeft), []);
    });

    test('where the browser gives no files, maps are computed again', { skip }, async (context) => {
        prepend(context, options.root, 'storage_browser', "Object.defineProperty(navigator, 'storage', { value: undefined });");
        const page = await openPage(context, options);
        const { plan, most } = await page.evaluate(enlargeTwice);
        assert.equal(plan, 'again');
        assert.ok(most <= 1);
    });
});
