// Helpers of all set-up steps: the cache folder, running a program, messages, failing with one sentence.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../js/platform/node/cache_folder.js';

export const root = resolve(fileURLToPath(import.meta.url), '../../..');
export const cache = cacheFolder();

/** An error that the user can fix: printed without a stack. */
export class SetupError extends Error {}

export function say(text) {
    process.stderr.write(`[setup] ${text}\n`);
}

/** Runs a program and returns what it printed on standard output; its whole output becomes the error's text if it fails. */
export function run(program, args, { cwd = root, env = process.env, show = false } = {}) {
    const done = spawnSync(program, args, {
        cwd,
        env,
        encoding: 'utf8',
        stdio: ['ignore', show ? 2 : 'pipe', show ? 'inherit' : 'pipe'],
        maxBuffer: 1 << 28,
    });
    if (done.error?.code === 'ENOENT') throw new SetupError(`Expected ${program} on PATH but found none: install the package that has it.`);
    if (done.error) throw new SetupError(`Could not start ${program}: ${done.error.message}`);
    if (done.status !== 0) {
        const words = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim().split('\n').slice(-25).join('\n');
        throw new SetupError(`${program} ${args.join(' ')} ended with status ${done.status ?? done.signal}.\n${words}`);
    }
    return done.stdout ?? '';
}

/** The full path of a program on PATH, or null. */
export function which(program) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
        const path = join(folder, program);
        try {
            accessSync(path, constants.X_OK);
            return path;
        } catch {
            // not in this folder
        }
    }
    return null;
}

/** The variables of a file of NAME=value lines. */
export function readEnvFile(path) {
    const lines = readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => /^\w+=/.test(line));
    return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()]));
}

export function sha256(bytes) {
    return createHash('sha256').update(bytes).digest('hex');
}

export function isDone(folder) {
    return existsSync(join(folder, '.complete'));
}
