// The index object that callers hold: pictures in one SQLite file, with the results of the engine's models. Other files implement the methods.
// SQLite runs in a worker of its own; the vectors are scanned in the engine's worker.
/// <reference lib="esnext.disposable" preserve="true" />
import { Engine } from '../client/engine.js';
import { badArgument } from '../errors.js';
import { refuseUnknown } from '../options/known.js';
import { checkPictureOptions } from '../options/upscale.js';
import { Adding } from './adding.js';
import { openDatabase } from './connection.js';
import { findDuplicates } from './duplicates.js';
import { exportIndex } from './exporting.js';
import { checkSource, importIndex } from './importing.js';
import { currentModels, searchModel, wantedOf } from './models.js';
import { recommend } from './recommending.js';
import { openSchema } from './schema.js';
import { search } from './searching.js';
import { indexedFile, listPictures } from './sources.js';
import { stats, tagCounts } from './stats.js';
import { VectorMirror } from './vector_mirror.js';
import { neighbours, wordLists } from './words.js';

/**
 * @typedef {import('../types.js').IndexOptions} IndexOptions
 * @typedef {import('../types.js').AddOptions} AddOptions
 * @typedef {import('../types.js').IndexSource} IndexSource
 * @typedef {import('../types.js').Outcome} Outcome
 * @typedef {import('../types.js').AddResult} AddResult
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('./models.js').IndexModel} IndexModel
 * @typedef {ReturnType<typeof Engine.partsOf>} EngineParts
 */

/** @param {IndexOptions} options */
export const openIndex = (options) => PictureIndex.open(options);

export class PictureIndex {
    #parts;
    #database;
    /** @type {Map<number, VectorMirror>} by model */
    #mirrors = new Map();
    /** SQLite's version number of the data that the mirrors have. It changes when another program writes. */
    #version = -1;

    /**
     * For `open` only.
     * @private
     * @param {EngineParts} parts
     * @param {Database} database
     * @param {string} location
     */
    constructor(parts, database, location) {
        this.#parts = parts;
        this.#database = database;
        /** @readonly */
        this.location = location;
        /** @readonly true: another tab has the index open, so this one can only search */
        this.isReadOnly = database.isReadOnly;
    }

    /**
     * @param {IndexOptions} options
     * @returns {Promise<PictureIndex>}
     * @throws {AcgError}
     */
    static async open(options) {
        if (typeof options !== 'object' || options === null) throw badArgument('an object', 'options', options);
        refuseUnknown(options, 'openIndex');
        const { engine, location, create = true, sqlite } = options;
        if (!(engine instanceof Engine)) throw badArgument('an engine', 'engine', engine);
        if (typeof create !== 'boolean') throw badArgument('true or false', 'create', create);
        const parts = Engine.partsOf(engine);
        const { startDatabase, indexLocation, resolveUrl } = parts.platform;
        const name = indexLocation(location);
        const module = sqlite === undefined ? undefined : resolveUrl(sqlite);
        const database = await openDatabase(startDatabase, { location: name, create, readOnly: false, sqlite: module });
        try {
            await openSchema(database, name);
            return new PictureIndex(parts, database, name);
        } catch (error) {
            await database.close();
            const { reason } = /** @type {{ reason?: string }} */ (error);
            if (reason === 'INDEX_TAB_CLOSED') return PictureIndex.open(options); // so this tab may get it
            throw error;
        }
    }

