// Runs programs that print TAP, and makes each of their tests a test of Node's runner.
import { spawn } from 'node:child_process';

export function runProgram(command, args, { env = process.env, cwd } = {}) {
    const own = { ...env };
    delete own.NODE_OPTIONS; // these options are for this runner, not for its programs
    delete own.NODE_TEST_CONTEXT;
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { env: own, cwd });
        let output = '';
        child.stdout.on('data', (data) => (output += data));
        child.stderr.on('data', (data) => (output += data));
        child.on('error', reject);
        child.on('close', (status, signal) => resolve({ output, status, signal }));
    });
}

/** TAP as cmocka prints it -> [{ name, outcome, words }]; the message of a failure and the reason of a skip are on separate lines. */
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

/** Every test of `output` under `t`, and a failure of its own if the program did not end as it should. */
export async function report(t, program, { output, status, signal }) {
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
        throw new Error(
            `${program} ended with ${signal ?? `status ${status}`} after ${tests.length} of ${planned} tests:\n${output.slice(-4000)}`,
        );
    }
}
