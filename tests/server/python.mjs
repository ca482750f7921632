// Python packages that tests and benchmarks of the service need, in environments of their own in the cache: made when they are first needed.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, isDone, run, say } from '../../cmake/setup/shell.mjs';

/**
 * @param {string} name of the environment
 * @param {string[]} packages as pip names them
 * @returns {string} the folder with its programs
 * @throws {Error} where there is no Python 3, or pip reaches nothing
 */
export function pythonWith(name, packages) {
    const folder = join(cache, 'server', name);
    const bin = join(folder, 'bin');
    if (isDone(folder)) return bin;
    say(`making a Python environment with ${packages.join(', ')} in ${folder}`);
    rmSync(folder, { recursive: true, force: true });
    run('python3', ['-m', 'venv', folder]);
    run(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
    writeFileSync(join(folder, '.complete'), '');
    return bin;
}

/**
 * The same, or the reason why it cannot be had.
 * @param {string} name
 * @param {string[]} packages
 * @returns {{ bin?: string, missing?: string }}
 */
export function tryPythonWith(name, packages) {
    try {
        return { bin: pythonWith(name, packages) };
    } catch (error) {
        return { missing: `${packages.join(', ')} cannot be had from PyPI: ${error.message.split('\n')[0]}` };
    }
}
