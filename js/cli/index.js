// acg2vec index: brings an index of pictures up to date with folders, and writes it as a table for other programs.
import { watch } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemPath } from '../platform/node/paths.js';
import { readableError } from '../platform/node/system_errors.js';
import { temporaryBeside } from '../platform/node/temporary.js';
import { Bar } from './bar.js';
import { statOrNothing } from './folders.js';
import { addOptions, INDEX, readModels, withIndex } from './index_options.js';
import { readPictureOptions } from './lines.js';
import { Report, say } from './report.js';
import { parse, UsageError } from './usage.js';

/**
 * @typedef {import('../types.js').PictureIndex} PictureIndex
 * @typedef {import('../types.js').AddResult} AddResult
 */

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
const OPTIONS = {
    ...INDEX,
    watch: { type: 'boolean' },
    export: { type: 'string' },
    'export-model': { type: 'string' },
    import: { type: 'string', multiple: true },
    damaged: { type: 'string' },
    'max-pixels': { type: 'string' },
};

/** How long a folder must be unchanged, after a change, before it is read again: a file may be written in parts. */
const QUIET_MS = 1000;

/**
 * @param {string[]} args
 * @param {AbortSignal} signal
 * @returns {Promise<number>} exit status
 */
export async function index(args, signal) {
    const { values, positionals: named } = parse(args, OPTIONS);
    const { names, choices } = await readModels(values.models);
    const options = { ...addOptions(names, choices), ...readPictureOptions(values) };
    if (named.length === 0 && values.export === undefined && !values.import)
        throw new UsageError('Expected at least one folder but received none');
    const format = values.export === undefined ? undefined : formatOf(values.export);
    const missing = [...named, ...(values.import ?? [])].find((path) => !statOrNothing(path));
    if (missing) throw new UsageError(`There is no such folder or file as ${missing}`);
    const report = new Report(values);
    return withIndex(values, { create: named.length > 0 || values.import !== undefined }, async (index) => {
        for (const path of values.import ?? []) if (!signal.aborted) await importFrom(index, path, report, signal);
        const update = (/** @type {string} */ path) => bringUpToDate(index, path, options, report, signal);
        for (const path of named) if (!signal.aborted) await update(path);
        if (values.export && format && !signal.aborted) await exportTo(index, values.export, format, values['export-model']);
        if (values.watch) await watchFolders(named, update, signal);
        return report.failures > 0 ? 1 : 0;
    });
}

/** @param {string} path */
function formatOf(path) {
    const [, format] = /\.(parquet|jsonl)$/i.exec(path) ?? [];
    if (format) return /** @type {'parquet' | 'jsonl'} */ (format.toLowerCase());
    throw new UsageError(`Expected a name that ends in .parquet or .jsonl for --export but received '${path}'`);
}

/**
 * @param {PictureIndex} index
 * @param {string} path
 * @param {Report} report
 * @param {AbortSignal} signal
 */
async function importFrom(index, path, report, signal) {
    const bar = new Bar(path);
    try {
        const { added, updated, unchanged } = await index.import(path, { signal, onProgress: (progress) => bar.update(progress) });
        report.result(`${path}: ${added} added, ${updated} updated, ${unchanged} unchanged`, {
            import: resolve(path),
            added,
            updated,
            unchanged,
        });
    } finally {
        bar.stop();
    }
}

/**
 * The file appears under its name only when it is complete.
 * @param {PictureIndex} index
 * @param {string} path
 * @param {'parquet' | 'jsonl'} format
 * @param {string} [model]
 */
async function exportTo(index, path, format, model) {
    const part = temporaryBeside(path);
    const file = await open(systemPath(part), 'wx');
    try {
        await index.export(format, { model: /** @type {any} */ (model), write: async (bytes) => void (await file.write(bytes)) });
        await file.close();
        await rename(systemPath(part), systemPath(path));
    } catch (error) {
        await file.close().catch(() => {});
        await rm(systemPath(part), { force: true });
        throw readableError(error, path);
    }
}

/**
 * @param {PictureIndex} index
 * @param {string} path of a folder or a file
 * @param {import('../types.js').AddOptions} options
 * @param {Report} report
 * @param {AbortSignal} signal
 */
async function bringUpToDate(index, path, options, report, signal) {
    const bar = new Bar(path);
    const settings = {
        ...options,
        signal,
        onProgress: (/** @type {import('../types.js').Progress} */ progress) => bar.update(progress),
        onOutcome: (/** @type {import('../types.js').Outcome} */ { path: picture, outcome, error }) => {
            if (outcome === 'failed') bar.stop();
            if (outcome === 'failed') report.failure(picture, error);
            else if (outcome !== 'unchanged') report.result('', { path: picture, outcome });
        },
    };
    try {
        const isFolder = statOrNothing(path)?.isDirectory();
        const result = await (isFolder ? index.sync(path, settings) : index.add([path], settings));
        bar.stop();
        report.result(summary(path, result), { folder: resolve(path), ...result, failed: result.failed.length });
    } catch (error) {
        bar.stop();
        if (signal.aborted) say(`${path}: interrupted. What was done is kept; the next time goes on from there.`);
        else throw error;
    }
}

/**
 * @param {string} path
 * @param {AddResult} result
 */
function summary(path, { failed, ...counts }) {
    const told = Object.entries({ ...counts, failed: failed.length }).filter(([, count]) => count > 0);
    return `${path}: ${told.map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'no pictures'}`;
}

/**
 * Watches until the signal ends it.
 * @param {string[]} folders
 * @param {(folder: string) => Promise<void>} update
 * @param {AbortSignal} signal
 */
async function watchFolders(folders, update, signal) {
    const changed = new Set();
    let wake = () => {};
    const watchers = folders.map((folder) => {
        const watcher = watch(systemPath(folder), { recursive: true });
        watcher.on('change', () => (changed.add(folder), wake()));
        watcher.on('error', (error) => say(`${folder} is not watched any more: ${error.message}.`));
        return watcher;
    });
    say(`Watching ${folders.join(', ')} for changes (Ctrl C ends it).`);
    try {
        while (!signal.aborted) {
            await new Promise((resolve) => {
                wake = () => resolve(undefined);
                if (changed.size > 0) wake();
                signal.addEventListener('abort', wake, { once: true });
            });
            await quiet(changed, signal);
            const now = [...changed];
            changed.clear();
            for (const folder of now) if (!signal.aborted) await update(folder);
        }
    } finally {
        for (const watcher of watchers) watcher.close();
    }
}

/**
 * @param {Set<string>} changed
 * @param {AbortSignal} signal
 */
async function quiet(changed, signal) {
    for (let before = -1; !signal.aborted && before !== changed.size; ) {
        before = changed.size;
        await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    }
}
