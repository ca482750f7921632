// Large model files in Node: from a folder, or from the network into the user's cache folder while the engine reads them.
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setAside } from './damaged.js';
import { AcgError, sentence } from '../../errors.js';
import { locateModel } from '../../models/location.js';
import { checked, expectedSha256, streamFirst, streamGiven } from '../../models/stream.js';
import { PartFile, readPieces } from './part_file.js';
import { asFolder, locateModelFile, modelFolders, modelsCacheFolder, unkept, unreadable } from './weights.js';

/**
 * @typedef {import('../../models/manifest.js').ModelFile} ModelFile
 * @typedef {import('../platform.js').ReadModelOptions} ReadModelOptions
 * @typedef {import('../../models/stream.js').Pieces} Pieces
 */

/**
 * @param {ModelFile} file
 * @param {ReadModelOptions & { resolveUrl: (location: string | URL) => string }} options
 * @returns {Pieces}
 */
export async function* streamModelFile(file, { models, resolveUrl, ...options }) {
    const folder = asFolder(models);
    if (models !== undefined && folder === undefined) {
        const given = await locateModel(models, file.path, resolveUrl, options.signal);
        if (given instanceof Response) return yield* streamGiven(file, given, { ...options, hash });
        return yield* streamFirst(file, [given], { ...options, hash });
    }
    const path = await locateModelFile(file, await modelFolders(folder), options.avoid?.keys());
    if (path !== undefined) return yield* readCopy(file, path, options);
    yield* streamFromSources(file, { ...options, onUnkept: (error) => options.onWarning?.(unkept(file, error)) });
}

/**
 * A copy on disk. If it is damaged it is an error, set aside or to be avoided the next time; that its taker stops in the middle may mean
 * that too.
 * @param {ModelFile} file
 * @param {string} path
 * @param {Omit<ReadModelOptions, 'models'>} options
 * @returns {Pieces}
 */
async function* readCopy(file, path, { onBytes, onWarning, signal, avoid }) {
    let isWhole = false;
    let error;
    try {
        yield* readChecked(file, path, { onBytes });
        isWhole = true;
    } catch (thrown) {
        throw (error = thrown);
    } finally {
        if (!isWhole && !signal?.aborted) error ??= await whatIsWrong(file, path);
        if (error) avoid?.set(path, (await setAside(file, path, error, onWarning)) ? undefined : error);
    }
}

/**
 * @param {ModelFile} file
 * @param {string} path
 */
async function whatIsWrong(file, path) {
    try {
        for await (const _ of readChecked(file, path));
        return undefined;
    } catch (error) {
        return error;
    }
}

/**
 * From the network into the cache folder, whether it is there or not.
 * @param {ModelFile} file
 * @param {Pick<ReadModelOptions, 'signal' | 'onBytes'> & { onUnkept?: (error: unknown) => void }} options onUnkept: without it, a file
 *   that cannot be kept is an error
 * @returns {Pieces}
 */
export function streamFromSources(file, { onUnkept, ...options }) {
    const urls = file.sources.filter((source) => /^https?:/.test(source));
    const hint = `; put it into ${modelsCacheFolder()} by hand, or name a folder that has it`;
    return streamFirst(file, urls, { ...options, hash, store: () => new ModelPart(file, onUnkept), hint });
}

/**
 * A file on disk, which is an error at its end if it is not what it should be.
 * @param {ModelFile} file
 * @param {string} path
 * @param {Pick<ReadModelOptions, 'onBytes'>} [options]
 * @returns {Pieces}
 */
export async function* readChecked(file, path, { onBytes } = {}) {
    const expected = await expectedSha256(file, () => readFile(`${path}.sha256`, 'utf8').catch(() => undefined));
    try {
        for await (const piece of checked(file, readPieces(path), { hash: hash(), expected, from: path })) {
            onBytes?.(piece.length);
            yield piece;
        }
    } catch (error) {
        throw error instanceof AcgError ? error : unreadable(file, error);
    }
}

/** Keeps beside a file without published SHA-256 the one that was said where it came from. */
class ModelPart extends PartFile {
    #isPublished;

    /**
     * @param {ModelFile} file
     * @param {(error: unknown) => void} [onUnkept]
     */
    constructor({ path, versions }, onUnkept = refuse) {
        super(join(modelsCacheFolder(), path), onUnkept);
        this.#isPublished = versions.length > 0;
    }

    /** @param {string} [sha256] */
    async keep(sha256) {
        const beside = `${this.path}.sha256`;
        if (this.#isPublished || sha256 === undefined) await rm(beside, { force: true }).catch(() => {});
        else await this.attempt(() => writeFile(beside, `${sha256}  ${basename(this.path)}\n`));
        await super.keep();
    }
}

/** @param {unknown} error */
function refuse(error) {
    throw new AcgError('NOT_FOUND', sentence(error), { cause: error });
}

/** @returns {import('../../models/stream.js').Hash} */
function hash() {
    const sha = createHash('sha256');
    return { add: (piece) => void sha.update(piece), end: async () => sha.digest('hex') };
}
