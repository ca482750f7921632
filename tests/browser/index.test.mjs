// An index in Chromium: in the origin private file system, over a reload and over a killed tab, with a second tab, and to and from Node.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { indexEngine, openIndex as openInNode, picture, query } from '../js/index_support.mjs';
import { temporaryFolder } from '../js/support.mjs';
import { add, assembleIndexSite, begin, COUNT } from './index_page.mjs';
import { killTabAgainAndAgain } from './killed_tabs.mjs';
import { browserMissing, crash, openPage, shareBrowser } from './support.mjs';

const skip = browserMissing;

/** A worker that has the index's files open without its lock, as that of a killed tab has for a while, until it is told to close them. */
const HOLD = `
const handles = [];
onmessage = async () => {
    if (handles.length) return handles.forEach((handle) => handle.close());
    let folder = await navigator.storage.getDirectory();
    for (const name of ['acg2vec-index', 'acg2vec.db', '.opaque']) folder = await folder.getDirectoryHandle(name);
    for await (const file of folder.values()) handles.push(await file.createSyncAccessHandle());
    postMessage(handles.length);
};`;

/** In the page: a worker of the index that is ended in a transaction, after SQLite has written changed pages to the file for lack of cache. */
async function beginTransaction() {
    const at = (name) => new URL(name, document.baseURI).href;
    const worker = new Worker(at('./js/worker/database/database_browser.js'), { type: 'module' });
    const ask = (name, body) =>
        new Promise((resolve, reject) => {
            worker.onmessage = ({ data }) => (data.type === 'done' ? resolve() : reject(new Error(data.error.message)));
            worker.postMessage({ id: 1, name, body });
        });
    await ask('open', { location: 'acg2vec.db', create: false, readOnly: false, sqlite: at('./vendor/sqlite/sqlite3.mjs') });
    for (const sql of [
        'PRAGMA cache_size = 1',
        'BEGIN',
        'DELETE FROM vectors',
        'UPDATE pictures SET bytes = 0',
        'UPDATE thumbnails SET webp = zeroblob(1000000)',
    ])
        await ask('all', [sql]);
    worker.terminate();
}

/** In the page. */
const search = async (i) => (await window.index.search({ image: window.files[i], limit: 3 })).map(({ path }) => path);

