// The store in Milvus: a real server (PyPI's milvus 2.3.5), the same contracts as every store, and a bulk import of an exported index.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createIndex } from '../../../js/node.js';
import { createService } from '../../../server/index.js';
import { openCollection } from '../../../server/store/open.js';
import { indexEngine, picture } from '../../js/index_support.mjs';
import { temporaryFolder } from '../../js/support.mjs';
import { formOf, post } from '../support.mjs';
import { tryPythonWith } from '../python.mjs';
import { collectionContract } from '../stores/collection.mjs';
import { storeContract, until } from '../stores/contract.mjs';
import { PACKAGES, startMilvus } from './server.mjs';

const { bin, missing } = tryPythonWith('milvus', PACKAGES);
if (missing) test('the store: Milvus', { skip: missing });
else contracts();

function contracts() {
    let milvus;
    storeContract('Milvus', {
        begin: async () => {
            milvus = await startMilvus(bin);
            return { store: milvus.url('pictures') };
        },
        isShared: true,
        lose: () => milvus.stop(),
        restore: () => milvus.start(),
    });
    collectionContract('Milvus', { begin: async () => milvus.url('records') });
    describe('an index that was exported', () => bulkLoad(() => milvus));
}

const PICTURES = 300;

function bulkLoad(milvus) {
    const folder = temporaryFolder({ after });
    let engine;
    before(async () => (engine = await indexEngine()));
    after(async () => {
        await engine?.close();
        await milvus()?.close();
    });

    test('Milvus imports it by itself, and a service finds in it', async (context) => {
        const index = await createIndex({ engine, location: join(folder, 'index.db') });
        const pictures = Array.from({ length: PICTURES }, (_, i) => ({ path: `${i}.png`, blob: new Blob([picture(i)]), modified: 0 }));
        await index.add(pictures, { models: ['dclip'], tags: true });
        const file = join(milvus().storage, 'vectors.parquet');
        writeFileSync(file, Buffer.from(await (await index.export('parquet')).arrayBuffer()));
        const { models } = await index.stats();
        const { sha256: weights, dims } = models.find(({ name }) => name === 'dclip');
        await index.close();

        const store = milvus().url('imported');
        const collection = await openCollection(store);
        context.after(() => collection.close());
        await collection.create({ model: 'dclip', weights, dims });
        assert.equal(await collection.importFile(file), PICTURES);
        const count = await until(
            () => collection.count(),
            (number) => number >= PICTURES,
            { tries: 300, wait: 1000 },
        );
        assert.equal(count, PICTURES);

        const close = engine.close.bind(engine);
        engine.close = async () => {};
        context.after(() => (engine.close = close));
        const service = await createService({ port: 0, log: 'silent', startEngine: async () => engine, store });
        context.after(() => service.close());
        const body = formOf({ image: picture(7), limit: '1' });
        const { data } = await (await post(service, '/search/image', body)).json();
        assert.equal(data[0].path, '7.png');
        assert.ok(data[0].score > 0.999, `${data[0].score}`);
        const again = await (await post(service, '/index', formOf({ image: [picture(7), picture(PICTURES)] }))).json();
        assert.deepEqual(
            again.data.map(({ id, outcome }) => [id === data[0].id, outcome]),
            [
                [true, 'unchanged'],
                [false, 'added'],
            ],
        );
        assert.equal(await collection.count(), PICTURES + 1);
        const known = await (await fetch(new URL(`/pictures/${data[0].id}`, service.url))).json();
        assert.ok(known.data.tags.length > 0);
        assert.deepEqual([known.data.width, known.data.height], [32, 24]);
        console.log(`${PICTURES} pictures exported, ${PICTURES} imported by Milvus, ${count} counted, 1 added`);
    });
}
