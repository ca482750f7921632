// The Python that the converters run in: a virtual environment with the pinned packages, made once in the user's cache.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, cache, isDone, root, run, say, sha256, which } from '../../cmake/setup/shell.mjs';

const requirements = join(root, 'models/convert/requirements.txt');
const uvRequirement = join(root, 'models/convert/uv.txt');
/** The packages and their versions name the environment; hashes of more files of a version leave it as it is. */
const versions = readFileSync(requirements, 'utf8').replaceAll(/ \\\n\s+--hash=\S+/g, '');
const folder = join(cache, 'python', sha256(versions).slice(0, 16));
const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');

/** The environment's python, or undefined if `ensurePython` has not made it yet. */
export const python = () => (isDone(folder) ? join(bin, 'python') : undefined);

/** What a converter needs around it: its package is `models/convert`. */
export const pythonEnvironment = () => ({ ...process.env, PYTHONPATH: join(root, 'models'), PYTHONDONTWRITEBYTECODE: '1' });

export function ensurePython() {
    const there = python();
    if (there) return there;
    say(`making a Python environment with PyTorch and TensorFlow in ${folder}; a download of about 2.8 GB, once`);
    rmSync(folder, { recursive: true, force: true });
    run('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 11) and "Expected Python 3.11 or later")']);
    try {
        run('python3', ['-m', 'venv', folder]);
    } catch (error) {
        throw new SetupError(`${error.message}\nOn Debian, install python3-venv.`);
    }
    // pip does it too, but takes several times as long and keeps every file twice
    const uv = which('uv') ?? installUv();
    run(uv, ['pip', 'install', '--python', join(bin, 'python'), '--no-deps', '--require-hashes', '-r', requirements], { show: true });
    writeFileSync(join(folder, '.complete'), '');
    return /** @type {string} */ (python());
}

function installUv() {
    run(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '-r', uvRequirement]);
    return join(bin, 'uv');
}
