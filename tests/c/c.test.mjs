// Runs the C tests: natively under sanitizers, and in each of the four WebAssembly builds. Every C test is a test here.
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { relaxedSimd } from 'wasm-feature-detect';
import { modelsCacheFolder } from '../../js/weights_node.js';
import { report, runProgram } from '../tap.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const models = process.env.ACG2VEC_MODELS ?? modelsCacheFolder();
const presets = ['native', 'wasm-relaxed-threads', 'wasm-relaxed', 'wasm-simd-threads', 'wasm-simd'];

// Node 20 and 21 have relaxed SIMD behind a flag, which later versions no longer know.
const nodeFlags = Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];
const hasRelaxedSimd = nodeFlags.length > 0 || (await relaxedSimd());

// What these test of the tile loop is no other in another WebAssembly build, and they run whole networks many times.
const inOneBuild = /^(upscale|animation)/;

for (const preset of presets) {
    const folder = join(root, 'build', preset, 'tests/bin');
    const programs = existsSync(folder) ? readdirSync(folder).filter((name) => /_test(\.cjs)?$/.test(name)) : [];
    const isFirst = presets.indexOf(preset) < 2;
    // Most programs keep to one thread: as many at a time as there are cores.
    describe(`C tests, ${preset}`, { concurrency: availableParallelism() }, () => {
        it('are built', (t) => {
            if (!programs.length) throw new Error(`No test programs in build/${preset}: run \`npm run build ${preset}\`.`);
        });
        for (const program of programs.filter((name) => isFirst || !inOneBuild.test(name))) {
            const skip = preset.includes('relaxed') && !hasRelaxedSimd && 'this Node has no relaxed SIMD';
            it(program.replace(/_test.*/, ''), { skip }, async (t) => {
                const [command, args] = program.endsWith('.cjs') ? [process.execPath, [...nodeFlags, join(folder, program)]] : [join(folder, program), []];
                await report(t, program, await runProgram(command, [...args, '--models', models]));
            });
        }
    });
}
