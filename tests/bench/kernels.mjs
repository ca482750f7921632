// Each kernel at the networks' own shapes, beside the machine's multiply-add peak of the same run. Another Node's V8: run this with it.
//     npm run bench:kernels [-- --build wasm-simd-threads] [--f32] [conv deconv linear …]
// --f32: of linear layers the float32 ones alone, on one thread.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const KERNELS = ['conv', 'deconv', 'linear'];

const { values, positionals: wanted } = parseArgs({
    allowPositionals: true,
    options: { build: { type: 'string', default: 'wasm-relaxed-threads' }, f32: { type: 'boolean', default: false } },
});
const { build } = values;

// Node 20 and 21 have relaxed SIMD behind a flag; V8 12 compiles as the package has it compile (js/platform/node/platform.js).
const [node, v8] = [process.versions.node, process.versions.v8].map((version) => Number(version.split('.')[0]));
const flags = [...(node < 22 ? ['--experimental-wasm-relaxed-simd'] : []), ...(v8 === 12 ? ['--turboshaft-wasm'] : [])];

console.log(
    `Node ${process.versions.node}, V8 ${process.versions.v8}, ${cpus()[0].model.trim()}, ${build}; the least time of each, in turn with XNNPACK's (GFLOP/s). One thread: processor time.`,
);
for (const kernel of wanted.length ? wanted : KERNELS) {
    const program = fileURLToPath(new URL(`../../build/${build}/tests/bin/${kernel}_test.cjs`, import.meta.url));
    if (!existsSync(program)) throw new Error(`Expected ${program} but found nothing: npm run build ${build} makes it`);
    const { status } = spawnSync(process.execPath, [...flags, program, '--bench', ...(values.f32 ? ['--f32'] : [])], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
}
