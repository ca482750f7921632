// The service under load, beside the same networks behind FastAPI with native onnxruntime, on as many threads.
//     npm run bench:server -- [--models FOLDER] [--networks upscale,score,tags,clip] [--requests 16] [--clients 4] [--rounds 2] [--side 128]
//         [--threads 2] [--crowd 200] [--crowd-seconds 120]
// First both in turn, each network in processes of its own: start-up, memory, requests a second. Then 200 uploads at once to ours: pictures,
// some that are too large, some that are none. Real-CUGAN's weights lie in the cache; FOLDER has those of the other networks at full size, as
// `acg2vec serve --models` reads them (`npm run convert:random`, then `npm run convert`); what is not there is left out. FastAPI's are random.
// PyPI's fastapi, uvicorn, onnxruntime and Pillow go into an environment in the cache.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makePng } from '../js/support.mjs';
import { pythonWith } from '../server/python.mjs';
import { drawPicture } from './picture.js';
import { spread } from './report.mjs';
import { formOf, percentile, uploads } from './server/load.mjs';
import { NETWORKS } from './server/networks.mjs';
import { startService, watchMemory } from './server/processes.mjs';

const PACKAGES = ['fastapi==0.165.0', 'uvicorn==0.54.0', 'python-multipart==0.0.34', 'onnxruntime==1.32.0', 'pillow==13.0.0'];
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = fileURLToPath(new URL('server/fastapi_service.py', import.meta.url));
const LIMIT_MB = 2; // in the crowd: what is larger is refused

const { values } = parseArgs({
    options: {
        models: { type: 'string' },
        networks: { type: 'string', default: NETWORKS.map(({ name }) => name).join() },
        requests: { type: 'string', default: '16' },
        clients: { type: 'string', default: '4' },
        rounds: { type: 'string', default: '2' },
        side: { type: 'string', default: '128' },
        threads: { type: 'string', default: String(cpus().length) },
        crowd: { type: 'string', default: '200' },
        'crowd-seconds': { type: 'string', default: '120' },
    },
});
const [amount, clients, rounds, side, crowd, crowdSeconds] = ['requests', 'clients', 'rounds', 'side', 'crowd', 'crowd-seconds'].map(
    (name) => Number(values[name]),
);
const isThere = ({ name, weights }) =>
    values.networks.split(',').includes(name) && (!weights || (values.models && existsSync(join(values.models, weights))));
const folder = mkdtempSync(join(tmpdir(), 'acg2vec-bench-'));

const drawn = drawPicture(side);
const picture = makePng(side, side, (x, y) => [...drawn.data.subarray((y * side + x) * 3, (y * side + x) * 3 + 3)]);
const flags = Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];
const serve = (port, more = []) => {
    const models = values.models ? ['--models', values.models] : [];
    const options = ['--port', String(port), '--threads', values.threads, '--log', 'silent', '--seconds', '600', ...models, ...more];
    return [process.execPath, [...flags, join(ROOT, 'js/cli.js'), 'serve', ...options]];
};

const ms = (number) => number.toFixed(0);
const COLUMNS = {
    'ready, ms': ({ ready }) => ms(ready),
    'ready, CPU s': ({ readyCpu }) => readyCpu.toFixed(2),
    'first answer, ms': ({ first }) => ms(first),
    'requests a second': ({ rate }) => rate.toFixed(2),
    'CPU s a request': ({ cpu }) => cpu.toFixed(3),
    'p50, ms': ({ p50 }) => ms(p50),
    'longest, ms': ({ longest }) => ms(longest),
    'MB when ready': ({ idle }) => ms(idle),
    'most MB': ({ most }) => ms(most),
    errors: ({ errors }) => String(errors),
};
/** Theirs by ours of the same round; of `rate` ours by theirs. In all, more is better for ours. */
const RATIOS = {
    rate: 'requests a second',
    cpu: 'CPU s a request',
    ready: 'ready, ms',
    readyCpu: 'ready, CPU s',
    idle: 'MB when ready',
    most: 'most MB',
};

const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);

