// Decides the path of each picture's output before the work begins. Writes nothing.
import { realpathSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { onePath, systemPath } from '../platform/node/paths.js';
import { findPictures, statOrNothing } from './folders.js';
import { checkPattern, outputNames } from './output_names.js';
import { describePlace, placeOf } from './output_place.js';
import { isStandardInput, linksFrom } from './streams.js';
import { UsageError } from './usage.js';

/**
 * @typedef {{ input: string, output: string }} Job
 * @typedef {object} OutputPlan
 * @property {Job[]} jobs
 * @property {import('./folders.js').Found['passedOver']} passedOver
 * @property {import('./folders.js').Found['unread']} unread
 */

/** @type {Record<string, string[]>} the first is for a name without an extension */
const EXTENSIONS = { png: ['.png'], webp: ['.webp'], jpg: ['.jpg', '.jpeg'] };

const AS_NAMED = '{name}';
const NO_FACTS = { scale: 2, model: 'se', denoise: 'conservative' };

/**
 * The format in the options, or else that of the output's extension, or else PNG.
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
 * @param {string[]} named pictures, and folders of them, whose subfolders are repeated in the output
 * @param {string | undefined} output
 * @param {{ format?: string, name?: string, facts?: import('./output_names.js').Facts }} [options] name: of --name, and `facts` for it
 * @returns {OutputPlan}
 * @throws {UsageError}
 */
export function planOutputs(named, output, { format = 'png', name, facts = NO_FACTS } = {}) {
    if (named.length === 0) throw new UsageError('Expected at least one picture but received none');
    if (!output) throw new UsageError('Expected -o with a file or a folder for the output but received none');
    const pattern = name === undefined ? AS_NAMED : checkPattern(name, EXTENSIONS[format]);
    refuseFileAsFolder(dirname(resolve(output)));
    const { inputs, ...told } = findPictures(named, output);
    if (inputs.length === 0 && told.unread.length === 0) {
        throw new UsageError(`Expected pictures in the folder ${named.join(', ')} but found none`);
    }
    const several = named.length > 1 || inputs.length !== 1 || Boolean(inputs[0].inFolder);
    const isFolder = goesIntoFolder(several, output);
    if (!isFolder) {
        if (name !== undefined)
            throw new UsageError(`Expected a folder for -o with --name but received '${output}' (a / at its end makes it one)`);
        checkFileName(output, EXTENSIONS[format]);
    }
    const keyOf = (/** @type {string} */ below) => keyOfOutput(join(output, below));
    const names = isFolder
        ? outputNames(
              inputs.map((input) => input.name),
              { pattern, facts, extension: EXTENSIONS[format][0], keyOf },
          )
        : [];
    const jobs = inputs.map(({ path }, i) => ({ input: path, output: isFolder ? join(output, names[i]) : output }));
    refuseOverwriting(jobs);
    return { jobs, ...told };
}

/**
 * @param {boolean} several pictures
 * @param {string} output
 * @throws {UsageError}
 */
function goesIntoFolder(several, output) {
    const isThere = output === '-' ? undefined : statOrNothing(output);
    const isFolder = Boolean(isThere?.isDirectory());
    if (several && (output === '-' || (isThere && !isFolder))) {
        throw new UsageError(`Expected a folder for -o with several pictures but ${output} is ${describePlace(output)}`);
    }
    return several || /[\\/]$/.test(output) || isFolder;
}

/**
 * @param {string} output
 * @param {string[]} extensions
 */
function checkFileName(output, extensions) {
    if (placeOf(output).kind !== 'file') return; // a device may have any name
    const extension = extname(output).toLowerCase();
    if (extension === '' || extensions.includes(extension)) return;
    const known = Object.values(EXTENSIONS).flat();
    const possible = known.includes(extension) ? extensions : known; // a known extension: --format has another
    throw new UsageError(`Expected a name that ends in ${possible.join(' or ')} for -o but received '${output}'`);
}

/** @param {string} folder which is created if necessary */
function refuseFileAsFolder(folder) {
    const stats = statOrNothing(folder);
    if (!stats && dirname(folder) !== folder) refuseFileAsFolder(dirname(folder));
    else if (stats && !stats.isDirectory()) throw new UsageError(`Expected a folder for -o but ${folder} is a file`);
}

/** @param {Job[]} jobs */
function refuseOverwriting(jobs) {
    const files = jobs.filter(({ input }) => !isStandardInput(input));
    const inputs = new Map(files.map(({ input }) => [identity(input), input]));
    for (const { output } of jobs) {
        const victim = output === '-' ? undefined : inputs.get(identity(output));
        if (victim === undefined) continue;
        throw new UsageError(`The output ${output} would overwrite the input ${victim} (another folder or --name keeps them apart)`);
    }
}

/**
 * A key that is equal for outputs that are the same file, also on systems that ignore case.
 * @param {string} path
 */
function keyOfOutput(path) {
    return onePath(/** @type {string} */ (linksFrom(path).at(-1)))
        .normalize('NFC')
        .toLowerCase();
}

/**
 * A key that is equal for two names of the same file.
 * @param {string} path
 */
function identity(path) {
    const stats = bigStat(path);
    if (stats && stats.ino !== 0n) return `${stats.dev}:${stats.ino}`;
    return stats ? realpathSync(path) : resolve(path);
}

/** @param {string} path */
function bigStat(path) {
    try {
        return statSync(systemPath(path), { bigint: true });
    } catch {
        return undefined;
    }
}
