// Serves the assembled page on this machine only: node web/serve.mjs [--port 8080] [--no-isolation] [--root build/site]
import { existsSync, realpathSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sirv from 'sirv';
import { answerCompressed } from './compressed.mjs';

const SITE = fileURLToPath(new URL('../build/site', import.meta.url));

/** What lets a page use threads: it shares its process with no other site, and loads only what agreed to it. */
export const ISOLATION = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * Starts the server on 127.0.0.1; port 0 takes any free one. Rejects with a sentence when it cannot.
 * @param {object} [options]
 * @param {number} [options.port]
 * @param {string} [options.root]
 * @param {boolean} [options.isolation]
 * @param {Record<string, string>} [options.headers] sent with every response
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve({ port = 8080, root = SITE, isolation = true, headers = {} } = {}) {
    if (!existsSync(path.join(root, 'index.html'))) {
        throw new Error(`Found no page in ${root}. Assemble it first: node web/build.mjs`);
    }
    const answer = sirv(root, { dev: true, etag: true, setHeaders: keepAssets }); // dev: reads the disk each time, so that a new build is served
    const compressed = answerCompressed(root, keepAssets);
    const server = createServer(async (request, response) => {
        response.setHeaders(new Map(Object.entries({ ...(isolation ? ISOLATION : {}), ...headers })));
        if (!(await compressed(request, response).catch(() => false))) answer(request, response);
    });
    await new Promise((resolve, reject) => {
        server.once('listening', resolve).once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
            const other = `node web/serve.mjs --port ${port < 65535 ? port + 1 : 0}`;
            const taken = `Port ${port} is in use by another program. Choose another: ${other}`;
            reject(error.code === 'EADDRINUSE' ? new Error(taken) : error);
        });
        server.listen(port, '127.0.0.1');
    });
    const address = /** @type {import('node:net').AddressInfo} */ (server.address());
    return {
        url: `http://127.0.0.1:${address.port}/`,
        close: () =>
            new Promise((resolve) => {
                server.close(() => resolve());
                server.closeAllConnections();
            }),
    };
}

/** Lets browsers cache files whose names change with their contents. @param {import('node:http').ServerResponse} response @param {string} name */
function keepAssets(response, name) {
    if (name.startsWith('/assets/')) response.setHeader('Cache-Control', 'max-age=31536000, immutable');
}

async function main() {
    const { values } = parseArgs({
        options: {
            port: { type: 'string', default: '8080' },
            root: { type: 'string' },
            'no-isolation': { type: 'boolean', default: false },
        },
    });
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port > 65535) {
        throw new RangeError(`Expected a number from 0 to 65535 for --port but received ${values.port}`);
    }
    const { url } = await serve({ port, root: values.root, isolation: !values['no-isolation'] });
    console.log(`The page is at ${url}${values['no-isolation'] ? ' (without isolation: one thread)' : ''}. Ctrl C stops it.`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
    main().catch((error) => {
        console.error(error.message);
        const wrongCall = error instanceof RangeError || String(error.code).startsWith('ERR_PARSE_ARGS');
        process.exitCode = wrongCall ? 2 : 1;
    });
}
