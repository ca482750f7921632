// Milvus' standalone server, or Milvus Lite's, with a folder of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';

/** setuptools: milvus 2.3.5 imports what later ones do not have. */
export const PACKAGES = ['milvus==2.3.5', 'setuptools<81'];
const READY_MS = 300_000;
const SCRIPT = fileURLToPath(new URL('milvus_server.py', import.meta.url));

/** @param {string} bin of the environment of Python with those packages */
export const startMilvus = (bin) => startServer((folder, port) => [join(bin, 'python'), [SCRIPT, folder, port]]);

/** Lite imports pymilvus, but does not depend on it. */
export const LITE_PACKAGES = ['milvus-lite==3.2.2', 'pymilvus==3.0.2'];

/** @param {string} bin of the environment of Python with those packages */
export const startMilvusLite = (bin) =>
    startServer((folder, port) => [
        join(bin, 'milvus-lite'),
        ['server', '--data-dir', join(folder, 'lite'), '--host', '127.0.0.1', '--port', port],
    ]);

/** @param {(folder: string, port: string) => [program: string, args: string[]]} command */
async function startServer(command) {
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-milvus-'));
    const port = await freePort();
    let child;
    const stop = async () => {
        if (child?.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGKILL');
        await once(child, 'exit');
    };
    const start = async () => {
        const log = openSync(join(folder, 'server.log'), 'a');
        const [program, args] = command(folder, String(port));
        child = spawn(program, args, { stdio: ['ignore', log, log] });
        await answers(`127.0.0.1:${port}`, () => child.exitCode ?? child.signalCode);
    };
    process.once('exit', () => child?.kill('SIGKILL'));
    await start();
    return {
        url: (collection) => `milvus://127.0.0.1:${port}/${collection}`,
        /** Its own storage: it imports files that are there. */
        storage: join(folder, 'data'),
        stop,
        start,
        close: async () => {
            await stop();
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

async function freePort() {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
}

/** Waits until it is healthy. */
async function answers(address, ended) {
    for (const last = Date.now() + READY_MS; ; ) {
        const client = new MilvusClient({ address, timeout: 5000, logLevel: 'none' });
        try {
            await client.connectPromise;
            if ((await client.checkHealth()).isHealthy) return;
        } catch (error) {
            if (ended() !== null || Date.now() > last) throw new Error('Milvus did not start (its etcd needs port 2380)', { cause: error });
        } finally {
            await client.closeConnection().catch(() => {});
        }
        await new Promise((resolve) => setTimeout(resolve, 300));
    }
}
