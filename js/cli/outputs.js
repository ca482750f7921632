// Decides where each picture's output goes, before anything is done. Writes nothing.
import { realpathSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { findPictures } from './folders.js';
import { UsageError } from './usage.js';

/** @type {Record<string, string[]>} the first is what a name gets that has none */
const EXTENSIONS = { png: ['.png'], webp: ['.webp'], jpg: ['.jpg', '.jpeg'] };

/**
 * The format that was asked for, or else the one that the output's name says, or else PNG.
 * @param {string | undefined} asked
 * @param {string | undefined} output
 * @throws {UsageError}
 */
export function fileFormat(asked, output) {
    if (asked !== undefined && !EXTENSIONS[asked]) {
        throw new UsageError(`Expected one of ${Object.keys(EXTENSIONS).join(', ')} for --format but received '${asked}'`);
    }
    const extension = extname(output ?? '').toLowerCase();
    return asked ?? Object.keys(EXTENSIONS).find((format) => EXTENSIONS[format].includes(extension)) ?? 'png';
}

/**
 * @param {string[]} named pictures, and folders of them, whose order of folders the output repeats
 * @param {string | undefined} output
 * @param {string} [format]
 * @returns {{ input: string, output: string }[]}
 * @throws {UsageError}
 */
export function planOutputs(named, output, format = 'png') {
    if (named.length === 0) throw new UsageError('Expected at least one picture but received none');
    if (!output) throw new UsageError('Expected -o with a file or a folder for the output but received none');
    refuseFileAsFolder(dirname(resolve(output)));
    const inputs = findPictures(named, output);
    const several = inputs.length > 1 || inputs.some(({ inFolder }) => inFolder);
    const existing = statSync(output, { throwIfNoEntry: false });
    if (several && existing && !existing.isDirectory()) {
        throw new UsageError(`Expected a folder for -o with several pictures but ${output} is a file`);
    }
    const isFolder = several || /[\\/]$/.test(output) || existing?.isDirectory();
    const extensions = EXTENSIONS[format];
    if (!isFolder && extname(output) && !extensions.includes(extname(output).toLowerCase())) {
        throw new UsageError(`Expected a name that ends in ${extensions.join(' or ')} for -o but received '${output}'`);
    }
    const jobs = inputs.map(({ path, name }) => ({ input: path, output: isFolder ? join(output, outputName(name, extensions[0])) : output }));
    refuseOverwriting(jobs);
    return jobs;
}

/**
 * @param {string} name
 * @param {string} extension
 */
function outputName(name, extension) {
    return name.slice(0, name.length - extname(name).length) + extension;
}

/** @param {string} folder to be made, if it is not there */
function refuseFileAsFolder(folder) {
    const stats = statOrNothing(folder);
    if (!stats && dirname(folder) !== folder) refuseFileAsFolder(dirname(folder));
    else if (stats && !stats.isDirectory()) throw new UsageError(`Expected a folder for -o but ${folder} is a file`);
}

/** @param {string} path */
function statOrNothing(path) {
    try {
        return statSync(path);
    } catch {
        return undefined; // ENOENT, or ENOTDIR below a file
    }
}

/** @param {{ input: string, output: string }[]} jobs */
function refuseOverwriting(jobs) {
    const inputs = new Map(jobs.map(({ input }) => [identity(input), input]));
    const outputs = new Map();
    for (const { input, output } of jobs) {
        const id = identity(output);
        const victim = inputs.get(id);
        if (victim !== undefined) throw new UsageError(`The output ${output} would overwrite the input ${victim}`);
        const rival = outputs.get(id);
        if (rival !== undefined) throw new UsageError(`${rival} and ${input} would both be written to ${output}`);
        outputs.set(id, input);
    }
}

/**
 * The same for two names of the same file.
 * @param {string} path
 */
function identity(path) {
    const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
    if (stats && stats.ino !== 0n) return `${stats.dev}:${stats.ino}`;
    return stats ? realpathSync(path) : resolve(path);
}
