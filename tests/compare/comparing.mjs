// What the comparisons of full-size networks with their frameworks have in common: programs that they run, distances of vectors, and the
// record that they write beside a network's file for tests/bench/networks.mjs.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonEnvironment } from '../../models/convert/python.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

export function run(command, ...args) {
    const { status } = spawnSync(command, args, { env: pythonEnvironment(), stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`${command} ${args.slice(0, 2).join(' ')} failed`);
}

/** Runs a program of this folder in its own process; returns its found.json, with results, memory and times. */
function runApart(program, folder, ...args) {
    const engine = ['--experimental-wasm-relaxed-simd', join(here, program), ...args];
    run(process.execPath, ...(Number(process.versions.node.split('.')[0]) < 22 ? engine : engine.slice(1)));
    return JSON.parse(readFileSync(join(folder, 'found.json'), 'utf8'));
}

export const embedFolder = (kind, file, folder, vocabulary, { build, threads }) =>
    runApart('embed_folder.mjs', folder, kind, file, folder, vocabulary, build, threads);

export const lookAtFolder = (kind, file, folder, { build, threads }) =>
    runApart('look_at_folder.mjs', folder, kind, file, folder, build, threads);

/** The cosine, and the largest difference over the largest value. */
function compare(found, wanted) {
    const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
    const largest = wanted.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const error = wanted.reduce((max, value, i) => Math.max(max, Math.abs(value - found[i])), 0) / largest;
    return { cosine: dot(found, wanted) / Math.sqrt(dot(found, found) * dot(wanted, wanted)), error };
}

export const cosines = (found, wanted) => wanted.map((vector, i) => compare(found[i], vector).cosine);

/** The least cosine and the largest error over a vector's largest value. */
export function worst(found, wanted) {
    const results = wanted.map((vector, i) => compare(found[i], vector));
    return { cosine: Math.min(...results.map((each) => each.cosine)), error: Math.max(...results.map((each) => each.error)) };
}

/** The same as columns of a table. */
export const agreementColumns = ({ cosine, error }) => [cosine.toFixed(7), error.toExponential(1)];

const recordPath = (file) => file.replace(/\.safetensors$/, '.agreement.json');

/**
 * @param {string} file of the network
 * @param {string} framework that it was compared with
 * @param {number} compared pictures or texts
 * @param {Record<string, { cosine: number, error: number }>} outputs as `worst` tells it
 */
export function writeRecord(file, framework, compared, outputs) {
    writeFileSync(recordPath(file), `${JSON.stringify({ framework, compared, outputs }, null, 4)}\n`);
}

/** The record of the last comparison of this file, if it is newer than the file. */
export function readRecord(file) {
    const path = recordPath(file);
    if (!existsSync(path) || statSync(path).mtimeMs < statSync(file).mtimeMs) return undefined;
    return JSON.parse(readFileSync(path, 'utf8'));
}

const mib = (bytes) => (bytes / 2 ** 20).toFixed(0);

/** Of what embedFolder found: the file's size, the engine's memory when it is open, and at its most. */
export const memory = ({ fileBytes, openBytes, peakBytes }) => [
    mib(fileBytes),
    mib(openBytes),
    `${mib(peakBytes)} (+${(100 * (peakBytes / fileBytes - 1)).toFixed(0)} %)`,
];

export function table(title, columns, rows) {
    console.log(`${title}, Node ${process.versions.node}\n\n| ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length)}`);
    for (const row of rows) console.log(`| ${row.join(' | ')} |`);
}
