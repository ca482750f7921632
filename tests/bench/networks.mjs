// All networks of full size in one table: parameters, file, memory, time of one call by threads, and how near they are to their framework.
//     npm run bench:networks -- [FOLDER] [--merges FILE] [--network clip,…] [--dtype f32,f16,int8] [--threads 1,2] [--rounds 7] [--json FILE]
// FOLDER (the cache's `compare`) has what tests/compare leaves there, each network in a folder (full_size.mjs) with one for each dtype; what
// is not there is named and left out. Real-CUGAN's weights lie where the command line finds them. --merges is CLIP's list, which its texts need.
// Each network and number of threads has a process of its own; memory is the engine's at its most, above what it takes without a network;
// the last column is what tests/compare left beside the file, if that is not newer.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cache } from '../../cmake/setup/shell.mjs';
import { readRecord } from '../compare/comparing.mjs';
import { findFiles, NETWORKS, OPTIONS } from './full_size.mjs';
import { readNcnnGraph } from './ncnn_graph.js';
import { spread } from './report.mjs';

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        ...OPTIONS,
        dtype: { type: 'string', default: 'f32,f16,int8' },
        rounds: { type: 'string', default: '7' },
        build: { type: 'string', default: 'relaxed-threads' },
        json: { type: 'string' },
    },
});
const folder = positionals[0] ?? join(cache, 'compare');
const threads = values.threads.split(',').map(Number);

/** Counted as the file has them: normalisations that are folded into other layers are none, and int8's scales neither. */
function countParameters(file) {
    if (file.endsWith('.bin')) {
        const layers = readNcnnGraph(readFileSync(file.replace(/bin$/, 'param'), 'utf8'), readFileSync(file));
        return layers.reduce((sum, { kernel }) => sum + (kernel ? kernel.weights.length + kernel.bias.length : 0), 0);
    }
    const descriptor = openSync(file);
    const size = Buffer.alloc(8);
    readSync(descriptor, size);
    const header = Buffer.alloc(Number(size.readBigUInt64LE()));
    readSync(descriptor, header);
    closeSync(descriptor);
    const { __metadata__, ...tensors } = JSON.parse(header.toString());
    const isScale = (name) => name.endsWith('.scale') && name.slice(0, -'.scale'.length) in tensors;
    const names = Object.keys(tensors).filter((name) => !isScale(name));
    return names.reduce((sum, name) => sum + tensors[name].shape.reduce((product, dim) => product * dim, 1), 0);
}

function runApart(options) {
    const flags = Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];
    const program = fileURLToPath(new URL('one_network.mjs', import.meta.url));
    const { status, stdout } = spawnSync(process.execPath, [...flags, program, JSON.stringify(options)], {
        stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (status !== 0) throw new Error(`${options.file} could not be measured`);
    return JSON.parse(stdout.toString());
}

/** What is found of one dtype of a network, or undefined if it is not there. */
function measure(network, dtype) {
    const { name, kind, calls, agreement } = network;
    const found = findFiles(network, dtype, folder, values.merges);
    if (!found) return undefined;
    const { file, vocabulary } = found;
    console.error(`${name}, ${dtype} …`);
    const options = { kind, file, vocabulary, build: values.build, rounds: Number(values.rounds), calls };
    const runs = threads.map((n) => ({ threads: n, ...runApart({ ...options, threads: n }) }));
    return {
        name,
        dtype,
        parameters: countParameters(file),
        calls: calls.map(({ call }) => call),
        runs,
        agreement: agreement ?? readRecord(file),
    };
}

const mib = (bytes) => (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0);
const time = (ms) => ms.toFixed(ms < 100 ? 1 : 0);

function describeAgreement(record) {
    if (typeof record !== 'object') return record ?? '';
    const outputs = Object.values(record.outputs);
    const error = Math.max(...outputs.map((each) => each.error)).toExponential(1);
    return `${Math.min(...outputs.map((each) => each.cosine)).toFixed(7)}, ${error}`;
}

/** A row for each call; what does not depend on the call is in the first. */
function rows({ name, dtype, parameters, calls, runs, agreement }) {
    const memory = Math.max(...runs.map(({ peakBytes }) => peakBytes));
    const head = [name, `${(parameters / 1e6).toFixed(1)} M`, dtype, mib(runs[0].fileBytes), mib(memory)];
    return calls.map((call, i) => {
        const times = runs.map((run) => spread(run.times[i])).map(({ min, median }) => `${time(min)} / ${time(median)}`);
        return [...(i ? head.map(() => '') : head), call, ...times, i ? '' : describeAgreement(agreement)];
    });
}

const wanted = NETWORKS.filter(({ id }) => values.network.split(',').includes(id));
const found = wanted
    .flatMap((network) => (network.dtypes ?? values.dtype.split(',')).map((dtype) => measure(network, dtype)))
    .filter(Boolean);
const title = `Node ${process.versions.node}, ${values.build}, ${cpus().length} cores (${cpus()[0].model}), least / median of ${values.rounds}`;
const columns = ['network', 'parameters', 'dtype', 'file MiB', 'memory MiB', 'one call'];
const ends = [...threads.map((n) => `${n} thread${n > 1 ? 's' : ''}, ms`), 'least cosine, largest error'];
console.log(`${title}\n\n| ${[...columns, ...ends].join(' | ')} |\n|${'---|'.repeat(columns.length + ends.length)}`);
for (const row of found.flatMap(rows)) console.log(`| ${row.join(' | ')} |`);
if (values.json) writeFileSync(values.json, `${JSON.stringify({ date: new Date().toISOString(), title, networks: found }, null, 2)}\n`);
