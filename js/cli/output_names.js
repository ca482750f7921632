// The names of outputs in their folder: made from --name, all different, none longer than the system allows.
import { basename, dirname, extname, join } from 'node:path';
import { pathBytes } from '../platform/node/paths.js';
import { UsageError } from './usage.js';

/**
 * @typedef {{ scale: number, model: string, denoise: string }} Facts that a name may contain
 */

const FIELDS = ['name', 'ext', 'scale', 'model', 'denoise'];
const NAME_BYTES = 255; // of most file systems

/**
 * @param {string} pattern of --name
 * @param {string[]} extensions of the output's format: one at the end of the pattern is not repeated
 * @throws {UsageError}
 */
export function checkPattern(pattern, extensions) {
    const fields = FIELDS.map((field) => `{${field}}`);
    const wrong = (/** @type {string} */ why) => new UsageError(`Expected --name like '{name}_{scale}x' ${why} but received '${pattern}'`);
    if (/[/\\\0]/.test(pattern)) throw wrong('without a folder in it (that goes after -o)');
    const unknown = pattern.match(/\{[^{}]*\}/g)?.find((field) => !fields.includes(field));
    if (unknown) throw wrong(`with ${fields.join(', ')} but not ${unknown}`);
    if (/[{}]/.test(pattern.replaceAll(/\{\w+\}/g, ''))) throw wrong('with whole pairs of braces');
    if (!pattern.includes('{name}')) throw wrong('with {name} in it, so that each picture has a name of its own');
    const extension = extensions.find((each) => pattern.toLowerCase().endsWith(each));
    return extension ? pattern.slice(0, -extension.length) : pattern;
}

/**
 * A name for each input, below the output folder. If several were equal, also on systems that ignore case, each gets the input's extension
 * (anim-gif.png, anim-webp.png), and a number if they are still equal.
 * @param {string[]} inputs names, with their folders
 * @param {{ pattern: string, facts: Facts, extension: string, keyOf: (name: string) => string }} options keyOf: equal for names of
 *   the same file
 * @returns {string[]}
 */
export function outputNames(inputs, { keyOf, ...options }) {
    const names = inputs.map((input) => outputName(input, '', options));
    const distinguished = apart(names, (i) => outputName(inputs[i], extname(inputs[i]).replace('.', '-'), options), keyOf);
    return numbered(distinguished, (i, suffix) => outputName(inputs[i], suffix, options), keyOf, inputs);
}

/**
 * Renames each output whose name is not unique, or is the folder of another.
 * @param {string[]} names
 * @param {(i: number) => string} other
 * @param {(name: string) => string} keyOf
 */
function apart(names, other, keyOf) {
    const folders = new Set(names.flatMap(foldersOf).map(keyOf));
    /** @type {Map<string, number>} */
    const times = new Map();
    for (const name of names) times.set(keyOf(name), (times.get(keyOf(name)) ?? 0) + 1);
    return names.map((name, i) => (folders.has(keyOf(name)) || (times.get(keyOf(name)) ?? 0) > 1 ? other(i) : name));
}

/**
 * @param {string[]} names
 * @param {(i: number, suffix: string) => string} other
 * @param {(name: string) => string} keyOf
 * @param {string[]} inputs
 */
function numbered(names, other, keyOf, inputs) {
    const taken = new Set(names.flatMap(foldersOf).map(keyOf));
    return names.map((name, i) => {
        const extension = extname(inputs[i]).replace('.', '-');
        for (let n = 2; taken.has(keyOf(name)); n++) name = other(i, `${extension}-${n}`);
        taken.add(keyOf(name));
        return name;
    });
}

/**
 * @param {string} input
 * @param {string} suffix
 * @param {{ pattern: string, facts: Facts, extension: string }} options
 */
function outputName(input, suffix, { pattern, facts, extension }) {
    const [ending, base] = [extname(input), basename(input)];
    /** @type {Record<string, string | number>} */
    const values = { ...facts, name: base.slice(0, base.length - ending.length), ext: ending.slice(1) };
    const stem = pattern.replaceAll(/\{(\w+)\}/g, (_, field) => String(values[field]));
    return join(dirname(input), shortened(stem, suffix + extension) + suffix + extension);
}

/**
 * Shortens a name, by whole characters, to leave room for the part after it.
 * @param {string} stem
 * @param {string} rest
 */
function shortened(stem, rest) {
    const room = NAME_BYTES - pathBytes(rest).length;
    const characters = [...stem];
    let bytes = pathBytes(stem).length;
    while (bytes > room && characters.length > 0) bytes -= pathBytes(/** @type {string} */ (characters.pop())).length;
    return characters.join('');
}

/** @param {string} name */
function foldersOf(name) {
    const folders = [];
    for (let folder = dirname(name); folder !== '.' && folder !== dirname(folder); folder = dirname(folder)) folders.push(folder);
    return folders;
}
