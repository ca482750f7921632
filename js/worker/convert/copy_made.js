// Keeps files that need no conversion: those that acg2vec made elsewhere, those that are published in the engine's format, and the texts beside
// them. Weights are recognised by their metadata, or by size and SHA-256; texts by their names.
import { AcgError } from '../../errors.js';
import { openOriginal, readContainer } from '../../models/originals/open.js';
import { baseName } from '../../shared/paths.js';
import { ProgressMeter } from '../../shared/progress.js';
import { writeAll } from './write_all.js';

/**
 * @typedef {import('../../shared/protocol.js').ConvertTarget} ConvertTarget
 * @typedef {import('../../shared/protocol.js').TargetFile} TargetFile
 * @typedef {import('../../models/originals/original.js').Folder} Folder
 * @typedef {import('./convert.js').Engine} Engine
 * @typedef {import('../steps.js').Context} Context
 * @typedef {{ name: string, place: TargetFile, target: ConvertTarget }} Copy name: in the folder
 */

/**
 * @param {Engine} engine
 * @param {Folder} folder
 * @param {ConvertTarget[]} targets
 * @param {Context} context
 * @returns {Promise<{ made: string[], isAll: boolean }>} paths of the files that are kept; isAll: nothing has to be converted
 * @throws {AcgError} BAD_MODEL, BAD_FORMAT, NO_MEMORY, CANCELLED
 */
export async function copyMade(engine, folder, targets, context) {
    const weights = await weightsIn(folder, targets);
    const texts = textsIn(folder, targets);
    const isAll = weights.length > 0 || folder.names.every((name) => texts.some((text) => text.name === name));
    // an unknown text may belong to files that are converted, which make their own
    const fitting = texts.filter(({ place, target }) => {
        const isOfThese = weights.length === 0 || weights.some((each) => each.target === target);
        return place.sha256.length > 0 || (isAll && isOfThese);
    });
    const made = [];
    for (const copy of [...weights, ...fitting]) {
        const path = await copyFile(engine, folder, copy, context);
        if (path !== undefined) made.push(path);
    }
    if (isAll && made.length === 0) {
        throw new AcgError('BAD_MODEL', `${folder.names.join(', ')} is of another version than the one that is known`, {
            reason: 'OTHER_VERSION',
            values: { names: folder.names.join(', ') },
        });
    }
    return { made, isAll };
}

/**
 * @param {Folder} folder
 * @param {ConvertTarget[]} targets
 * @returns {Promise<Copy[]>}
 */
async function weightsIn(folder, targets) {
    const copies = [];
    for (const name of folder.names.filter((each) => !folder.mustBeStored(each))) {
        const file = await folder.open(name);
        if ((await readContainer(file)) !== 'safetensors') continue;
        const network = /** @type {string | undefined} */ ((await openOriginal(file)).metadata?.network);
        const [found] = targets.flatMap((target) =>
            target.files.filter((place) => isFor(place, network, file.size)).map((place) => ({ name, place, target })),
        );
        if (!found && network === undefined) continue; // a published file, which has to be converted
        if (!found)
            throw new AcgError('BAD_MODEL', `${name} holds a network of another kind (${network}) than those that are asked for`, {
                reason: 'OTHER_NETWORK',
                values: { network: String(network) },
            });
        copies.push(found);
    }
    return copies;
}

/**
 * @param {TargetFile} place
 * @param {string | undefined} network by the file's metadata
 * @param {number} bytes
 */
function isFor(place, network, bytes) {
    return place.network !== undefined && (network === undefined ? place.bytes.includes(bytes) : place.network === network);
}

/**
 * @param {Folder} folder
 * @param {ConvertTarget[]} targets
 * @returns {Copy[]}
 */
function textsIn(folder, targets) {
    return targets.flatMap((target) =>
        target.files
            .filter(({ network }) => network === undefined)
            .flatMap((place) => {
                const name = folder.names.find((each) => baseName(each) === baseName(place.path));
                return name === undefined ? [] : [{ name, place, target }];
            }),
    );
}

/**
 * @param {Engine} engine
 * @param {Folder} folder
 * @param {Copy} copy
 * @param {Context} context
 * @returns {Promise<string | undefined>} its path; undefined: it differs from the known file, and was not kept
 */
async function copyFile({ native, store }, folder, { name, place, target }, { signal, emit }) {
    const source = await folder.open(name);
    const meter = new ProgressMeter('convert', (progress) => emit('progress', { ...progress, model: target.name }));
    const file = await store.create(place.path);
    const hash = native.openHash();
    try {
        await writeAll(file, source.stream(), signal, (piece, bytes) => {
            hash.add(piece);
            meter.update(bytes, source.size);
        });
        const sha256 = hash.end();
        if (place.sha256.length > 0 && !place.sha256.includes(sha256)) return undefined;
        await file.keep(sha256);
        return place.path;
    } finally {
        hash.close();
        await file.discard();
    }
}
