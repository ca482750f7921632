// A server that is set up wrongly: each fault ends soon, as an AcgError that says what to do.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { serve } from '../../web/serve.mjs';
import { assemblePackage, browserMissing, shareBrowser } from './support.mjs';

const SOON_MS = 60e3;

describe('a page whose server is set up wrongly', { skip: browserMissing }, () => {
    const shared = shareBrowser(browserMissing, assemblePackage);
    let own;
    let wrong; // a server before the page's own that changes some answers
    /** By a part of the path: an answer instead, or what is done to the headers. @type {[RegExp, { status?: number, headers?: object, body?: string }]} */
    let change;

    before(async () => {
        own = await serve({ port: 0, root: shared.root });
        wrong = createServer(async (request, response) => {
            const answer = await fetch(own.url + request.url.slice(1));
            const [pattern, { status = answer.status, headers = {}, body } = {}] = change ?? [/^$/, {}];
            const isChanged = pattern.test(request.url);
            const all = { ...Object.fromEntries(answer.headers), ...(isChanged ? headers : {}) };
            for (const name of ['content-length', 'content-encoding', 'transfer-encoding', 'connection']) delete all[name];
            for (const [name, value] of Object.entries(all)) if (value === null) delete all[name];
            response.writeHead(isChanged ? status : answer.status, all);
            response.end(isChanged && body !== undefined ? body : Buffer.from(await answer.arrayBuffer()));
        });
        await new Promise((resolve) => wrong.listen(0, '127.0.0.1', resolve));
    });
    after(async () => {
        wrong?.closeAllConnections();
        wrong?.close();
        await own?.close();
    });

    async function failure(fault, script = '/js/index.js') {
        change = fault;
        const page = await shared.browser.newPage();
        await page.goto(`http://127.0.0.1:${wrong.address().port}/`);
        const found = await page.evaluate(
            async ([url, ms]) => {
                const { createEngine, AcgError } = await import(url);
                const late = new Promise((resolve) => setTimeout(() => resolve({ message: 'nothing came' }), ms));
                const ending = createEngine({ threads: 2 }).then(
                    (engine) => engine.close().then(() => ({ message: 'it works' })),
                    (error) => ({ isOurs: error instanceof AcgError, code: error.code, message: error.message }),
                );
                return Promise.race([ending, late]);
            },
            [script, SOON_MS],
        );
        await page.close();
        return found;
    }

    const page = '<!doctype html><title>app</title>';
    const faults = [
        [
            'a list of models that is answered by a page',
            [/manifest\.json/, { body: page }],
            'NOT_FOUND',
            /list of models.*found a page.*hosting\.md/,
        ],
        [
            'no list of models',
            [/manifest\.json/, { status: 404 }],
            'NOT_FOUND',
            /manifest\.json could not be fetched: the server answered 404/,
        ],
        [
            'no worker',
            [/entry_browser/, { status: 404 }],
            'NOT_FOUND',
            /entry_browser\.js: the server answered 404.*folders js, dist and models/,
        ],
        [
            'a worker with a wrong type',
            [/entry_browser/, { headers: { 'content-type': 'text/html' } }],
            'NOT_FOUND',
            /served as text\/html.*text\/javascript/,
        ],
        [
            'a worker without the embedder header',
            [/\.js/, { headers: { 'cross-origin-embedder-policy': null } }],
            'NOT_FOUND',
            /Cross-Origin-Embedder-Policy: require-corp too/,
        ],
        [
            'a build with a wrong type',
            [/wasm\/.*\.js$/, { headers: { 'content-type': 'application/octet-stream' } }],
            'NOT_FOUND',
            /folder dist.*text\/javascript/,
        ],
        ['no script of threads', [/thread_/, { status: 404 }], 'INTERNAL', /script of its threads could not be loaded/],
        ['no build', [/\.wasm$/, { status: 404, body: page }], 'INTERNAL', /could not be loaded.*folder dist/],
        ['a build that is answered by a page', [/\.wasm$/, { body: page }], 'INTERNAL', /could not be loaded/],
    ];
    for (const [name, fault, code, message] of faults) {
        it(name, async () => {
            const found = await failure(fault);
            assert.match(found.message, message);
            assert.deepEqual([found.isOurs, found.code], [true, code], found.message);
        });
    }

    it('without a fault it works', async () => assert.equal((await failure(undefined)).message, 'it works'));

    it('a package of another origin works too, if that allows it', async () => {
        const headers = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };
        const other = createServer(async (request, response) => {
            const answer = await fetch(own.url + request.url.slice(1));
            response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type'), ...headers });
            response.end(Buffer.from(await answer.arrayBuffer()));
        });
        await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
        try {
            const script = `http://127.0.0.1:${other.address().port}/js/index.js`;
            assert.equal((await failure([/^\/$/, { body: page }], script)).message, 'it works');
            const policy = `script-src ${new URL(script).origin} 'unsafe-eval'`;
            const refused = await failure([/^\/$/, { body: page, headers: { 'content-security-policy': policy } }], script);
            assert.match(refused.message, /another origin.*blob: workers/);
            assert.equal(refused.isOurs, true);
        } finally {
            other.closeAllConnections();
            other.close();
        }
    });
});
