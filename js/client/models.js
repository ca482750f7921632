// `engine.models`: lists all models and their stored files; fetches, adds and removes models.
import { AcgError, badArgument } from '../errors.js';
import { chooseModels, modelBytes } from '../models/kept.js';
import { publishedBytes, publishedSha256 } from '../models/manifest.js';
import { readModelFile } from '../models/stream.js';
import { checkConvertOptions } from '../options/models.js';
import { folderName } from '../shared/paths.js';
import { Rpc } from './rpc.js';

/**
 * @typedef {import('../models/manifest.js').Manifest} Manifest
 * @typedef {import('../models/manifest.js').Model} Model
 * @typedef {import('../models/manifest.js').Publication} Publication
 * @typedef {import('../platform/platform.js').Platform} Platform
 * @typedef {import('../shared/protocol.js').ConvertBody} ConvertBody
 * @typedef {import('../shared/protocol.js').ConvertTarget} ConvertTarget
 * @typedef {import('../types.js').FetchOptions} FetchOptions
 * @typedef {import('../types.js').GivenFile} GivenFile
 * @typedef {import('../types.js').KeptModel} KeptModel
 */

export class Models {
    #manifest;
    #platform;
    #session;

    /**
     * @internal
     * @param {Manifest} manifest
     * @param {Platform} platform
     * @param {import('./session.js').Session} session
     */
    constructor(manifest, platform, session) {
        this.#manifest = manifest;
        this.#platform = platform;
        this.#session = session;
    }

