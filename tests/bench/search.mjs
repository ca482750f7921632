// The search in vectors beside other libraries: npm run bench:search -- [--n 10000] [--dims 768] [--queries 50] [--rounds 5]
// [--build relaxed-threads] [--threads 2] [--system 'acg2vec int8,voy-search 0.6.3'] [--uniform]. Each system has a process of its own. The
// other libraries are installed into the cache. Prints a Markdown table: the time to build, the least and the median time of a query,
// recall@10 against an exhaustive search in float64, and memory.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cache, run } from '../../cmake/setup/shell.mjs';
import { spread } from './report.mjs';
import { SYSTEMS } from './search_systems.mjs';

const PEERS = { 'hnswlib-wasm': '0.8.2', usearch: '2.26.2', 'voy-search': '0.6.3' };
const K = 10;
const CLUSTERS = 500;

const { values } = parseArgs({
    options: {
        n: { type: 'string', default: '10000' },
        dims: { type: 'string', default: '768' },
        queries: { type: 'string', default: '50' },
        rounds: { type: 'string', default: '5' },
        build: { type: 'string', default: 'relaxed-threads' },
        threads: { type: 'string', default: '2' },
        system: { type: 'string', default: Object.keys(SYSTEMS).join() },
        uniform: { type: 'boolean', default: false },
        one: { type: 'string' },
    },
});
const [n, dims, queries, rounds, threads] = ['n', 'dims', 'queries', 'rounds', 'threads'].map((name) => Number(values[name]));

function installPeers() {
    const folder = join(cache, 'bench-search');
    const packages = Object.entries(PEERS).map(([name, version]) => `${name}@${version}`);
    const marker = join(folder, `${packages.join('+')}.installed`);
    if (existsSync(marker)) return folder;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], { cwd: folder });
    writeFileSync(marker, '');
    return folder;
}

/** Numbers from -1 to 1 (Marsaglia's xorshift32). */
function random(seed) {
    let state = seed;
    return () => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return state / 2 ** 31;
    };
}

function normalise(vector) {
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    for (let i = 0; i < vector.length; i++) vector[i] /= length;
}

/** Vectors around centres, as pictures lie, or without any; and queries, each near one of them. */
function makeData() {
    const next = random(2024);
    const centres = Float32Array.from({ length: values.uniform ? 0 : CLUSTERS * dims }, next);
    const vectors = new Float32Array(n * dims);
    for (let row = 0; row < n; row++) {
        const vector = vectors.subarray(row * dims, (row + 1) * dims);
        const centre = Math.floor(((next() + 1) / 2) * CLUSTERS) * dims;
        for (let i = 0; i < dims; i++) vector[i] = values.uniform ? next() : centres[centre + i] + 0.6 * next();
        normalise(vector);
    }
    const asked = Array.from({ length: queries }, (_, i) => {
        const at = Math.floor((i * n) / queries) * dims;
        const query = vectors.slice(at, at + dims).map((value) => value + (0.5 * next()) / Math.sqrt(dims));
        normalise(query);
        return query;
    });
    return { vectors, asked };
}

/** The k nearest in float64, of equal scores the lower row. */
function exhaustive(vectors, query) {
    const scores = new Float64Array(n);
    for (let row = 0; row < n; row++) {
        let [dot, squares] = [0, 0];
        for (let i = 0, at = row * dims; i < dims; i++, at++) {
            dot += vectors[at] * query[i];
            squares += vectors[at] * vectors[at];
        }
        scores[row] = dot / Math.sqrt(squares);
    }
    const least = Float64Array.from(scores).sort()[Math.max(0, n - K)];
    const best = [...scores.keys()].filter((row) => scores[row] >= least);
    return best.sort((a, b) => scores[b] - scores[a] || a - b).slice(0, K);
}

async function measure(name) {
    const { vectors, asked } = makeData();
    const before = process.memoryUsage().rss;
    const start = performance.now();
    const system = await SYSTEMS[name]({ vectors, dims, variant: values.build, threads, packages: join(cache, 'bench-search') });
    const buildMs = performance.now() - start;
    const bytes = system.bytes ?? process.memoryUsage().rss - before;
    const times = [];
    let found;
    for (let round = 0; round < rounds; round++) {
        found = asked.map((query) => {
            const begin = performance.now();
            const rows = system.search(query, K);
            times.push(performance.now() - begin);
            return [...rows];
        });
    }
    const hits = asked.reduce((sum, query, i) => sum + exhaustive(vectors, query).filter((row) => found[i].includes(row)).length, 0);
    return { buildMs, bytes, ...spread(times), recall: hits / (Math.min(K, n) * queries) };
}

function measureApart(name) {
    const flags = Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];
    const options = Object.entries({ ...values, one: name }).flatMap(([key, value]) =>
        value === true ? [`--${key}`] : value === false ? [] : [`--${key}=${value}`],
    );
    const { status, stdout } = spawnSync(process.execPath, [...flags, fileURLToPath(import.meta.url), ...options], {
        stdio: ['ignore', 'pipe', 'inherit'],
    });
    return status === 0 ? JSON.parse(stdout.toString().split('\n').at(-1)) : undefined;
}

const time = (ms) => (ms < 10 ? ms.toFixed(2) : ms < 1000 ? ms.toFixed(0) : `${(ms / 1000).toFixed(1)} s`);

if (values.one) {
    const found = await measure(values.one);
    process.stdout.write(`\n${JSON.stringify(found)}`, () => process.exit()); // behind what others print
} else {
    installPeers();
    const data = values.uniform ? 'without clusters' : `in ${CLUSTERS} clusters`;
    const machine = `Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0].model}), acg2vec: ${values.build}, ${threads} threads`;
    console.log(`${n} x ${dims} ${data}, ${queries} queries, ${rounds} rounds. ${machine}.\n`);
    console.log('| system | build, ms | query, least / median ms | recall@10 | MB |\n|---|---|---|---|---|');
    for (const name of values.system.split(',')) {
        const found = measureApart(name);
        const row = found
            ? [time(found.buildMs), `${time(found.min)} / ${time(found.median)}`, found.recall.toFixed(3), (found.bytes / 1e6).toFixed(1)]
            : ['failed', '', '', ''];
        console.log(`| ${[name, ...row].join(' | ')} |`);
    }
}
