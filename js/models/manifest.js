// The manifest's types; finds entries in it, and checks bytes against the sizes and hashes of a file. Reads no files itself.
import { AcgError, sentence } from '../errors.js';
import { sha256 } from '../shared/bytes.js';
import { folderName } from '../shared/paths.js';

/**
 * @typedef {{ bytes: number, sha256: string }} FileVersion
 * @typedef {{ path: string, versions: FileVersion[], sources: string[], converted?: Record<string, number> }} ModelFile versions:
 *   several have the same content with other line ends; none: the file is made by the converter, its SHA-256 is in <path>.sha256. sources:
 *   where the file can be fetched. converted: the bytes that the converter makes, by dtype ("text" for a file without weights)
 * @typedef {{ path: string, url: string, bytes?: number, about?: number, sha256?: string }} PublishedFile about: its bytes, if only
 *   known roughly
 * @typedef {{ id: string, page: string, files: PublishedFile[] }} Publication what models are converted from; page: for people;
 *   files: none if only a person may download them
 * @typedef {object} Model
 * @property {string} id
 * @property {string} network its name in the engine's registry
 * @property {'upscale' | 'embed' | 'score' | 'tag'} task
 * @property {'image' | 'text'} [input] a model for both has an entry for each of its two networks
 * @property {string} model the name that callers choose
 * @property {number} scale
 * @property {string} denoise
 * @property {string} licence
 * @property {string} origin
 * @property {import('../types.js').TagDefaults} [defaults] of a tagger
 * @property {Record<string, string>} [vectors] the outputs that are vectors of pictures, by the names that callers choose; default: the
 *   output "vector", by the name of the model
 * @property {{ black: number, white: number }} [levels] the values of black and white for the network, if not 0 and 1
 * @property {string} [publication] the id of the publication that it is converted from
 * @property {string} [part] the name of its network, if the publication has several
 * @property {ModelFile[]} files
 * @typedef {{ models: Model[], publications: Publication[] }} Manifest
 */

/**
 * The entry of a network that enlarges.
 * @param {Manifest} manifest
 * @param {{ model: string, scale: number, denoise: string }} wanted
 * @returns {Model}
 * @throws {AcgError} BAD_ARGUMENT
 */
export function findModel(manifest, { model, scale, denoise }) {
    const family = manifest.models.filter((entry) => entry.model === model);
    const found = family.find((entry) => entry.scale === scale && entry.denoise === denoise);
    if (found) return found;
    const scales = [...new Set(family.map((entry) => entry.scale))];
    const existing = scales.map((each) => {
        const levels = family.filter((entry) => entry.scale === each).map((entry) => entry.denoise);
        return `${each}x: ${levels.join(', ')}`;
    });
    throw new AcgError(
        'BAD_ARGUMENT',
        `Expected a ${scales.includes(scale) ? 'denoise level' : 'scale'} that model '${model}' has (${existing.join('; ')}) but received '${denoise}' at ${scale}x`,
    );
}

/**
 * The entry of a model's network for pictures or for texts.
 * @param {Manifest} manifest
 * @param {string} model
 * @param {'image' | 'text'} input
 */
export function findNetwork(manifest, model, input) {
    const found = manifest.models.find((entry) => entry.model === model && entry.input === input);
    if (!found) throw new AcgError('INTERNAL', `Expected a network of ${model} for the input ${input} in the manifest but found none`);
    return found;
}

/**
 * The files of a model by their purpose.
 * @param {Model} model
 * @returns {{ weights: ModelFile, companion?: ModelFile, tags?: ModelFile }} companion: a small file that the
 *   engine needs beside the weights, such as a vocabulary; tags: the list of a tagger's tags
 */
export function modelParts({ id, files }) {
    const weights = files.find(({ path }) => /\.(safetensors|bin)$/.test(path));
    if (!weights) throw new AcgError('INTERNAL', `Expected a file of weights for ${id} in the manifest but found none`);
    const tags = files.find(({ path }) => /\/(tags\.txt|selected_tags\.csv)$/.test(path));
    return { weights, tags, companion: files.find((file) => file !== weights && file !== tags) };
}

/**
 * Resolves only if `bytes` are one of the file's published versions.
 * @param {ModelFile} file
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} from where the bytes came from, for the message
 * @throws {AcgError} BAD_MODEL
 */
export async function checkFile(file, bytes, from) {
    checkSize(file, bytes.byteLength, from);
    const found = await sha256(bytes);
    if (found !== undefined) checkSha256(file, publishedSha256(file), found, from);
}

/** The hashes of all versions. @param {ModelFile} file */
export function publishedSha256(file) {
    return file.versions.map((version) => version.sha256);
}

/**
 * The hash in a file that sha256sum wrote. Converted models have such a file beside them.
 * @param {string} text
 */
export function sidecarSha256(text) {
    return /^[0-9a-f]{64}(?=\s)/.exec(text)?.[0];
}

/**
 * @param {ModelFile} file
 * @param {number} bytes
 * @param {string} from
 * @throws {AcgError} BAD_MODEL
 */
export function checkSize(file, bytes, from) {
    const expected = file.versions.map((version) => version.bytes);
    if (expected.length > 0 && !expected.includes(bytes)) {
        throw badModel(file, from, `expected ${expected.join(' or ')} bytes but found ${bytes} bytes`);
    }
}

/**
 * @param {ModelFile} file
 * @param {string[]} expected one of these; empty: the hash is not known
 * @param {string} found
 * @param {string} from
 * @throws {AcgError} BAD_MODEL
 */
export function checkSha256(file, expected, found, from) {
    if (expected.length === 0 || expected.includes(found)) return;
    throw badModel(file, from, `expected SHA-256 ${expected.join(' or ')} but found ${found}`);
}

/**
 * The error about a file that cannot be found.
 * @param {ModelFile} file
 * @param {string} why
 * @param {string} [hint] what the user can do
 */
export function missingModel({ path, converted, sources }, why, hint = '') {
    if (converted && sources.length === 0) why = `acg2vec models fetch ${folderName(path)} gets it (docs/guide/models.md)`;
    return new AcgError('NOT_FOUND', `The model file ${path} is missing and could not be loaded: ${why}${hint}`, {
        reason: 'MODEL_MISSING',
        values: { path },
    });
}

/**
 * The error about a file with other bytes than expected.
 * @param {ModelFile} file
 * @param {string} from
 * @param {string} why
 */
export function badModel({ path, sources, converted }, from, why) {
    const hint = converted && sources.length === 0 ? `; acg2vec models fetch ${folderName(path)} gets it again (docs/guide/models.md)` : '';
    return new AcgError('BAD_MODEL', `The model file ${path} from ${from} is damaged or a different file: ${why}${hint}`, {
        reason: 'MODEL_DAMAGED',
        values: { path, from },
    });
}

/**
 * The warning about a copy that was skipped, because another one was used.
 * @param {unknown} error what is wrong with the copy
 */
export function passedOver(error) {
    return `${sentence(error)}. It was passed over`;
}

/**
 * The bytes of all files, roughly; undefined if not known.
 * @param {Publication} publication
 */
export function publishedBytes({ files }) {
    return files.reduce((sum, { bytes, about }) => sum + (bytes ?? about ?? 0), 0) || undefined;
}
