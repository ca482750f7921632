// The entries of the manifest: which files a model has, and whether bytes are those of a file. Reads no files itself.
import { AcgError, sentence } from '../errors.js';
import { sha256 } from '../shared/bytes.js';
import { folderName } from '../shared/paths.js';

/**
 * @typedef {{ bytes: number, sha256: string }} FileVersion
 * @typedef {{ path: string, versions: FileVersion[], sources: string[], converted?: Record<string, number> }} ModelFile several
 *   versions: same content, other line ends; none: one that is converted, with its SHA-256 in <path>.sha256. converted: how many bytes it
 *   then has, by dtype ("text": one that is none of weights)
 * @typedef {{ path: string, url: string, bytes?: number, about?: number, sha256?: string }} PublishedFile about: its bytes, where they are
 *   only known roughly
 * @typedef {{ id: string, page: string, files: PublishedFile[] }} Publication what models are converted from: where people find it,
 *   and its files (none: nobody but a person may fetch them)
 * @typedef {object} Model
 * @property {string} id
 * @property {string} network its name in the engine's registry
 * @property {'upscale' | 'embed' | 'score' | 'tag'} task
 * @property {'image' | 'text'} [input] what it looks at; of a model for both, each network has its own entry
 * @property {string} model
 * @property {number} scale
 * @property {string} denoise
 * @property {string} licence
 * @property {string} origin
 * @property {import('../types.js').TagDefaults} [defaults] of a tagger
 * @property {Record<string, string>} [vectors] the outputs that are vectors of pictures, by the names that callers choose; default: the
 *   output "vector", by the name of the model
 * @property {{ black: number, white: number }} [levels] what these are to the network, if not 0 and 1
 * @property {string} [publication] what it is converted from
 * @property {string} [part] of that: the name of one of several networks in it
 * @property {ModelFile[]} files
 * @typedef {{ models: Model[], publications: Publication[] }} Manifest
 */

/**
 * @param {Manifest} manifest
 * @param {{ model: string, scale: number, denoise: string }} wanted
 * @returns {Model}
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
 * The network of a model that looks at pictures or at texts.
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
 * What each file of a model is for.
 * @param {Model} model
 * @returns {{ weights: ModelFile, companion?: ModelFile, tags?: ModelFile }} companion: what the engine needs beside the weights, such
 *   as a vocabulary; tags: the names of what the network tells
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
 * @param {string} from where they came from, for the message
 * @throws {AcgError} BAD_MODEL
 */
export async function checkFile(file, bytes, from) {
    checkSize(file, bytes.byteLength, from);
    const found = await sha256(bytes);
    if (found !== undefined) checkSha256(file, publishedSha256(file), found, from);
}

/** @param {ModelFile} file */
export function publishedSha256(file) {
    return file.versions.map((version) => version.sha256);
}

/**
 * The hash in a file of sha256sum, which stands beside a model that users convert.
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
 * @param {string[]} expected one of these; none: nobody knows
 * @param {string} found
 * @param {string} from
 * @throws {AcgError} BAD_MODEL
 */
export function checkSha256(file, expected, found, from) {
    if (expected.length === 0 || expected.includes(found)) return;
    throw badModel(file, from, `expected SHA-256 ${expected.join(' or ')} but found ${found}`);
}

/**
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
 * The warning about a copy that another was taken for.
 * @param {unknown} error what is wrong with it
 */
export function passedOver(error) {
    return `${sentence(error)}. It was passed over`;
}

/**
 * How large a download of all files is, roughly; undefined if nobody knows.
 * @param {Publication} publication
 */
export function publishedBytes({ files }) {
    return files.reduce((sum, { bytes, about }) => sum + (bytes ?? about ?? 0), 0) || undefined;
}
