// What the manifest says: which files a model has, and whether bytes are really theirs. Reads no files itself.
import { AcgError } from './errors.js';

/**
 * @typedef {{ bytes: number, sha256: string }} FileVersion
 * @typedef {{ path: string, versions: FileVersion[], sources: string[] }} ModelFile several versions: same content, other line ends
 * @typedef {object} Model
 * @property {string} id
 * @property {string} network
 * @property {string} model
 * @property {number} scale
 * @property {string} denoise
 * @property {string} licence
 * @property {string} origin
 * @property {{ black: number, white: number }} [levels] what these are to the network, if not 0 and 1
 * @property {ModelFile[]} files
 * @typedef {{ models: Model[] }} Manifest
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
        `Expected a denoise level that model '${model}' has (${existing.join('; ')}) but received '${denoise}' at ${scale}x`,
    );
}

/**
 * The file of a model with this extension.
 * @param {Model} model
 * @param {string} extension
 */
export function modelFile(model, extension) {
    const file = model.files.find(({ path }) => path.endsWith(extension));
    if (!file)
        throw new AcgError('INTERNAL', `Expected a ${extension} file for ${model.id} in the manifest but found none`);
    return file;
}

/**
 * Resolves only if `bytes` are one of the file's published versions.
 * @param {ModelFile} file
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} from where they came from, for the message
 * @throws {AcgError} BAD_MODEL
 */
export async function checkFile(file, bytes, from) {
    const expectedBytes = file.versions.map((version) => version.bytes);
    if (!expectedBytes.includes(bytes.byteLength)) {
        throw badModel(file, from, `${expectedBytes.join(' or ')} bytes`, `${bytes.byteLength} bytes`);
    }
    // A page that is not a secure context (plain http, not localhost) has no crypto.subtle: there only the size is checked.
    if (!globalThis.crypto?.subtle) return;
    const sha256 = hex(await crypto.subtle.digest('SHA-256', bytes));
    const hashes = file.versions.map((version) => version.sha256);
    if (!hashes.includes(sha256)) throw badModel(file, from, `SHA-256 ${hashes.join(' or ')}`, sha256);
}

/**
 * @param {ModelFile} file
 * @param {string} from
 * @param {string} expected
 * @param {string} found
 */
function badModel(file, from, expected, found) {
    return new AcgError(
        'BAD_MODEL',
        `The model file ${file.path} from ${from} is damaged or another one: expected ${expected} but found ${found}; ` +
            'delete it and fetch it again',
    );
}

/** @param {ArrayBuffer} buffer */
function hex(buffer) {
    return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
