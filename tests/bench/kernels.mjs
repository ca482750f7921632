// Each kernel at the networks' own shapes, beside the machine's multiply-add peak of the same run: in Node, or in a page of a browser.
//     npm run bench:kernels [-- --build wasm-simd-threads] [--browser firefox] [--f32] [conv deconv linear …]
// --f32: of linear layers the float32 ones alone, on one thread. Another Node's V8: run this with it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SetupError } from '../../cmake/setup/shell.mjs';
import { runInPage } from './kernels_page.mjs';

const KERNELS = ['conv', 'deconv', 'linear'];
/** For browsers without relaxed SIMD, and one without threads too. */
const BUILDS = { webkitgtk: 'wasm-simd', 'webkitgtk-threads': 'wasm-simd-threads' };
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** @param {string} build @param {string} kernel @param {string[]} args */
function runInNode(build, kernel, args) {
    // Node 20 and 21 have relaxed SIMD behind a flag; V8 12 compiles as the package has it compile (js/platform/node/platform.js).
    const [node, v8] = [process.versions.node, process.versions.v8].map((version) => Number(version.split('.')[0]));
    const flags = [...(node < 22 ? ['--experimental-wasm-relaxed-simd'] : []), ...(v8 === 12 ? ['--turboshaft-wasm'] : [])];
    const program = `${ROOT}build/${build}/tests/bin/${kernel}_test.cjs`;
    if (!existsSync(program)) throw new Error(`Expected ${program} but found nothing: npm run build ${build} makes it`);
    const { status } = spawnSync(process.execPath, [...flags, program, ...args], { stdio: 'inherit' });
    if (status !== 0) throw new Error(`${kernel}_test ended with ${status}`);
}

const { values, positionals: wanted } = parseArgs({
    allowPositionals: true,
    options: {
        build: { type: 'string' },
        browser: { type: 'string' },
        f32: { type: 'boolean', default: false },
    },
});
const { browser } = values;
const build = values.build ?? BUILDS[browser] ?? 'wasm-relaxed-threads';
const where = browser ? 'the clock' : "processor time; Node's threads: the clock";
console.log(
    `${cpus()[0].model.trim()}, ${build}, ${browser ?? `Node ${process.versions.node}, V8 ${process.versions.v8}`}; the least time of each, in turn with XNNPACK's (GFLOP/s). One thread: ${where}.`,
);
// As the page's engine is told there: see acg_host in src/api/acg.h.
const slowSplats = browser in BUILDS ? ['--slow-splats'] : [];
const args = ['--bench', ...slowSplats, ...(values.f32 ? ['--f32'] : [])];
try {
    for (const kernel of wanted.length ? wanted : KERNELS) {
        if (browser) await runInPage({ root: ROOT, build, kernel, browser, args });
        else runInNode(build, kernel, args);
    }
} catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
}
