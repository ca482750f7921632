// Makes models of published files: fetches missing files, checks and converts them, and keeps the result. An interrupted download continues
// the next time; an interrupted conversion leaves nothing.
import { AcgError } from '../../errors.js';
import { networksOf, planConversion } from '../../models/convert/convert.js';
import { download } from '../../models/download.js';
import { accessFolder } from '../../models/originals/folders.js';
import { openPublished } from '../../models/originals/published.js';
import { ProgressMeter } from '../../shared/progress.js';
import { copyMade } from './copy_made.js';
import { sha256Of } from './sha256_of.js';
import { writeAll } from './write_all.js';

/**
 * @typedef {import('../../shared/protocol.js').ConvertBody} ConvertBody
 * @typedef {import('../../shared/protocol.js').ConvertTarget} ConvertTarget
 * @typedef {import('../../models/originals/original.js').RandomAccess} RandomAccess
 * @typedef {import('../../models/originals/published.js').Published} Published
 * @typedef {import('../../models/convert/convert.js').Conversion} Conversion
 * @typedef {import('./model_store.js').NewFile} NewFile
 * @typedef {import('./model_store.js').Download} Download
 * @typedef {import('./model_store.js').ModelStore} ModelStore
 * @typedef {import('../steps.js').Context} Context
 * @typedef {{ native: import('../native/native.js').Native, store: ModelStore }} Engine
 */

/**
 * @param {Engine} engine
 * @param {ConvertBody} body
 * @param {Context} context
 * @returns {Promise<string[]>} the paths of the files that were made
 */
export async function convert(engine, { files, given, ...body }, context) {
    if (given) {
        const folder = await engine.store.openGiven(given);
        try {
            const { made, isAll } = await copyMade(engine, folder, body.targets, context);
            return isAll ? made : [...made, ...(await convertFolder(engine, folder, body, context))];
        } finally {
            await folder.close();
        }
    }
    const fetched = await fetchFiles(engine, body.name, files, context);
    try {
        const folder = accessFolder(new Map([...fetched].map(([path, { access }]) => [path, access])));
        const made = await convertFolder(engine, folder, body, context);
        for (const { file } of fetched.values()) await file.discard();
        return made;
    } finally {
        for (const { file } of fetched.values()) await file.leave();
    }
}

/**
 * @param {Engine} engine
 * @param {string} name of the publication
 * @param {ConvertBody['files']} files
 * @param {Context} context
 */
async function fetchFiles({ native, store }, name, files, { signal, emit }) {
    const meter = new ProgressMeter('models', (progress) => emit('progress', { ...progress, model: name }));
    const known = files.reduce((sum, { bytes, about }) => sum + (bytes ?? about ?? 0), 0);
    let done = 0;
    const onBytes = (/** @type {number} */ bytes) => {
        done += bytes;
        meter.update(done, Math.max(done, known));
    };
    /** @type {Map<string, { file: Download, access: RandomAccess }>} */
    const fetched = new Map();
    try {
        for (const { path, url, sha256 } of files) {
            const file = await store.download(`${name}/${path}`, sha256 !== undefined);
            fetched.set(path, { file, access: await fetchFile({ native, file, url, sha256 }, { signal, onBytes }) });
        }
        return fetched;
    } catch (error) {
        for (const { file } of fetched.values()) await file.leave();
        throw error;
    }
}

/**
 * @param {{ native: Engine['native'], file: Download, url: string, sha256?: string }} what
 * @param {import('../../models/download.js').DownloadOptions} options
 */
async function fetchFile({ native, file, url, sha256 }, options) {
    const hash = native.openHash();
    try {
        for await (const piece of download(url, file.store, options)) hash.add(piece);
        const found = hash.end();
        if (sha256 === undefined || found === sha256) return await file.finish();
        await file.discard();
        throw new AcgError(
            'BAD_MODEL',
            `${url} is another file than the one that is known: expected SHA-256 ${sha256} but found ${found}`,
            {
                reason: 'OTHER_FILE',
                values: { url: String(url) },
            },
        );
    } catch (error) {
        const isFull = error instanceof AcgError && error.code === 'NO_MEMORY';
        await (isFull ? file.discard() : file.leave());
        throw error;
    } finally {
        hash.close();
    }
}

/**
 * @param {Engine} engine
 * @param {import('../../models/originals/original.js').Folder} folder
 * @param {Omit<ConvertBody, 'files' | 'given'>} body
 * @param {Context} context
 */
async function convertFolder(engine, folder, { dtype, targets }, context) {
    /** @type {NewFile[]} */
    const inflated = [];
    try {
        const published = await openPublished(folder, async (name, pieces) => {
            const file = await engine.store.create(`unpacked/${name}`);
            inflated.push(file);
            await writeAll(file, pieces, context.signal);
            return file.access();
        });
        const made = [];
        for (const target of fittingTargets(published, targets)) {
            const conversion = await planConversion(published, { dtype, parts: target.parts });
            made.push(...(await runConversion(engine, conversion, target, context)));
        }
        return made;
    } finally {
        for (const file of inflated) await file.discard();
    }
}

/**
 * The targets of the published files: of several publications of the same network, the one that has a file of this size, or the first.
 * @param {Published} published
 * @param {ConvertTarget[]} targets
 * @throws {AcgError} BAD_MODEL
 */
function fittingTargets(published, targets) {
    const { network, fileNetworks } = networksOf(published);
    const fitting = targets.filter(({ files }) => files.some((file) => file.network && fileNetworks.includes(file.network)));
    const { name } = fitting.find(({ bytes }) => bytes === published.bytes) ?? fitting[0] ?? {};
    if (name !== undefined) return fitting.filter((target) => target.name === name);
    const wanted = [...new Set(targets.map((target) => target.name))].join(', ');
    throw new AcgError('BAD_MODEL', `Expected the published files of ${wanted} but these are of another network (${network})`, {
        reason: 'OTHER_NETWORK',
        values: { network },
    });
}

/**
 * @param {Engine} engine
 * @param {Conversion} conversion
 * @param {ConvertTarget} target
 * @param {Context} context
 */
async function runConversion({ native, store }, conversion, target, { signal, emit }) {
    const meter = new ProgressMeter('convert', (progress) => emit('progress', { ...progress, model: target.name }));
    /** @type {Map<string, NewFile>} */
    const outputs = new Map();
    try {
        for (const { name } of conversion.files) outputs.set(name, await store.create(`${target.folder}/${name}`));
        let done = 0;
        await conversion.run(outputs, { signal, onBytes: (more) => meter.update((done += more), conversion.sourceBytes) });
        for (const file of outputs.values()) await file.keep(await sha256Of(native, file.access(), signal));
        return [...outputs.keys()].map((name) => `${target.folder}/${name}`);
    } finally {
        for (const file of outputs.values()) await file.discard();
    }
}