describe('an index in the browser', () => {
    const options = shareBrowser(skip, () => assembleIndexSite({ 'hold.js': HOLD }));
    let engine;
    before(async () => (engine = skip ? undefined : await indexEngine()));
    after(() => engine?.close());

    test('stays over a reload, and is the same file in Node', { skip }, async (context) => {
        const page = await openPage(context, options);
        assert.deepEqual(await page.evaluate(begin, 6), { isReadOnly: false, pictures: 0 });
        assert.deepEqual(await page.evaluate(add), { added: 6, unchanged: 0, failed: [] });
        assert.equal((await page.evaluate(search, 4))[0], '4.png');
        await page.reload();
        assert.deepEqual(await page.evaluate(begin, 6), { isReadOnly: false, pictures: 6 });
        assert.deepEqual(await page.evaluate(add), { added: 0, unchanged: 6, failed: [] });
        const exported = await page.evaluate(async () => [...new Uint8Array(await (await window.index.export('sqlite')).arrayBuffer())]);
        const thumbnail = await page.evaluate(async () => {
            const bitmap = await createImageBitmap(await window.index.thumbnail(await window.index.idOf('2.png')));
            return [bitmap.width, bitmap.height];
        });
        assert.deepEqual(thumbnail, [32, 24]);
        const path = join(temporaryFolder(context), 'page.db');
        writeFileSync(path, Uint8Array.from(exported));
        assert.deepEqual(query(path, 'PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
        const index = await openInNode(engine, path);
        assert.equal((await index.search({ image: picture(3) }))[0].path, '3.png');
        await index.close();
    });

    test('a killed tab loses nothing that was done, and nothing is done twice', { skip }, async (context) => {
        const page = await openPage(context, options);
        await page.evaluate(begin, COUNT);
        page.evaluate(add).catch(() => {});
        await page.waitForFunction(() => window.done >= 5);
        const done = await page.evaluate(() => window.done);
        const other = await page.context().newPage();
        await crash(page);
        await other.goto(page.url());
        const { pictures } = await other.evaluate(begin, COUNT);
        assert.ok(pictures >= done && pictures < COUNT, `${pictures} of at least ${done}`);
        assert.deepEqual(await other.evaluate(add), { added: COUNT - pictures, unchanged: pictures, failed: [] });
        assert.equal((await other.evaluate(search, 9))[0], '9.png');
    });

    test('an index whose tab is killed again and again is whole each time', { skip }, async (context) => {
        const { killed } = await killTabAgainAndAgain(context, { ...options, kills: 2, seed: 5, folder: temporaryFolder(context) });
        assert.equal(killed, 2);
    });

    test('a transaction that a killed tab left half-way is as if it had not been', { skip }, async (context) => {
        const page = await openPage(context, options);
        await page.evaluate(begin, 6);
        await page.evaluate(add);
        const before = await page.evaluate(() => window.index.list());
        await page.reload();
        await page.evaluate(beginTransaction);
        await page.reload();
        assert.deepEqual(await page.evaluate(begin, 6), { isReadOnly: false, pictures: 6 });
        assert.deepEqual(await page.evaluate(() => window.index.list()), before);
        assert.deepEqual(await page.evaluate(add), { added: 0, unchanged: 6, failed: [] });
    });

    test('a second tab searches while the first has the index, and hears when that is gone', { skip }, async (context) => {
        const page = await openPage(context, options);
        await page.evaluate(begin, 5);
        await page.evaluate(add);
        const second = await page.context().newPage();
        await second.goto(page.url());
        assert.deepEqual(await second.evaluate(begin, 7), { isReadOnly: true, pictures: 5 });
        assert.equal((await second.evaluate(search, 3))[0], '3.png');
        const refused = await second.evaluate(async () =>
            window.index.add(window.files).catch(({ reason, message }) => ({ reason, message })),
        );
        assert.equal(refused.reason, 'INDEX_READ_ONLY');
        assert.match(refused.message, /The index acg2vec\.db is open in another tab, so that this one can only search in it\./);
        await page.evaluate(async () => window.index.remove(['3.png']));
        assert.ok(!(await second.evaluate(search, 3)).includes('3.png'));
        await page.close();
        const gone = await second.evaluate(async () => window.index.stats().catch(({ reason, message }) => ({ reason, message })));
        assert.deepEqual(gone, {
            reason: 'INDEX_TAB_CLOSED',
            message: 'The tab that had the index acg2vec.db open was closed. Open it again.',
        });
        await second.evaluate(() => window.index.close());
        await second.evaluate(() => window.engine.close());
        assert.deepEqual(await second.evaluate(begin, 7), { isReadOnly: false, pictures: 4 });
        assert.deepEqual(await second.evaluate(add), { added: 3, unchanged: 4, failed: [] });
    });

    test('files that a killed tab still has are waited for', { skip }, async (context) => {
        const page = await openPage(context, options);
        await page.evaluate(begin, 3);
        await page.evaluate(add);
        await page.reload();
        const held = await page.evaluate(async () => {
            window.holder = new Worker('./hold.js', { type: 'module' });
            const told = new Promise((resolve) => (window.holder.onmessage = ({ data }) => resolve(data)));
            window.holder.postMessage('open');
            return told;
        });
        assert.ok(held > 0);
        const beginning = page.evaluate(begin, 3);
        beginning.catch(() => {});
        await page.waitForFunction(() => window.engine);
        await new Promise((resolve) => setTimeout(resolve, 5000)); // longer than a browser takes that has nothing else to do
        await page.evaluate(() => window.holder.postMessage('close'));
        assert.deepEqual(await beginning, { isReadOnly: false, pictures: 3 });
    });

    for (const [when, answers] of [
        ['before it answers', 0],
        ['after its first answer', 1],
    ])
        test(`a tab gets the index when the one that had it is closed ${when}`, { skip }, async (context) => {
            const page = await openPage(context, options);
            await page.evaluate(begin, 3);
            await page.evaluate(add);
            await page.reload();
            const asked = await page.evaluateHandle((count) => {
                const name = 'acg2vec-index acg2vec.db';
                const channel = new BroadcastChannel(name);
                const last = new Promise((resolve) => {
                    let left = count;
                    channel.onmessage = ({ data: { tab, id } }) => {
                        if (left-- > 0) channel.postMessage({ tab, id, answer: { id, type: 'done' } });
                        else resolve(undefined);
                    };
                });
                const held = new Promise((resolve) => {
                    navigator.locks.request(name, () => {
                        resolve(undefined);
                        return new Promise(() => {});
                    });
                });
                return { held, last };
            }, answers);
            await asked.evaluate(({ held }) => held);
            const second = await page.context().newPage();
            await second.goto(page.url());
            const beginning = second.evaluate(begin, 3);
            beginning.catch(() => {});
            await asked.evaluate(({ last }) => last);
            await page.close();
            assert.deepEqual(await beginning, { isReadOnly: false, pictures: 3 });
        });

    test('where the browser gives no more room, that is told, what was there stays, and later it goes on', { skip }, async (context) => {
        const page = await openPage(context, options);
        await page.evaluate(begin, COUNT);
        await page.evaluate(() => window.index.add(window.files.slice(0, 6)));
        const exported = await page.evaluate(async () => (window.exported = await window.index.export('sqlite')).size);
        assert.ok(exported > 1e5);
        const session = await page.context().newCDPSession(page);
        const { origin } = new URL(page.url());
        const { usage } = await page.evaluate(() => navigator.storage.estimate());
        await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 1000 });
        const told = (work) => page.evaluate(`(${work})().then(() => undefined, ({ code, message }) => ({ code, message }))`);
        const full = { code: 'NO_MEMORY', message: 'There is no room left for the index acg2vec.db. What is in it stays as it was.' };
        assert.deepEqual(await told('async () => window.index.add(window.files)'), full);
        const copy = {
            code: 'NO_MEMORY',
            message: 'There is no room for the file beside the index. What is in the index stays as it was.',
        };
        assert.deepEqual(await told('async () => window.index.import(window.exported)'), copy);
        const { pictures } = await page.evaluate(() => window.index.stats());
        assert.ok(pictures >= 6 && pictures < COUNT, `${pictures}`);
        assert.equal((await page.evaluate(search, 4))[0], '4.png');
        await page.reload();
        assert.deepEqual(await page.evaluate(begin, COUNT), { isReadOnly: false, pictures });
        await session.send('Storage.overrideQuotaForOrigin', { origin });
        assert.deepEqual(await page.evaluate(add), { added: COUNT - pictures, unchanged: pictures, failed: [] });
    });
});
