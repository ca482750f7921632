// Runs the C tests: natively under sanitizers, and in each of the four WebAssembly builds. Every C test is a test here.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { relaxedSimd } from 'wasm-feature-detect';
import { modelsCacheFolder } from '../../js/weights_node.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const models = process.env.ACG2VEC_MODELS ?? modelsCacheFolder();
const presets = ['native', 'wasm-relaxed-threads', 'wasm-relaxed', 'wasm-simd-threads', 'wasm-simd'];

// Node 20 and 21 have relaxed SIMD behind a flag, which later versions no longer know.
const nodeFlags = Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];
const hasRelaxedSimd = nodeFlags.length > 0 || (await relaxedSimd());

function runProgram(program) {
    const [command, args] = program.endsWith('.cjs') ? [process.execPath, [...nodeFlags, program]] : [program, []];
    const env = { ...process.env };
    delete env.NODE_OPTIONS; // of this runner, not for what it runs
    delete env.NODE_TEST_CONTEXT;
    return new Promise((resolve, reject) => {
        const child = spawn(command, [...args, '--models', models], { env });
        let output = '';
        child.stdout.on('data', (data) => (output += data));
        child.stderr.on('data', (data) => (output += data));
        child.on('error', reject);
        child.on('close', (status, signal) => resolve({ output, status, signal }));
    });
}

/** TAP as cmocka prints it -> [{ name, outcome, words }]; the words of a failure and a skip's reason stand on lines of their own. */
function parseTap(output) {
    const tests = [];
    let before = [];
    for (const line of output.split('\n')) {
        const found = /^(not )?ok \d+ (?:(# SKIP) ?)?(?:- )?(\w+)/.exec(line);
        if (found) {
            tests.push({ name: found[3], outcome: found[1] ? 'failed' : found[2] ? 'skipped' : 'passed', words: before });
            before = [];
        } else if (tests.at(-1)?.outcome === 'failed' && line.startsWith('#')) tests.at(-1).words.push(line);
        else before.push(line);
    }
    return tests;
}

for (const preset of presets) {
    const folder = join(root, 'build', preset, 'tests/bin');
    const programs = existsSync(folder) ? readdirSync(folder).filter((name) => /_test(\.cjs)?$/.test(name)) : [];
    describe(`C tests, ${preset}`, () => {
        it('are built', (t) => {
            if (!programs.length) throw new Error(`No test programs in build/${preset}: run \`npm run build ${preset}\`.`);
        });
        for (const program of programs) {
            const skip = preset.includes('relaxed') && !hasRelaxedSimd && 'this Node has no relaxed SIMD';
            it(program.replace(/_test.*/, ''), { skip }, async (t) => {
                const { output, status, signal } = await runProgram(join(folder, program));
                const tests = parseTap(output);
                for (const { name, outcome, words } of tests) {
                    const reason = words.find((line) => line.includes('skipped'))?.replace(/^# skipped: /, '');
                    await t.test(name, { skip: outcome === 'skipped' && (reason ?? 'the test says so') }, () => {
                        if (outcome === 'failed') throw new Error(words.join('\n'));
                    });
                }
                const failed = tests.some((test) => test.outcome === 'failed');
                // A sanitizer or a crash ends the program after, or in the middle of, tests that passed.
                const planned = Number(/^1\.\.(\d+)/m.exec(output)?.[1]);
                if (!failed && (status !== 0 || tests.length !== planned)) {
                    throw new Error(`${program} ended with ${signal ?? `status ${status}`} after ${tests.length} of ${planned} tests:\n${output.slice(-4000)}`);
                }
            });
        }
    });
}
