// The store in Milvus Lite's server (PyPI's milvus-lite, Python): the same contracts as every store, but for pages.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openCollection } from '../../../server/store/open.js';
import { tryPythonWith } from '../python.mjs';
import { collectionContract } from '../stores/collection.mjs';
import { storeContract } from '../stores/contract.mjs';
import { LITE_PACKAGES, startMilvusLite } from './server.mjs';

const pages = 'of more rows than a limit it returns any, in no order';

const { bin, missing } = tryPythonWith('milvus-lite', LITE_PACKAGES);
if (missing) test('the store: Milvus Lite', { skip: missing });
else contracts();

function contracts() {
    let milvus;
    after(() => milvus?.close());
    storeContract('Milvus Lite', {
        begin: async () => {
            milvus = await startMilvusLite(bin);
            return { store: milvus.url('pictures') };
        },
        isShared: true,
        pages,
        lose: () => milvus.stop(),
        restore: () => milvus.start(),
    });
    collectionContract('Milvus Lite', { begin: async () => milvus.url('records'), pages });

    test('it cannot import a file, and says nothing of that: the call fails in a sentence', async (context) => {
        const collection = await openCollection(milvus.url('records'));
        context.after(() => collection.close());
        await assert.rejects(collection.importFile('vectors.parquet'), /Milvus could not import vectors\.parquet/);
    });
}
