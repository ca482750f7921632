// A server of one file that fails in the ways that a test sets: it breaks connections, refuses requests, supports ranges or not, changes its file.
import { createServer } from 'node:http';

/**
 * @typedef {object} Site the server's behaviour; `n` counts the requests for the file from 1
 * @property {(n: number) => Buffer} content
 * @property {((n: number) => string) | undefined} etag
 * @property {boolean} [ranges] default true
 * @property {(n: number) => number | undefined} [breaks] the byte at which the connection breaks
 * @property {(n: number) => number | false | undefined} [refuse] a status to refuse with
 * @property {string} [sidecar] what any URL that ends in .sha256 has
 */

/**
 * @param {Buffer} content of every URL, except those that `answer` answers
 * @param {(url: string) => { type: string, body: string | Buffer } | undefined} [answer]
 */
export async function serveFlakily(content, answer = () => undefined) {
    const state = { site: /** @type {Site} */ ({}), asked: /** @type {(number | '-')[]} */ ([]) };
    const server = createServer((request, response) => {
        const other = answer(request.url);
        if (other) response.writeHead(200, { 'content-type': other.type }).end(other.body);
        else if (request.url.endsWith('.sha256')) response.writeHead(state.site.sidecar ? 200 : 404).end(state.site.sidecar);
        else sendFile(state, request, response);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const reset = () => Object.assign(state, { site: { content: () => content, etag: () => '"one"' }, asked: [] });
    const close = () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
    return Object.assign(reset(), { base: `http://127.0.0.1:${server.address().port}`, reset, close });
}

function sendFile({ site, asked }, request, response) {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const n = asked.push(range ? Number(range[1]) : '-');
    const refused = site.refuse?.(n);
    if (refused) return void response.writeHead(refused).end();
    const content = site.content(n);
    const from = range && site.ranges !== false ? Number(range[1]) : 0;
    if (from > 0 && from >= content.length) return void response.writeHead(416).end();
    const headers = { 'content-length': content.length - from };
    if (site.etag) headers.etag = site.etag(n);
    if (from > 0) headers['content-range'] = `bytes ${from}-${content.length - 1}/${content.length}`;
    response.writeHead(from > 0 ? 206 : 200, headers);
    const end = site.breaks?.(n);
    response.flushHeaders(); // even if the connection breaks before the first byte
    if (end === undefined) response.end(content.subarray(from));
    else response.write(content.subarray(from, Math.max(from, end)), () => setTimeout(() => response.destroy(), 20));
}
