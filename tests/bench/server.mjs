// The service under load, beside the same networks behind FastAPI with native onnxruntime, on as many threads.
//     npm run bench:server -- [--seconds 30] [--clients 8] [--rounds 2] [--side 256] [--pix2score FOLDER] [--crowd 200] [--crowd-seconds 120]
// First start-up, memory and answers a second of both, in turn; then 200 uploads at once to ours: pictures, some that are too large, some
// that are none. Real-CUGAN's weights lie in the cache. FOLDER has pix2score/model.safetensors of full size (tests/compare makes one);
// FastAPI's has random weights. PyPI's fastapi, uvicorn, onnxruntime and Pillow go into an environment in the cache.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cache } from '../../cmake/setup/shell.mjs';
import { makePng } from '../js/support.mjs';
import { pythonWith } from '../server/python.mjs';
import { convnetToOnnx } from './convnet_onnx.mjs';
import { ncnnToOnnx } from './ncnn_to_onnx.mjs';
import { drawPicture } from './picture.js';
import { formOf, percentile, uploads } from './server/load.mjs';
import { startService, watchMemory } from './server/processes.mjs';

const PACKAGES = ['fastapi==0.165.0', 'uvicorn==0.54.0', 'python-multipart==0.0.34', 'onnxruntime==1.32.0', 'pillow==13.0.0'];
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LIMIT_MB = 2; // in the crowd: what is larger is refused

const { values } = parseArgs({
    options: {
        seconds: { type: 'string', default: '30' },
        clients: { type: 'string', default: '8' },
        rounds: { type: 'string', default: '2' },
        side: { type: 'string', default: '256' },
        pix2score: { type: 'string' },
        crowd: { type: 'string', default: '200' },
        'crowd-seconds': { type: 'string', default: '120' },
    },
});
const [seconds, clients, rounds, side, crowd, crowdSeconds] = ['seconds', 'clients', 'rounds', 'side', 'crowd', 'crowd-seconds'].map(
    (name) => Number(values[name]),
);
const threads = cpus().length;
const folder = mkdtempSync(join(tmpdir(), 'acg2vec-bench-'));
const bin = pythonWith('fastapi', PACKAGES);
const weights = join(cache, 'models/realcugan/se/up2x-conservative');
const onnx = join(folder, 'upscale.onnx');
const score = values.pix2score ? join(folder, 'score.onnx') : '-';
writeFileSync(onnx, ncnnToOnnx(readFileSync(`${weights}.param`, 'utf8'), readFileSync(`${weights}.bin`)));
if (score !== '-') writeFileSync(score, convnetToOnnx('pix2score', false));

const drawn = drawPicture(side);
const picture = makePng(side, side, (x, y) => [...drawn.data.subarray((y * side + x) * 3, (y * side + x) * 3 + 3)]);
const PATHS = ['/images/upscale', ...(score === '-' ? [] : ['/images/scoresByPix2Score'])];
const flags = Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];
const serve = (port, more = []) => {
    const models = values.pix2score ? ['--models', values.pix2score] : [];
    const options = ['--port', String(port), '--threads', String(threads), '--log', 'silent', '--seconds', '600', ...models, ...more];
    return [process.execPath, [...flags, join(ROOT, 'js/cli.js'), 'serve', ...options]];
};
const SYSTEMS = {
    acg2vec: (port) => serve(port),
    'FastAPI, onnxruntime': (port) => [
        join(bin, 'python'),
        [fileURLToPath(new URL('server/fastapi_service.py', import.meta.url)), String(port), String(threads), onnx, score],
    ],
};

async function firstAnswer(service, path) {
    const start = performance.now();
    const { headers, body } = formOf(picture);
    const response = await fetch(service.url + path, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
    return performance.now() - start;
}

/** One system for one round: started, asked once, then by all clients. */
async function measure(name) {
    const service = await startService(SYSTEMS[name]);
    const found = { ready: service.readyMs, readyCpu: service.readyCpu, idle: service.megabytes(), paths: {} };
    for (const path of PATHS) {
        const first = await firstAnswer(service, path);
        const before = service.cpu();
        const memory = watchMemory(service);
        const { times, errors, ...load } = await uploads(service.url + path, {
            requests: [{ method: 'POST', ...formOf(picture) }],
            clients,
            seconds,
        });
        memory.stop();
        const cpu = (service.cpu() - before) / times.length;
        found.paths[path] = { first, times, errors, cpu, rate: times.length / load.seconds, most: Math.max(...memory.seen) };
    }
    await service.end();
    return found;
}

const ms = (number) => number.toFixed(0);
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);

try {
    console.log(
        `Node ${process.versions.node}, ${cpus()[0].model}, ${threads} cores, load of the machine ${loadavg()[0].toFixed(0)}; pictures of ${side}²\n`,
    );
    row(
        'round',
        'system',
        'ready, ms',
        'ready, s of CPU',
        'MB then',
        'path',
        'first answer, ms',
        'answers a second',
        's of CPU an answer',
        'p50, ms',
        'p99, ms',
        'most MB',
        'errors',
    );
    console.log(`|${'---|'.repeat(13)}`);
    for (let round = 1; round <= rounds; round++) {
        for (const name of Object.keys(SYSTEMS)) {
            const { ready, readyCpu, idle, paths } = await measure(name);
            for (const [path, { first, rate, cpu, times, most, errors }] of Object.entries(paths))
                row(
                    round,
                    name,
                    ms(ready),
                    readyCpu.toFixed(2),
                    ms(idle),
                    path,
                    ms(first),
                    rate.toFixed(2),
                    cpu.toFixed(3),
                    ms(percentile(times, 0.5)),
                    ms(percentile(times, 0.99)),
                    ms(most),
                    errors,
                );
        }
    }
    if (crowdSeconds > 0) await crowded();
} finally {
    rmSync(folder, { recursive: true });
}

async function crowded() {
    const service = await startService((port) => serve(port, ['--megabytes', String(LIMIT_MB)]));
    await firstAnswer(service, '/images/upscale');
    const memory = watchMemory(service, 1000);
    const bodies = [picture, picture, Buffer.from('no picture '.repeat(100)), picture, Buffer.alloc(3.5e6)];
    const requests = bodies.map((bytes) => ({ method: 'POST', path: '/images/upscale', ...formOf(bytes) }));
    const { statuses, errors, times, seconds: took } = await uploads(service.url, { requests, clients: crowd, seconds: crowdSeconds });
    memory.stop();
    const parts = [0.1, 0.5, 1].map((part) => ms(memory.seen[Math.max(0, Math.floor(memory.seen.length * part) - 1)]));
    console.log(`\n${crowd} uploads at once for ${took.toFixed(0)} s:`, JSON.stringify(statuses), `errors ${errors}`);
    console.log(
        `answers a second ${(times.length / took).toFixed(2)}, of 200: p50 ${ms(percentile(times, 0.5))} ms, p99 ${ms(percentile(times, 0.99))} ms`,
    );
    console.log(`MB after a tenth, a half, all of the time: ${parts.join(', ')}; most ${ms(Math.max(...memory.seen))}`);
    await service.end();
}
