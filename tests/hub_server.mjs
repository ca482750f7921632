// A server that behaves like the hub of published models: it redirects to another host, which allows any origin, supports ranges with a known start,
// refuses preflight requests, and does not expose the ETag to pages. A test can make it break connections and send wrong bytes.
import { createServer } from 'node:http';

/**
 * @typedef {object} Hub
 * @property {string} base of the files' URLs: `${base}/config.json`
 * @property {string[]} origins of both hosts, for a policy of the page
 * @property {{ path: string, from: number }[]} asked requests to the second host
 * @property {Map<string, Buffer>} files a test may change them
 * @property {((path: string, n: number) => number | undefined) | undefined} breaks the byte after which the nth connection breaks
 * @property {((path: string) => number | undefined) | undefined} stalls the byte after which nothing more comes
 * @property {() => Promise<void>} close
 */

/**
 * @param {Map<string, Buffer>} files by path
 * @returns {Promise<Hub>}
 */
export async function serveHub(files) {
    const hub = /** @type {Hub} */ ({ files, asked: [] });
    const store = await listen((request, response) => sendStored(hub, request, response));
    const front = await listen((request, response) => {
        const headers = { 'access-control-allow-origin': '*', location: `${store.origin}${request.url}` };
        response.writeHead(request.method === 'OPTIONS' ? 403 : 302, headers).end();
    });
    const close = async () => void (await Promise.all([front, store].map((each) => each.close())));
    return Object.assign(hub, { base: `${front.origin}/resolve/main`, origins: [front.origin, store.origin], close });
}

function listen(answer) {
    const server = createServer(answer);
    return new Promise((resolve) =>
        server.listen(0, '127.0.0.1', () => {
            const close = () => new Promise((done) => (server.closeAllConnections(), server.close(done)));
            resolve({ origin: `http://127.0.0.1:${server.address().port}`, close });
        }),
    );
}

function sendStored(hub, request, response) {
    const path = decodeURIComponent(request.url.replace('/resolve/main/', ''));
    const content = hub.files.get(path);
    const open = { 'access-control-allow-origin': '*' };
    if (request.method !== 'GET') return void response.writeHead(403).end();
    if (!content) return void response.writeHead(404, open).end();
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    hub.asked.push({ path, from });
    if (from >= content.length) return void response.writeHead(416, open).end();
    const range = from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
    response.writeHead(from > 0 ? 206 : 200, { ...open, ...range, 'content-length': content.length - from, etag: '"hidden from pages"' });
    const end = hub.breaks?.(path, hub.asked.filter((each) => each.path === path).length);
    const stall = hub.stalls?.(path);
    response.write(content.subarray(from, Math.max(from, stall ?? end ?? content.length)));
    if (stall !== undefined) return;
    if (end === undefined || end >= content.length) response.end();
    else setTimeout(() => response.destroy(), 20);
}
