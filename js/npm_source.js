// Takes files out of a package of the npm registry, with the npm and tar programs of the machine. Keeps nothing.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AcgError, cancelled, sentence } from './errors.js';

/**
 * The parts of "npm:name@version/path/in/package", or undefined for any other source.
 * @param {string} source
 */
export function npmPackage(source) {
    const parts = /^npm:((?:@[^/]+\/)?[^/@]+@[^/]+)\/(.+)$/.exec(source);
    return parts ? { spec: parts[1], path: parts[2] } : undefined;
}

/**
 * @param {string[]} sources of one and the same package
 * @param {string} folder where a temporary folder may be made
 * @param {AbortSignal} [signal]
 * @returns {Promise<Map<string, Uint8Array<ArrayBuffer>>>} source -> bytes, those that the package has
 * @throws {AcgError} NOT_FOUND, CANCELLED
 */
export async function readNpmPackage(sources, folder, signal) {
    const packages = sources.map((source) => /** @type {{ spec: string, path: string }} */ (npmPackage(source)));
    const { spec } = packages[0];
    await mkdir(folder, { recursive: true });
    const temporary = await mkdtemp(join(folder, 'npm-'));
    try {
        await run(
            'npm',
            ['pack', spec, '--ignore-scripts', '--silent', '--pack-destination', temporary],
            temporary,
            signal,
        );
        const tarball = (await readdir(temporary)).find((name) => name.endsWith('.tgz')) ?? '';
        await run('tar', ['-xzf', tarball, ...packages.map(({ path }) => `package/${path}`)], temporary, signal);
        const found = new Map();
        for (const [i, source] of sources.entries()) {
            found.set(source, new Uint8Array(await readFile(join(temporary, 'package', packages[i].path))));
        }
        return found;
    } catch (error) {
        if (signal?.aborted) throw cancelled(signal);
        throw new AcgError('NOT_FOUND', `npm:${spec} could not be fetched: ${sentence(error)}`, { cause: error });
    } finally {
        await rm(temporary, { recursive: true, force: true });
    }
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} cwd
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function run(program, args, cwd, signal) {
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
