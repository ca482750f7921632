// Those results of results.js that the native program gives: bare pixels, and the networks for pictures.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { golden, ROOT } from '../js/support.mjs';
import { CUGAN, PICTURE_NETWORKS, picture, sha256, UPSCALES } from './results.js';

const PROGRAM = join(ROOT, 'build/native/tests/bin/numbers');
const SYNCS = { off: 0, exact: 1, fast: 2 }; // ACG_SYNC_*

/** false, or why there is no such program that rounds as WebAssembly does. */
export const nativeMissing =
    process.arch !== 'x64'
        ? 'for this processor the compiler joins multiplications and additions'
        : !existsSync(PROGRAM) && 'there is no native build (npm run build native)';

/** @param {string[]} args */
async function run(...args) {
    const { stdout } = await promisify(execFile)(PROGRAM, args, { encoding: 'buffer', maxBuffer: 2 ** 24 });
    return sha256(new Uint8Array(stdout));
}

/**
 * @param {string} folder for files of the program
 * @param {(path: string) => Promise<Uint8Array>} weights
 */
export async function resultsNatively(folder, weights) {
    const found = {};
    for (const [network, file, outputs] of PICTURE_NETWORKS) {
        const files = [golden(`${file}.safetensors`), golden('anime256.png')];
        for (const output of outputs) found[`${file}, ${output}`] = await run('look', network, ...files, output);
    }
    const [bin, param, pixels] = ['bin', 'param', 'pixels'].map((name) => join(folder, name));
    await writeFile(bin, await weights(CUGAN[0]));
    await writeFile(param, await weights(CUGAN[1]));
    for (const [name, { sync, tta, format, ...kind }] of Object.entries(UPSCALES)) {
        if (format !== 'pixels') continue;
        const input = picture(kind);
        await writeFile(pixels, input.pixels);
        const options = [input.width, input.height, SYNCS[sync], tta ? 1 : 0];
        found[`enlarged, ${name}`] = await run('enlarge', bin, param, pixels, ...options.map(String));
    }
    return found;
}
