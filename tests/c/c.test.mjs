// Runs the C tests: natively under sanitizers, as 64-bit and as 32-bit code, and in the four WebAssembly builds
// (tests/CMakeLists.txt says which in which). Every C test is a test here.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hasRelaxedSimd } from '../../js/client/features.js';
import { modelsCacheFolder } from '../../js/platform/node/weights.js';
import { report, runProgram } from '../tap.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const models = process.env.ACG2VEC_MODELS ?? modelsCacheFolder();
const presets = ['native', 'native32', 'wasm-relaxed-threads', 'wasm-relaxed', 'wasm-simd-threads', 'wasm-simd'];

// Node 20 and 21 have relaxed SIMD behind a flag, which later versions no longer know.
const nodeFlags = Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];
const runsRelaxedSimd = nodeFlags.length > 0 || hasRelaxedSimd();

function programsOf(preset) {
    const folder = join(root, 'build', preset, 'tests/bin');
    return existsSync(folder) ? readdirSync(folder).filter((name) => /_test(\.cjs)?$/.test(name)) : [];
}

/** Why a preset is not built on this machine: what the build has written down. */
function whyNot(preset) {
    const note = join(root, 'build', preset, 'why-not.txt');
    return existsSync(note) ? readFileSync(note, 'utf8') : '';
}

for (const preset of presets) {
    const folder = join(root, 'build', preset, 'tests/bin');
    const why = whyNot(preset);
    // Those that are skipped are named: all that native32 would have, which is native's without the tile loop's.
    const programs = why ? programsOf('native').filter((name) => !/^(upscale|animation)/.test(name)) : programsOf(preset);
    // One program at a time: another file of tests runs beside this one (tests/run.mjs), and threads that wait for their part spin.
    describe(`C tests, ${preset}`, () => {
        it('are built', (t) => {
            if (why) return t.skip(why);
            if (!programs.length) throw new Error(`No test programs in build/${preset}: run \`npm run build ${preset}\`.`);
        });
        for (const program of programs) {
            const skip = why || (preset.includes('relaxed') && !runsRelaxedSimd && 'this Node has no relaxed SIMD');
            it(program.replace(/_test.*/, ''), { skip }, async (t) => {
                const [command, args] = program.endsWith('.cjs')
                    ? [process.execPath, [...nodeFlags, join(folder, program)]]
                    : [join(folder, program), []];
                await report(t, program, await runProgram(command, [...args, '--models', models]));
            });
        }
    });
}
