// The worker of a database in Node: only the binding of its port and its files.
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { AcgError, sentence } from '../../errors.js';
import { systemPath } from '../../platform/node/paths.js';
import { installNodeFiles, VFS_NAME } from '../../platform/node/sqlite_files.js';
import { readableError } from '../../platform/node/system_errors.js';
import { quieten, serveDatabase } from './serve.js';

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);

async function loadSqlite() {
    try {
        const { default: load } = await import('@sqlite.org/sqlite-wasm');
        quieten();
        return await load();
    } catch (error) {
        throw new AcgError('NOT_FOUND', 'The index needs the package @sqlite.org/sqlite-wasm (npm install @sqlite.org/sqlite-wasm)', {
            cause: error,
        });
    }
}

/** @param {string} folder */
function makeFolder(folder) {
    try {
        mkdirSync(systemPath(folder), { recursive: true });
    } catch (error) {
        throw new AcgError('UNREADABLE', sentence(readableError(error, folder)), { cause: error });
    }
}

/** The folder with the copy of an imported Blob. @type {string | undefined} */
let copy;

/** @type {import('./serve.js').Files} */
const files = {
    async open({ location, create }) {
        if (create) makeFolder(dirname(location));
        const sqlite3 = await loadSqlite();
        const last = installNodeFiles(sqlite3);
        return {
            sqlite3,
            file: { name: location, path: location, vfs: VFS_NAME, lastError: () => last.error && readableError(last.error, location) },
        };
    },
    async attachable(source) {
        if (!(source instanceof Blob)) return source;
        copy = await mkdtemp(join(tmpdir(), 'acg2vec-import-'));
        const path = join(copy, 'imported.db');
        await writeFile(path, /** @type {AsyncIterable<Uint8Array>} */ (/** @type {unknown} */ (source.stream())));
        return path;
    },
    async release() {
        if (copy) await rm(copy, { recursive: true, force: true });
        copy = undefined;
    },
    async close() {},
};

const receive = serveDatabase((message, transfer) => port.postMessage(message, /** @type {any} */ (transfer)), files);
port.on('message', receive);
