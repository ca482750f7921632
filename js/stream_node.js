// Large model files in Node: from a folder, or from the network into the user's cache folder while they are used.
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { locateModel } from './model_location.js';
import { checked, expectedSha256, streamFirst, streamGiven } from './model_stream.js';
import { PartFile, readPieces } from './part_file.js';
import { asFolder, locateModelFile, modelFolders, modelsCacheFolder } from './weights_node.js';

/**
 * @typedef {import('./models.js').ModelFile} ModelFile
 * @typedef {import('./platform.js').ReadModelOptions} ReadModelOptions
 * @typedef {import('./model_stream.js').Pieces} Pieces
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
    const path = await locateModelFile(file, await modelFolders(folder));
    yield* path === undefined ? streamFromSources(file, options) : readChecked(file, path, options);
}

/**
 * From the network into the cache folder, whether it is there or not.
 * @param {ModelFile} file
 * @param {Pick<ReadModelOptions, 'signal' | 'onBytes'>} options
 * @returns {Pieces}
 */
export function streamFromSources(file, options) {
    const urls = file.sources.filter((source) => /^https?:/.test(source));
    const hint = `; put it into ${modelsCacheFolder()} by hand, or name a folder that has it`;
    return streamFirst(file, urls, { ...options, hash, store: () => new ModelPart(file), hint });
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
    for await (const piece of checked(file, readPieces(path), { hash: hash(), expected, from: path })) {
        onBytes?.(piece.length);
        yield piece;
    }
}

/** Keeps beside a file without published SHA-256 the one that was said where it came from. */
class ModelPart extends PartFile {
    #isPublished;

    /** @param {ModelFile} file */
    constructor({ path, versions }) {
        super(join(modelsCacheFolder(), path));
        this.#isPublished = versions.length > 0;
    }

    /** @param {string} [sha256] */
    async keep(sha256) {
        const beside = `${this.path}.sha256`;
        if (this.#isPublished || sha256 === undefined) await rm(beside, { force: true });
        else await writeFile(beside, `${sha256}  ${basename(this.path)}\n`);
        await super.keep();
    }
}

/** @returns {import('./model_stream.js').Hash} */
function hash() {
    const sha = createHash('sha256');
    return { add: (piece) => void sha.update(piece), end: async () => sha.digest('hex') };
}
