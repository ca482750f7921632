// PostgreSQL with pgvector in this process: PGlite, and its server of sockets.
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const CONNECTIONS = 20;

/** An empty database. `url`: of a table; `stop`, `start`: make it unreachable and reachable again. */
export async function startPostgres() {
    const db = await PGlite.create({ extensions: { vector } });
    let server;
    let port = 0;
    const start = async () => {
        server = new PGLiteSocketServer({ db, host: '127.0.0.1', port, maxConnections: CONNECTIONS });
        await server.start();
        port = Number(server.getServerConn().split(':')[1]);
    };
    const stop = () => server.stop();
    await start();
    return {
        url: (table) => `postgres://postgres@127.0.0.1:${port}/postgres?table=${table}`,
        start,
        stop,
        close: async () => {
            await stop();
            await db.close();
        },
    };
}