    /**
     * Adds pictures to the index, or updates them. Only new and changed pictures run through the networks.
     * @example await index.add(files, { models: ['dclip'], tags: true });
     * @param {IndexSource[]} sources
     * @param {AddOptions} [options]
     * @returns {Promise<AddResult>} a file that fails does not end the work; `failed` has its error
     * @throws {AcgError} BAD_ARGUMENT, NOT_FOUND, BAD_MODEL, NO_MEMORY, UNREADABLE, CANCELLED (finished pictures are kept), INTERNAL
     */
    async add(sources, options = {}) {
        if (!Array.isArray(sources)) throw badArgument('an array', 'sources', sources);
        refuseUnknown(options, 'add');
        const { report, result } = outcomeReporter(options);
        const files = [];
        for (const source of sources) {
            try {
                files.push(await indexedFile(this.#parts.platform, source));
            } catch (error) {
                report({ path: nameOf(source), outcome: 'failed', error: /** @type {Error} */ (error) });
            }
        }
        await this.#add(files, options, report);
        return result;
    }

    /**
     * Synchronises the index with a folder and the folders in it: adds new and changed pictures, and removes those that are gone. A moved
     * picture is recognised by its bytes.
     * @example await index.sync('/home/me/Pictures', { onProgress });
     * @param {string | import('../types.js').BrowserFolder} folder
     * @param {AddOptions} [options]
     * @returns {Promise<AddResult>}
     * @throws {AcgError} as `add`
     */
    async sync(folder, options = {}) {
        refuseUnknown(options, 'add');
        const { report, result } = outcomeReporter(options);
        const signal = options.signal ?? new AbortController().signal;
        const listing = await listPictures(this.#parts.platform, folder, signal);
        for (const { path, error } of [...listing.unread, ...listing.refused])
            report({ path, outcome: 'failed', error: /** @type {Error} */ (error) });
        const there = new Set([...listing.files, ...listing.refused].map(({ path }) => path));
        const isHidden = (/** @type {string} */ path) =>
            listing.unread.some((unread) => path === unread.path || path.startsWith(`${unread.path}/`));
        const isThere = async (/** @type {string} */ path) =>
            path.startsWith(`${listing.path}/`) ? there.has(path) || isHidden(path) : this.#parts.platform.pictures.exists(path);
        await this.#add(listing.files, options, report, isThere);
        const rows = await this.#database.all('SELECT id, path FROM pictures WHERE path > ? AND path < ?', [
            `${listing.path}/`,
            `${listing.path}0`,
        ]);
        const gone = rows.filter(({ path }) => !there.has(path) && !isHidden(path));
        await this.#forget(gone.map(({ id }) => id));
        for (const { path } of gone) report({ path, outcome: 'removed' });
        return result;
    }

    /**
     * Removes pictures from the index; their files are kept.
     * @param {(string | number)[]} pictures paths or ids
     * @returns {Promise<number>} how many of them were in the index
     */
    async remove(pictures) {
        if (!Array.isArray(pictures)) throw badArgument('an array', 'pictures', pictures);
        const rows = await this.#database.all(
            'SELECT id FROM pictures WHERE id IN (SELECT value FROM json_each(?1)) OR path IN (SELECT value FROM json_each(?1))',
            [JSON.stringify(pictures)],
        );
        await this.#forget(rows.map(({ id }) => id));
        return rows.length;
    }

