// The systems that `npm run bench:search` compares: each makes an index of vectors [n][dims] of length 1, and gives the search for
// the k nearest of a query. `bytes`: of the index, where the system tells; else the growth of the process is taken.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadNative } from '../../js/worker/native/native.js';
import { nodeLoader } from '../../js/worker/threads_node.js';

const rowOf = (vectors, dims, row) => vectors.subarray(row * dims, (row + 1) * dims);

const PART = 4096; // vectors at a time

async function ours(dtype, { vectors, dims, variant, threads }) {
    const native = await loadNative({ variant, threads }, nodeLoader);
    const kept = native.openVectors({ dims, dtype });
    for (let at = 0; at < vectors.length; at += PART * dims) kept.append(vectors.subarray(at, at + PART * dims));
    return { native, kept, bytes: kept.bytes };
}

const kept = (dtype) => async (data) => {
    const { kept, bytes } = await ours(dtype, data);
    return { bytes, search: (query, k) => kept.search(query, { k, metric: 'cosine' }).rows };
};

/** As the index does it: the best 4k in int8, their exact scores from what the database holds as float16. */
async function rescored(data) {
    const { native, kept, bytes } = await ours('i8', data);
    const stored = Array.from({ length: kept.rows }, (_, row) => native.storeVector(rowOf(data.vectors, data.dims, row), 'f16'));
    const search = (query, k) => {
        const { rows } = kept.search(query, { k: 4 * k, metric: 'cosine' });
        const candidates = Array.from(rows, (row) => stored[row]);
        const scores = native.rescore(query, candidates, 'f16', 'cosine');
        const order = [...rows.keys()].sort((a, b) => scores[b] - scores[a] || rows[a] - rows[b]);
        return order.slice(0, k).map((at) => rows[at]);
    };
    return { bytes, search };
}

async function javascript({ vectors, dims }) {
    const search = (query, k) => {
        const best = []; // by falling score
        for (let at = 0, row = 0; at < vectors.length; at += dims, row++) {
            let score = 0;
            for (let i = 0; i < dims; i++) score += query[i] * vectors[at + i];
            if (best.length === k && score <= best[k - 1].score) continue;
            const place = best.findIndex((each) => each.score < score);
            best.splice(place < 0 ? best.length : place, 0, { row, score });
            if (best.length > k) best.pop();
        }
        return best.map(({ row }) => row);
    };
    return { bytes: vectors.byteLength, search };
}

const usearch =
    (quantization) =>
    async ({ vectors, dims, packages }) => {
        const { Index } = createRequire(join(packages, 'package.json'))('usearch');
        const index = new Index({ metric: 'cos', dimensions: dims, quantization });
        for (let row = 0; row < vectors.length / dims; row++) index.add(BigInt(row), rowOf(vectors, dims, row));
        return { search: (query, k) => Array.from(index.search(query, k, 1).keys, Number) };
    };

async function hnswlib({ vectors, dims, packages }) {
    const file = join(packages, 'node_modules/hnswlib-wasm/dist/hnswlib.js');
    globalThis.window = globalThis; // where it looks for IndexedDB
    globalThis.indexedDB = { open: () => ({}) }; // which only saving needs
    const { loadHnswlib } = await import(pathToFileURL(file).href);
    const library = await loadHnswlib();
    const index = new library.HierarchicalNSW('cosine', dims, '');
    index.initIndex(vectors.length / dims, 16, 200, 100);
    index.setEfSearch(100);
    for (let row = 0; row < vectors.length / dims; row++) index.addPoint(rowOf(vectors, dims, row), row, false);
    return { search: (query, k) => index.searchKnn(query, k, undefined).neighbors };
}

async function voy({ vectors, dims, packages }) {
    const folder = join(packages, 'node_modules/voy-search');
    const glue = await import(pathToFileURL(join(folder, 'voy_search_bg.js')).href);
    const { instance } = await WebAssembly.instantiate(readFileSync(join(folder, 'voy_search_bg.wasm')), { './voy_search_bg.js': glue });
    glue.__wbg_set_wasm(instance.exports);
    const index = new glue.Voy();
    for (let row = 0; row < vectors.length / dims; row++) {
        index.add({ embeddings: [{ id: String(row), title: '', url: '', embeddings: Array.from(rowOf(vectors, dims, row)) }] });
    }
    return { search: (query, k) => index.search(query, k).neighbors.map(({ id }) => Number(id)) };
}

/** name -> what makes its index */
export const SYSTEMS = {
    'acg2vec int8 + re-scoring': rescored,
    'acg2vec int8': kept('i8'),
    'acg2vec float16': kept('f16'),
    'acg2vec float32': kept('f32'),
    'plain JavaScript': javascript,
    'usearch 2.26.2 float32': usearch('f32'),
    'usearch 2.26.2 int8': usearch('i8'),
    'hnswlib-wasm 0.8.2': hnswlib,
    'voy-search 0.6.3': voy,
};
