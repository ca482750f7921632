// Adds pictures to an index. Only new or changed files are read, and a picture runs only through models whose results are missing. All data
// of a picture are written in one transaction.
import { DatabaseError } from './connection.js';
import { AcgError, cancelled } from '../errors.js';
import { sha256 as sha256Of } from '../shared/bytes.js';
import { ProgressMeter } from '../shared/progress.js';
import { registerModels } from './models.js';
import { copyStatements, recordStatements } from './records.js';

/**
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('./sources.js').IndexedFile} IndexedFile
 * @typedef {import('./models.js').IndexModel} IndexModel
 * @typedef {import('../client/picture_recorder.js').PictureRecorder} PictureRecorder
 * @typedef {import('../client/picture_recorder.js').Wanted} Wanted
 * @typedef {import('../types.js').Outcome} Outcome
 * @typedef {{ id: number, path: string, bytes: number, modified: number, sha256: string, missing: string[] }} KnownPicture missing: the
 *   wanted models that have no result for it yet
 *
 * @typedef {object} AddTools
 * @property {Database} database
 * @property {PictureRecorder} recorder
 * @property {import('../client/vectors.js').EngineVectors} vectors
 * @property {(path: string) => Promise<boolean>} isThere whether the file still exists
 * @property {(bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer> | undefined>} thumbnail a small WebP; undefined: this
 *   platform cannot make one
 * @property {(picture: number) => void} changed called with the id of a picture whose vectors have changed
 *
 * @typedef {object} AddSettings
 * @property {Wanted[]} wanted
 * @property {AbortSignal} signal
 * @property {import('../types.js').PictureOptions} picture
 * @property {(outcome: Outcome) => void} report
 * @property {((progress: import('../types.js').Progress) => void)} [onProgress]
 */

/** How many pictures are looked up in the database at once. */
const LOOKUP = 500;

export class Adding {
    #tools;
    #settings;
    /** @type {IndexModel[]} the rows of the wanted models, in the same order; empty before `run` */
    #models = [];

    /**
     * @param {AddTools} tools
     * @param {AddSettings} settings
     */
    constructor(tools, settings) {
        this.#tools = tools;
        this.#settings = settings;
    }

    /**
     * @param {IndexedFile[]} files
     * @throws {AcgError} CANCELLED; NOT_FOUND, BAD_MODEL: a model is missing or damaged; NO_MEMORY: the disk is full
     */
    async run(files) {
        const { wanted, signal, report, onProgress } = this.#settings;
        if (files.length === 0) return;
        this.#models = await registerModels(this.#tools.database, await this.#tools.recorder.identify(wanted, { signal, onProgress }));
        const changed = await this.#changed(files);
        const meter = new ProgressMeter('index', onProgress);
        for (const [done, { file, known }] of changed.entries()) {
            meter.update(done, changed.length);
            if (signal.aborted) throw cancelled(signal);
            try {
                report({ path: file.path, outcome: await this.#addFile(file, known) });
            } catch (error) {
                if (isHopeless(error) || signal.aborted) throw error;
                report({ path: file.path, outcome: 'failed', error: /** @type {Error} */ (error) });
            }
        }
        meter.update(changed.length, changed.length);
    }

    /**
     * The files that are new, have another size or time, or lack results of a model.
     * @param {IndexedFile[]} files
     */
    async #changed(files) {
        /** @type {{ file: IndexedFile, known: KnownPicture | undefined }[]} */
        const changed = [];
        for (let at = 0; at < files.length; at += LOOKUP) {
            const part = files.slice(at, at + LOOKUP);
            const known = await this.#lookUp(
                'path',
                part.map(({ path }) => path),
            ); // prettier-ignore
            for (const file of part) {
                const found = known.find(({ path }) => path === file.path);
                const isSame = found && found.bytes === file.bytes && found.modified === file.modified;
                if (isSame && found.missing.length === 0) this.#settings.report({ path: file.path, outcome: 'unchanged' });
                else changed.push({ file, known: found });
            }
        }
        return changed;
    }

