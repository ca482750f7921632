// Sends compressible files compressed, and keeps these in memory: page, scripts, styles, catalogues and the engine, but not weights and pictures.
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */

const TYPES = /** @type {Record<string, string>} */ ({
    '.html': 'text/html;charset=utf-8',
    '.js': 'text/javascript',
    '.mjs': 'text/javascript',
    '.css': 'text/css',
    '.json': 'application/json',
    '.webmanifest': 'application/manifest+json',
    '.svg': 'image/svg+xml',
    '.md': 'text/markdown',
    '.wasm': 'application/wasm',
});
const LEAST = 512; // bytes: smaller files are not compressed
const QUALITY = 9; // of brotli, to 11, which takes ten times as long

const CODINGS = {
    br: promisify((/** @type {Buffer} */ bytes, /** @type {zlib.CompressCallback} */ done) =>
        zlib.brotliCompress(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: QUALITY } }, done),
    ),
    gzip: promisify(zlib.gzip),
};

/**
 * @param {string} root the folder
 * @param {(response: Response, name: string) => void} setHeaders sets the same headers as for other files
 * @returns {(request: Request, response: Response) => Promise<boolean>} false: another handler must answer
 */
export function answerCompressed(root, setHeaders) {
    /** @type {Map<string, { tag: string, body: Promise<Buffer> }>} the newest of each file and coding */
    const kept = new Map();
    return async (request, response) => {
        const name = nameOf(request);
        const file = name === undefined ? undefined : fileAt(root, name);
        if (!name || !file) return false;
        response.setHeader('Vary', 'Accept-Encoding');
        const coding = codingFor(request);
        if (!coding) return false;
        const tag = `W/"${file.tag}-${coding}"`;
        setHeaders(response, name);
        if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-cache');
        response.setHeader('ETag', tag);
        response.setHeader('Last-Modified', file.modified);
        if (request.headers['if-none-match'] === tag) return send(response, 304);
        const key = `${coding} ${name}`;
        if (kept.get(key)?.tag !== tag) kept.set(key, { tag, body: readFile(file.path).then(CODINGS[coding]) });
        const body = /** @type {Buffer} */ (await kept.get(key)?.body);
        response.setHeader('Content-Type', TYPES[path.extname(name)]);
        response.setHeader('Content-Encoding', coding);
        response.setHeader('Content-Length', body.length);
        return send(response, 200, request.method === 'HEAD' ? undefined : body);
    };
}

/** @param {Response} response @param {number} status @param {Buffer} [body] */
function send(response, status, body) {
    response.writeHead(status).end(body);
    return true;
}

/** The path below the root, if it is of a kind that is compressed. @param {Request} request */
function nameOf({ url = '/', method = '' }) {
    if (!['GET', 'HEAD'].includes(method)) return undefined;
    try {
        const name = decodeURIComponent(new URL(url, 'http://localhost').pathname).replace(/\/$/, '/index.html');
        return path.extname(name) in TYPES ? name : undefined;
    } catch {
        return undefined;
    }
}

/** The path of a file in the root; undefined for paths outside of it. @param {string} root @param {string} name */
function fileAt(root, name) {
    const whole = path.join(path.resolve(root), name);
    if (!whole.startsWith(path.resolve(root) + path.sep)) return undefined;
    const found = statSync(whole, { throwIfNoEntry: false });
    if (!found?.isFile() || found.size < LEAST) return undefined;
    return { path: whole, tag: `${found.size}-${Math.round(found.mtimeMs)}`, modified: found.mtime.toUTCString() };
}

/** The compression for a request; none for parts of a file. @param {Request} request @returns {keyof typeof CODINGS | undefined} */
function codingFor({ headers }) {
    if (headers.range) return undefined;
    const accepted = String(headers['accept-encoding'] ?? '')
        .split(',')
        .map((each) => each.trim());
    const takes = (/** @type {string} */ coding) =>
        accepted.some((each) => each === coding || (each.startsWith(`${coding};`) && !/q=0(\.0*)?$/.test(each)));
    return takes('br') ? 'br' : takes('gzip') ? 'gzip' : undefined;
}
