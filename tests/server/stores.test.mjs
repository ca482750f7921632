// Every store does the same: the index in a file, and PostgreSQL. Milvus is in tests/server/milvus (npm run test:milvus).
import { after } from 'node:test';
import { join } from 'node:path';
import { createIndex } from '../../js/node.js';
import { temporaryFolder } from '../js/support.mjs';
import { collectionContract } from './stores/collection.mjs';
import { storeContract } from './stores/contract.mjs';
import { startPostgres } from './stores/postgres.mjs';

const folder = temporaryFolder({ after });
storeContract('a file', { begin: async () => ({ store: join(folder, 'pictures.db'), openIndex: createIndex }) });

let postgres;
storeContract('PostgreSQL with pgvector', {
    begin: async () => {
        postgres = await startPostgres();
        return { store: postgres.url('pictures') };
    },
    isShared: true,
    lose: () => postgres.stop(),
    restore: () => postgres.start(),
});

collectionContract('PostgreSQL with pgvector', { begin: async () => postgres.url('rows'), end: () => postgres.close() });
