// A program that a driver starts: its output line by line, its folder, its end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 120e3;
const STOP_MS = 10e3;

/** Kill the running programs, which would otherwise outlive this process. @type {Set<(signal: NodeJS.Signals) => void>} */
const running = new Set();
process.on('exit', () => running.forEach((kill) => kill('SIGKILL')));
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => process.exit(1));

/**
 * @param {string} program
 * @param {(folder: string) => string[]} args gets a folder for this program
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 */
export function start(program, args, { env = process.env } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'acg2vec-browser-'));
    // its own process group, so that its children end with it
    const child = spawn(program, args(folder), { env: { ...env, HOME: folder }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const kill = (signal) => child.exitCode === null && child.signalCode === null && process.kill(-child.pid, signal);
    const ended = once(child, 'exit');
    running.add(kill);
    ended.then(() => running.delete(kill));
    const said = [];
    const waiting = [];
    const hear = (line) => {
        said.push(line);
        for (const each of waiting) each(line);
    };
    for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', hear);
    return {
        folder,
        /** The first line that matches. @param {RegExp} pattern */
        line: (pattern) =>
            new Promise((resolve, reject) => {
                const look = (line) => pattern.test(line) && resolve(pattern.exec(line));
                waiting.push(look);
                said.forEach(look);
                const fail = (why) => reject(new Error(`${program} ${why}:\n${said.slice(-20).join('\n')}`));
                ended.then(([code]) => fail(`ended with ${code}`));
                sleep(START_MS, undefined, { ref: false }).then(() => fail(`did not say ${pattern} within ${START_MS} ms`));
            }),
        async stop() {
            kill('SIGTERM');
            await Promise.race([ended, sleep(STOP_MS, undefined, { ref: false })]);
            kill('SIGKILL');
            rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
        },
    };
}