    /**
     * All models: the licence and the size of each, where it is published, and how many bytes of it are stored here.
     * @example const missing = (await engine.models.list()).filter(({ isWhole }) => !isWhole);
     * @returns {Promise<KeptModel[]>}
     */
    async list() {
        const { keptModels } = this.#platform;
        const sizes = bytesByPath(await keptModels.list());
        const originals = bytesByPath(await keptModels.listOriginals());
        return this.#manifest.models.map((model) => {
            const { id, licence, origin, files, task, input, defaults } = model;
            const missing = files
                .map(({ path, versions }) => ({ path, bytes: versions[0]?.bytes }))
                .filter(({ path, bytes = 1 }) => (sizes.get(path) ?? 0) < bytes);
            const keptBytes = files.reduce((sum, { path }) => sum + (sizes.get(path) ?? 0), 0);
            const isWhole = missing.length === 0;
            return {
                id,
                model: model.model,
                task,
                input,
                defaults,
                licence,
                origin,
                bytes: modelBytes(files),
                keptBytes,
                isWhole,
                missing,
                published: this.#published(model, originals),
            };
        });
    }

    /**
     * Removes the stored files of all models or of these, also unfinished downloads.
     * @example await engine.models.clear(['dclip']);
     * @param {string[]} [ids] ids, or folders that ids start with; default: all
     * @throws {AcgError} BAD_ARGUMENT
     */
    async clear(ids) {
        if (ids !== undefined && !Array.isArray(ids)) throw badArgument('an array of ids', 'ids', ids);
        const chosen = chooseModels(this.#manifest.models, ids ?? []);
        await this.#platform.keptModels.clear(
            chosen.flatMap(({ files }) => files),
            chosen.flatMap(({ publication = [] }) => publication),
        );
        await this.#session.closeModels(chosen.map(({ id }) => id));
    }

    /**
     * Fetches models from their publishers and stores them, so that they also work without a network. Models that are published in another
     * format are converted. Models that are complete are not fetched again, unless a dtype is given. An interrupted download is resumed.
     * @example await engine.models.fetch(['dclip'], { onProgress: ({ stage, done, total }) => … });
     * @param {string[]} ids ids, or folders that ids start with
     * @param {FetchOptions} [options]
     * @throws {AcgError} BAD_ARGUMENT, NOT_FOUND, BAD_MODEL, BAD_FORMAT, UNSUPPORTED, NO_MEMORY, CANCELLED, INTERNAL
     */
    async fetch(ids, options = {}) {
        if (!Array.isArray(ids) || ids.length === 0) throw badArgument('an array of ids', 'ids', ids);
        checkConvertOptions(options);
        const listed = new Map((await this.list()).map((model) => [model.id, model.missing]));
        const isForced = options.dtype !== undefined;
        const missing = chooseModels(this.#manifest.models, ids).filter(({ id }) => isForced || listed.get(id)?.length);
        if (missing.length > 0) await this.#platform.keptModels.check();
        for (const name of new Set(missing.flatMap(({ publication = [] }) => publication))) {
            const group = missing.filter(({ publication }) => publication === name);
            const toConvert = group.filter(({ id }) => isForced || listed.get(id)?.some(({ bytes }) => bytes === undefined));
            if (toConvert.length > 0) await this.#convert(toConvert, {}, options);
            for (const file of group.flatMap(({ files }) => files).filter(({ sources }) => sources.length > 0)) {
                await readModelFile(this.#platform.streamModelFile, file, options);
            }
        }
        const unconverted = missing.filter(({ publication }) => publication === undefined);
        if (unconverted.length > 0) await this.#session.tryModels(unconverted, options);
    }

    /**
     * Makes models from published files that the user has, and stores them. The files may be of Hugging Face, PyTorch, Keras or TensorFlow:
     * single files, a folder or a .zip. Files that the engine can load as they are, such as those that acg2vec made elsewhere, are copied. The
     * content of a file says what it is.
     * @example const ids = await engine.models.add([file]);
     * @param {GivenFile[]} given
     * @param {FetchOptions & { ids?: string[] }} [options] ids: of the models to make; default: all that the files allow
     * @returns {Promise<string[]>} the ids of the models that were made
     * @throws {AcgError} BAD_ARGUMENT, NOT_FOUND, BAD_MODEL, BAD_FORMAT, UNSUPPORTED, NO_MEMORY, CANCELLED, INTERNAL
     */
    async add(given, options = {}) {
        if (!Array.isArray(given) || given.length === 0) throw badArgument('an array of files', 'given', given);
        checkConvertOptions(options);
        const chosen = chooseModels(this.#manifest.models, options.ids ?? []).filter(canBeAdded);
        await this.#platform.keptModels.check();
        const made = await this.#convert(chosen, { given: named(given) }, options);
        return chosen.filter(({ files }) => files.some(({ path }) => made.includes(path))).map(({ id }) => id);
    }

    /**
     * Converts in a worker of its own, because the engine's worker may be busy.
     * @param {Model[]} models
     * @param {{ given?: ConvertBody['given'] }} from
     * @param {FetchOptions} options
     */
    async #convert(models, { given }, { dtype = 'int8', folder, signal, onProgress }) {
        const { publication: name = models[0].id } = models[0];
        const { files = [], page } = this.#publicationOf(models[0]) ?? {};
        if (!given && files.length === 0) {
            throw new AcgError(
                'NOT_FOUND',
                `Only a person may fetch ${name}: download it from ${page}; acg2vec models convert, or engine.models.add, takes the file`,
            );
        }
        const rpc = new Rpc(this.#platform.startWorker);
        try {
            await this.#session.initWorker(rpc, 1);
            const body = { name, files, given, folder, dtype, targets: this.#targets(models) };
            const made = await this.#session.untilClosed(signal, (own) =>
                rpc.request('convert', body, { signal: own, events: { progress: onProgress } }),
            );
            await this.#session.closeModels(models.map(({ id }) => id));
            return made;
        } finally {
            await rpc.stop(new AcgError('CANCELLED', 'The conversion has ended'));
        }
    }

    /**
     * One target for each folder: models in the same folder are made together.
     * @param {Model[]} models
     * @returns {ConvertTarget[]}
     */
    #targets(models) {
        /** @type {Map<string, ConvertTarget>} */
        const targets = new Map();
        for (const model of models) {
            const { id, network, publication = id, part, files } = model;
            const [{ path }] = files;
            const folder = folderName(path);
            const { bytes } = this.#publicationOf(model)?.files[0] ?? {};
            const target = targets.get(folder) ?? { name: publication, bytes, folder, files: [] };
            target.files.push(...files.map((file) => targetFile(file, network)));
            if (part !== undefined) target.parts = [...(target.parts ?? []), part];
            targets.set(folder, target);
        }
        return [...targets.values()];
    }

    /**
     * @param {Model} model
     * @param {Map<string, number>} originals stored bytes of published files, by path
     */
    #published(model, originals) {
        const { publication, files } = model;
        const published = this.#publicationOf(model);
        if (!published) return undefined;
        const weights = files.find(({ path }) => path.endsWith('.safetensors'));
        const canFetch = published.files.length > 0;
        const begunBytes = published.files.reduce((sum, { path }) => sum + (originals.get(`${publication}/${path}`) ?? 0), 0);
        const bytes = publishedBytes(published);
        return { page: published.page, canFetch, bytes, begunBytes, keptBytes: weights?.converted ?? {} };
    }

    /** Undefined: the engine loads the files as they are published. @param {Model} model */
    #publicationOf({ publication }) {
        const found = this.#manifest.publications?.find(({ id }) => id === publication);
        if (publication && !found) throw new AcgError('INTERNAL', `Expected the publication ${publication} in the manifest but found none`);
        return found;
    }
}

/** False for networks that enlarge: their weights are fetched when they are needed. @param {Model} model */
const canBeAdded = ({ files }) => files.some(({ path }) => path.endsWith('.safetensors'));

/**
 * @param {GivenFile[]} given
 * @returns {NonNullable<ConvertBody['given']>}
 */
function named(given) {
    return given.map((each) => {
        if (typeof each === 'string') return { path: each };
        if (!(each instanceof Blob)) {
            if (!(each?.blob instanceof Blob) || typeof each.name !== 'string') throw badArgument('files', 'given', each);
            return { name: each.name, blob: each.blob };
        }
        return { name: (each instanceof File && (each.webkitRelativePath || each.name)) || 'file', blob: each };
    });
}

/**
 * @param {Model['files'][number]} file
 * @param {Model['network']} network
 * @returns {import('../shared/protocol.js').TargetFile}
 */
function targetFile(file, network) {
    const { path, versions } = file;
    const bytes = versions.map((version) => version.bytes);
    return { path, network: path.endsWith('.safetensors') ? network : undefined, bytes, sha256: publishedSha256(file) };
}

/** @param {{ path: string, bytes: number }[]} files */
const bytesByPath = (files) => new Map(files.map(({ path, bytes }) => [path, bytes]));