try {
    const machine = `${cpus()[0].model}, ${cpus().length} cores, ${values.threads} threads, load of the machine ${loadavg()[0].toFixed(0)}`;
    console.log(`Node ${process.versions.node}, ${machine}; pictures of ${side}², ${amount} requests of ${clients} clients\n`);
    row('network', 'round', 'system', ...Object.keys(COLUMNS));
    console.log(`|${'---|'.repeat(3 + Object.keys(COLUMNS).length)}`);
    const networks = NETWORKS.filter(isThere);
    const ratios = [];
    for (const network of networks) ratios.push([network.title, await compare(network)]);
    console.log('\nHow many times better ours is, least and most of the rounds:\n');
    row('network', ...Object.values(RATIOS));
    console.log(`|${'---|'.repeat(1 + Object.keys(RATIOS).length)}`);
    for (const [title, found] of ratios) row(title, ...found);
    if (crowdSeconds > 0) await crowded();
} finally {
    rmSync(folder, { recursive: true });
}

/** Prints a row for each round and system, and returns the ratios. */
async function compare({ name, title, path, fields, onnx }) {
    const file = join(folder, `${name}.onnx`);
    writeFileSync(file, onnx());
    const python = join(pythonWith('fastapi', PACKAGES), 'python');
    const systems = {
        acg2vec: () => measure(serve, path, fields),
        'FastAPI, onnxruntime': () => measure((port) => [python, [PROGRAM, String(port), values.threads, name, file]], '/', fields),
    };
    const pairs = [];
    for (let round = 1; round <= rounds; round++) {
        const pair = [];
        for (const [system, run] of Object.entries(systems)) {
            pair.push(await run());
            row(title, round, system, ...Object.values(COLUMNS).map((cell) => cell(pair.at(-1))));
        }
        pairs.push(pair);
    }
    rmSync(file);
    return Object.keys(RATIOS).map((key) => {
        const { min, max } = spread(pairs.map(([ours, theirs]) => (key === 'rate' ? ours[key] / theirs[key] : theirs[key] / ours[key])));
        return `${min.toFixed(2)} – ${max.toFixed(2)}`;
    });
}

/** A service: started, asked once, then by all clients. */
async function measure(command, path, fields) {
    const service = await startService(command);
    try {
        const [ready, readyCpu, idle] = [service.readyMs, service.readyCpu, service.megabytes()];
        const first = await firstAnswer(service.url + path, fields);
        const before = service.cpu();
        const memory = watchMemory(service);
        const requests = [{ method: 'POST', ...formOf(picture, fields) }];
        const { times, errors, statuses, ...load } = await uploads(service.url + path, { requests, clients, amount });
        memory.stop();
        const failed = Object.entries(statuses).reduce((sum, [status, count]) => sum + (status === '200' ? 0 : count), errors);
        return {
            ready,
            readyCpu,
            idle,
            first,
            errors: failed,
            rate: times.length / load.seconds,
            cpu: (service.cpu() - before) / times.length,
            p50: percentile(times, 0.5),
            longest: times.at(-1) ?? NaN,
            most: Math.max(...memory.seen),
        };
    } finally {
        await service.end();
    }
}

async function firstAnswer(url, fields) {
    const start = performance.now();
    const { headers, body } = formOf(picture, fields);
    const response = await fetch(url, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
    return performance.now() - start;
}

async function crowded() {
    const service = await startService((port) => serve(port, ['--megabytes', String(LIMIT_MB)]));
    const path = '/images/upscale';
    await firstAnswer(service.url + path);
    const memory = watchMemory(service, 1000);
    const bodies = [picture, picture, Buffer.from('no picture '.repeat(100)), picture, Buffer.alloc(3.5e6)];
    const requests = bodies.map((bytes) => ({ method: 'POST', path, ...formOf(bytes) }));
    const { statuses, errors, times, seconds: took } = await uploads(service.url, { requests, clients: crowd, seconds: crowdSeconds });
    memory.stop();
    const parts = [0.1, 0.5, 1].map((part) => ms(memory.seen[Math.max(0, Math.floor(memory.seen.length * part) - 1)]));
    const all = Object.values(statuses).reduce((sum, count) => sum + count, 0);
    console.log(`\n${crowd} uploads at once for ${took.toFixed(0)} s, load of the machine ${loadavg()[0].toFixed(0)}:`);
    console.log(`${JSON.stringify(statuses)}, errors ${errors}; ${(all / took).toFixed(0)} answers a second`);
    console.log(
        `of 200: ${(times.length / took).toFixed(2)} a second, p50 ${ms(percentile(times, 0.5))} ms, p99 ${ms(percentile(times, 0.99))} ms`,
    );
    console.log(`MB after a tenth, a half, all of the time: ${parts.join(', ')}; most ${ms(Math.max(...memory.seen))}`);
    await service.end();
}