    /**
     * @param {'path' | 'sha256'} column
     * @param {string[]} values
     * @returns {Promise<KnownPicture[]>}
     */
    async #lookUp(column, values) {
        const rows = await this.#tools.database.all(
            `SELECT id, path, bytes, modified, sha256,
                (SELECT json_group_array(model) FROM looks WHERE picture = pictures.id) AS seen
                FROM pictures WHERE ${column} IN (SELECT value FROM json_each(?)) ORDER BY id`,
            [JSON.stringify(values)],
        );
        return rows.map(({ seen, ...row }) => {
            const ids = JSON.parse(seen);
            const missing = this.#models.filter(({ id }) => !ids.includes(id)).map(({ name }) => name);
            return /** @type {KnownPicture} */ ({ ...row, missing });
        });
    }

    /**
     * @param {IndexedFile} file
     * @param {KnownPicture | undefined} known the picture in the index under this path
     * @returns {Promise<Outcome['outcome']>}
     */
    async #addFile(file, known) {
        const bytes = await file.read();
        const sha256 = await sha256Of(bytes);
        if (sha256 === undefined)
            throw new AcgError('UNSUPPORTED', 'An index needs a page of https or localhost: elsewhere a browser cannot compute SHA-256');
        if (known?.sha256 === sha256) {
            if (known.missing.length > 0) await this.#runModels(file, sha256, bytes, known.missing);
            else await this.#touch(known.id, file);
            return known.missing.length > 0 ? 'updated' : 'unchanged';
        }
        const twin = (await this.#lookUp('sha256', [sha256])).find(({ missing }) => missing.length === 0);
        if (twin && !known && !(await this.#tools.isThere(twin.path))) {
            await this.#touch(twin.id, file);
            return 'moved';
        }
        if (twin) {
            await this.#tools.database.write(copyStatements(twin.id, file));
            await this.#tellChanged(file.path);
            return known ? 'updated' : 'copied';
        }
        await this.#runModels(file, sha256, bytes);
        return known ? 'updated' : 'added';
    }

    /**
     * @param {IndexedFile} file
     * @param {string} sha256
     * @param {Uint8Array<ArrayBuffer>} bytes
     * @param {string[]} [missing] the models to run; undefined: all, because the content is new
     */
    async #runModels(file, sha256, bytes, missing) {
        const { wanted, signal, picture } = this.#settings;
        const { database, recorder, vectors, thumbnail } = this.#tools;
        const asked = wanted.filter(({ name }) => !missing || missing.includes(name));
        const small = missing ? undefined : thumbnail(bytes).catch(() => undefined);
        const { looks, ...facts } = await recorder.record(bytes, asked, { ...picture, signal });
        const stored = await Promise.all(
            looks.map(async ({ vector, ...look }) => (vector ? { ...look, vector: (await vectors.store([vector]))[0] } : look)),
        );
        const record = { ...facts, looks: stored };
        const models = asked.map((each) => this.#models[wanted.indexOf(each)]);
        await database.write(recordStatements({ file, sha256, record, models, thumbnail: await small, isNew: !missing }));
        await this.#tellChanged(file.path);
    }

    /**
     * Stores the path, size and time of a picture that the index has under another path or with another time.
     * @param {number} id
     * @param {IndexedFile} file
     */
    async #touch(id, { path, bytes, modified }) {
        await this.#tools.database.write([
            ['UPDATE pictures SET path = ?, bytes = ?, modified = ? WHERE id = ?', [path, bytes, modified, id]],
        ]);
    }

    /** @param {string} path */
    async #tellChanged(path) {
        const [{ id }] = await this.#tools.database.all('SELECT id FROM pictures WHERE path = ?', [path]);
        this.#tools.changed(id);
    }
}

/**
 * Whether the error would occur for all pictures, so that the work must end.
 * @param {unknown} error
 */
function isHopeless(error) {
    return error instanceof DatabaseError || (error instanceof AcgError && ['NOT_FOUND', 'BAD_MODEL', 'CANCELLED'].includes(error.code));
}