    /**
     * Finds pictures by words, by pictures, by tags, by what you like and do not like, or by several of these.
     * @example const found = await index.search({ text: 'silver hair, night', limit: 10 });
     * @param {import('../types.js').SearchOptions} options
     * @returns {Promise<import('../types.js').SearchResult>} the best first
     * @throws {AcgError} BAD_ARGUMENT, BAD_FORMAT, NOT_FOUND, BAD_MODEL, NO_MEMORY, CANCELLED, INTERNAL
     */
    async search(options) {
        if (typeof options !== 'object' || options === null) throw badArgument('an object', 'options', options);
        refuseUnknown(options, 'search');
        await this.#dropOutdatedMirrors();
        return search(this.#searchTools(), await currentModels(this.#database), options);
    }

    /**
     * Finds duplicates: copies, and the same picture resized, recompressed, cropped a little or mirrored. Deletes nothing.
     * @example for (const { best, others } of await index.duplicates()) console.log(best.path, others.length);
     * @param {import('../types.js').DuplicateOptions} [options]
     * @returns {Promise<import('../types.js').DuplicateGroup[]>} the group with the most pictures first
     * @throws {AcgError} BAD_ARGUMENT, BAD_FORMAT, NO_MEMORY, INTERNAL
     */
    async duplicates(options = {}) {
        refuseUnknown(options, 'duplicates');
        return findDuplicates(this.#searchTools(), await currentModels(this.#database), options);
    }

    /**
     * Recommends pictures to somebody who likes some and dislikes others. The results differ from each other.
     * @example const next = await index.recommend({ like: [3, 8], unlike: [5] });
     * @param {import('../types.js').RecommendOptions} options
     * @returns {Promise<import('../types.js').Recommended[]>} the best first
     * @throws {AcgError} BAD_ARGUMENT, BAD_FORMAT, NO_MEMORY, INTERNAL
     */
    async recommend(options) {
        if (typeof options !== 'object' || options === null) throw badArgument('an object', 'options', options);
        refuseUnknown(options, 'recommend');
        await this.#dropOutdatedMirrors();
        return recommend(this.#searchTools(), await currentModels(this.#database), options);
    }

    /**
     * Finds the words that are nearest to a word or a sentence, in Chinese, Japanese, English and more: among the tags in the index, the tags
     * of a tagger, or a list of yours. The vectors of a list are computed once and stored.
     * @example const words = await index.neighbours('初音ミク', { tagger: 'deepdanbooru' });
     * @param {string} word
     * @param {import('../types.js').NeighbourOptions} [options]
     * @returns {Promise<{ word: string, score: number }[]>} the nearest first; score: the cosine
     * @throws {AcgError} BAD_ARGUMENT, NOT_FOUND, BAD_MODEL, UNREADABLE, NO_MEMORY, CANCELLED, INTERNAL
     */
    async neighbours(word, options = {}) {
        return neighbours(this.#searchTools(), word, options);
    }

    /**
     * The lists of words whose vectors are stored.
     * @returns {Promise<import('../types.js').WordList[]>}
     */
    async wordLists() {
        return wordLists(this.#database);
    }

    /**
     * The id of the picture with this path; undefined: the index does not have it.
     * @param {string} path
     * @returns {Promise<number | undefined>}
     */
    async idOf(path) {
        const [row] = await this.#database.all('SELECT id FROM pictures WHERE path = ?', [path]);
        return row?.id;
    }

    /**
     * The model that a search uses by default; undefined: the index has no vectors.
     * @returns {Promise<import('../types.js').EmbedImageModel | undefined>}
     */
    async searchModel() {
        const model = searchModel(await currentModels(this.#database), { choices: this.#parts.choices, hasText: false });
        return /** @type {import('../types.js').EmbedImageModel | undefined} */ (model?.name);
    }

    /**
     * The data of a picture; undefined: it is not in the index.
     * @param {number} id
     * @returns {Promise<import('../types.js').KnownPicture | undefined>}
     */
    async get(id) {
        const [row] = await this.#database.all('SELECT id, path, bytes, modified, sha256, width, height FROM pictures WHERE id = ?', [id]);
        if (!row) return undefined;
        const tags = await this.#database.all(
            `SELECT tag_names.name, tags.score, tag_names.category FROM tags JOIN tag_names ON tag_names.id = tags.tag
                WHERE tags.picture = ? ORDER BY tags.score DESC`,
            [id],
        );
        return /** @type {import('../types.js').KnownPicture} */ (/** @type {unknown} */ ({ ...row, tags }));
    }

    /**
     * Pictures in the order of their ids, a page at a time: those after the last id of the page before.
     * @example const page = await index.list({ after: last, limit: 100 });
     * @param {{ after?: number, limit?: number }} [options] after: default 0: from the beginning; limit: default 100
     * @returns {Promise<Omit<import('../types.js').KnownPicture, 'tags'>[]>}
     */
    async list({ after = 0, limit = 100 } = {}) {
        if (!Number.isSafeInteger(limit) || limit < 1) throw badArgument('a whole number from 1', 'limit', limit);
        const columns = 'id, path, bytes, modified, sha256, width, height';
        return /** @type {any[]} */ (
            await this.#database.all(`SELECT ${columns} FROM pictures WHERE id > ? ORDER BY id LIMIT ?`, [after, limit])
        );
    }

    /**
     * The thumbnail of a picture, if there is one.
     * @param {number} id
     * @returns {Promise<Blob | undefined>} WebP
     */
    async thumbnail(id) {
        return (await this.thumbnails([id])).get(id);
    }

    /**
     * The thumbnails of several pictures: faster than one call for each.
     * @param {number[]} ids
     * @returns {Promise<Map<number, Blob>>} WebP by id, without pictures that have none
     */
    async thumbnails(ids) {
        const { numbers, blobs, ends } = await this.#database.packed(
            'SELECT picture, webp FROM thumbnails WHERE picture IN (SELECT value FROM json_each(?))',
            [JSON.stringify(ids)],
        );
        const bytes = (/** @type {number} */ i) => blobs.subarray(ends[i - 1] ?? 0, ends[i]);
        return new Map(Array.from(numbers, (id, i) => [id, new Blob([bytes(i)], { type: 'image/webp' })]));
    }

    /**
     * Exports the vectors with paths and tags as a table for other programs, or the index itself.
     * @example const blob = await index.export('parquet');
     * @param {'parquet' | 'jsonl' | 'sqlite'} format
     * @param {import('../types.js').ExportOptions} [options]
     * @returns {Promise<Blob | undefined>} undefined if the option `write` is given, which gets the bytes
     * @throws {AcgError} BAD_ARGUMENT, BAD_FORMAT, NO_MEMORY, INTERNAL
     */
    async export(format, options = {}) {
        refuseUnknown(options, 'export');
        const { model, write } = options;
        /** @type {Uint8Array<ArrayBuffer>[]} */
        const parts = [];
        const sink = write ?? ((/** @type {Uint8Array<ArrayBuffer>} */ bytes) => void parts.push(bytes));
        await exportIndex(this.#searchTools(), await currentModels(this.#database), { format, model }, sink);
        return write ? undefined : new Blob(parts);
    }

    /**
     * Imports another index, or JSON lines that `export` wrote. Existing data are not changed. For a picture that this index has under the same
     * path with the same bytes, only missing data are imported; a picture with other bytes is left as it is.
     * @example const { added } = await index.import(file, { onProgress });
     * @param {string | URL | Blob} source a file; in Node also its path
     * @param {import('../types.js').CallOptions} [options]
     * @returns {Promise<import('../types.js').ImportResult>}
     * @throws {AcgError} BAD_ARGUMENT, BAD_FORMAT, UNSUPPORTED, UNREADABLE, NO_MEMORY, CANCELLED: pictures imported so far stay
     */
    async import(source, options = {}) {
        checkSource(source);
        refuseUnknown(options, 'import');
        const file = await indexedFile(this.#parts.platform, source instanceof Blob ? { path: nameOf(source), blob: source } : source);
        try {
            return await importIndex(this.#database, file, source instanceof Blob ? source : file.path, options);
        } finally {
            for (const mirror of this.#mirrors.values()) await mirror.close();
        }
    }

    /**
     * The number of pictures, vectors and tags in the index, and its size.
     * @returns {Promise<import('../types.js').IndexStats>}
     */
    async stats() {
        return stats(this.#database);
    }

    /**
     * The tags that pictures have, the most frequent first.
     * @returns {Promise<import('../types.js').TagCount[]>}
     */
    async tags() {
        return tagCounts(this.#database);
    }

    /** Removes all pictures from the index and frees their space. The files of the pictures and the vectors of words stay. */
    async clear() {
        await this.#database.write([['DELETE FROM pictures'], ['DELETE FROM models'], ['DELETE FROM tag_names']]);
        await this.#database.all('VACUUM');
        for (const mirror of this.#mirrors.values()) await mirror.close();
        this.#mirrors.clear();
    }

    /** Closes the index. The engine stays open. */
    async close() {
        for (const mirror of this.#mirrors.values()) await mirror.close();
        this.#mirrors.clear();
        await this.#database.close();
    }

    async [Symbol.asyncDispose]() {
        await this.close();
    }

    /**
     * @param {import('./sources.js').IndexedFile[]} files
     * @param {AddOptions} options
     * @param {(outcome: Outcome) => void} report
     * @param {(path: string) => Promise<boolean>} [isThere]
     */
    async #add(files, options, report, isThere = this.#parts.platform.pictures.exists) {
        const { recorder, vectors, platform } = this.#parts;
        const tools = {
            database: this.#database,
            recorder,
            vectors,
            isThere,
            thumbnail: platform.pictures.thumbnail,
            changed: (/** @type {number} */ picture) => this.#mirrors.forEach((mirror) => mirror.added(picture)),
        };
        const wanted = wantedOf(options, await currentModels(this.#database), this.#parts.choices);
        const signal = options.signal ?? new AbortController().signal;
        await new Adding(tools, { wanted, signal, picture: checkPictureOptions(options), report, onProgress: options.onProgress }).run(
            files,
        );
    }

    /** @param {number[]} ids */
    async #forget(ids) {
        if (ids.length === 0) return;
        await this.#database.write([['DELETE FROM pictures WHERE id IN (SELECT value FROM json_each(?))', [JSON.stringify(ids)]]]);
        for (const id of ids) for (const mirror of this.#mirrors.values()) mirror.removed(id);
    }

    #searchTools() {
        const { choices, embedder, recorder, vectors, tagNames } = this.#parts;
        const mirrorOf = (/** @type {IndexModel} */ model) => this.#mirrorOf(model);
        return { database: this.#database, choices, embedder, recorder, vectors, tagNames, mirrorOf };
    }

    /** @param {IndexModel} model */
    #mirrorOf(model) {
        const known = this.#mirrors.get(model.id);
        if (known) return known;
        const mirror = new VectorMirror(this.#database, this.#parts.vectors, model);
        this.#mirrors.set(model.id, mirror);
        return mirror;
    }

    /** Drops the mirrors if another program has written to the index, so that vectors are read again. */
    async #dropOutdatedMirrors() {
        // a read-only index asks the tab that has it open: data_version there does not count the changes of that tab itself
        const ask = this.isReadOnly ? 'SELECT total_changes() AS version' : 'SELECT data_version AS version FROM pragma_data_version';
        const [{ version }] = await this.#database.all(ask);
        if (version !== this.#version) for (const mirror of this.#mirrors.values()) await mirror.close();
        this.#version = version;
    }
}

/** @param {AddOptions} options */
function outcomeReporter({ onOutcome }) {
    /** @type {AddResult} */
    const result = { added: 0, updated: 0, unchanged: 0, moved: 0, copied: 0, removed: 0, failed: [] };
    const report = (/** @type {Outcome} */ outcome) => {
        if (outcome.outcome === 'failed') result.failed.push({ path: outcome.path, error: /** @type {Error} */ (outcome.error) });
        else result[outcome.outcome]++;
        onOutcome?.(outcome);
    };
    return { result, report };
}

/** @param {any} source */
function nameOf(source) {
    return String(source?.path ?? source?.name ?? (source instanceof Blob ? 'the file' : source));
}
