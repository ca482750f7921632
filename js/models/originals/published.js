// Finds the published files in a folder or a .zip: the weights, and texts and more weights beside them.
import { AcgError } from '../../errors.js';
import { joinBytes } from '../../shared/bytes.js';
import { baseName } from '../../shared/paths.js';
import { innerFolder, subFolder, withStored } from './folders.js';
import { readUtf8, unsupported } from './numbers.js';
import { containerOf, openOriginal, openSavedModel } from './open.js';
import { INDEX_NAME } from './tf_bundle.js';
import { isTorchZip } from './torch_zip.js';
import { isZip, openZip, readDirectory } from './zip.js';

/**
 * @typedef {import('./original.js').Original} Original
 * @typedef {import('./original.js').Folder} Folder
 * @typedef {import('./original.js').RandomAccess} RandomAccess
 * @typedef {import('../convert/convert.js').Published & { bytes: number }} Published bytes: the size of the files of weights
 *
 * @typedef {(name: string, pieces: AsyncIterable<Uint8Array<ArrayBuffer>>) => Promise<RandomAccess>} StoreFile stores a file that is
 *   compressed in a .zip, so that it can be read at any position
 */

/** The preferred names, as in models/convert/source.py. Without such a file the largest file of weights is taken. */
const FIRST_NAMES = [/^model-.*\.h5$/, /^model\.safetensors$/, /^pytorch_model\.bin$/];

const MAX_TEXT_BYTES = 2 ** 24;
const HEAD_BYTES = 16;

/**
 * Opens the published files in a folder.
 * @param {Folder} given a folder, or a folder with only a .zip
 * @param {StoreFile} [store]
 * @returns {Promise<Published>}
 * @throws {AcgError} BAD_FORMAT, UNSUPPORTED, NOT_FOUND
 */
export async function openPublished(given, store = refuseToStore) {
    const folder = await unzipped(given);
    const index = folder.names.find((name) => `/${name}`.endsWith(`/${INDEX_NAME}`));
    if (index !== undefined) return openVariables(subFolder(folder, index.slice(0, -INDEX_NAME.length)), store);
    const inside = innerFolder(folder);
    const { name, file } = await findWeights(inside, store);
    return {
        weights: await openOriginal(file),
        bytes: file.size,
        original: async (path) => {
            const found =
                inside.names.find((each) => each === path) ?? inside.names.find((each) => each !== name && isNamesake(each, path));
            return found === undefined ? undefined : openOriginal(await openStored(inside, found, store));
        },
        text: async (path) => (inside.names.includes(path) ? readText(inside, path) : undefined),
    };
}

/** @type {StoreFile} */
async function refuseToStore(name) {
    throw unsupported(`${name} is compressed in the .zip: it must be stored as a file first`);
}

/**
 * The content of a .zip if it is the only file; otherwise the folder. PyTorch's files are .zip archives too, but are not unpacked.
 * @param {Folder} folder
 */
async function unzipped(folder) {
    if (folder.names.length !== 1) return folder;
    const file = await folder.open(folder.names[0]);
    return !(await isZip(file)) || isTorchZip(await readDirectory(file)) ? folder : openZip(file);
}

/**
 * @param {Folder} folder a SavedModel's
 * @param {StoreFile} store
 * @returns {Promise<Published>}
 */
async function openVariables(folder, store) {
    const stored = new Map();
    let bytes = 0;
    for (const name of folder.names.filter((each) => each.startsWith('variables/'))) {
        const file = await openStored(folder, name, store);
        stored.set(name, file);
        bytes += file.size;
    }
    const weights = await openSavedModel(withStored(folder, stored));
    const text = async (/** @type {string} */ path) => (folder.names.includes(path) ? readText(folder, path) : undefined);
    return { weights, bytes, original: async () => undefined, text };
}

/**
 * @param {Folder} folder
 * @param {StoreFile} store
 */
async function findWeights(folder, store) {
    const names = [...folder.names].sort();
    const known = names.length === 1 ? names[0] : FIRST_NAMES.map((pattern) => names.find((name) => pattern.test(name))).find(Boolean);
    if (known) return { name: known, file: await openStored(folder, known, store) };
    const found = [];
    for (const name of names.filter((each) => !each.includes('/'))) {
        if (containerOf(await headOf(folder, name))) found.push({ name, file: await openStored(folder, name, store) });
    }
    const [largest] = found.sort((a, b) => b.file.size - a.file.size);
    if (largest) return largest;
    throw new AcgError('NOT_FOUND', `Expected a file of weights but found ${names.slice(0, 5).join(', ') || 'no file'}`);
}

/**
 * The first bytes of a file that may be compressed.
 * @param {Folder} folder
 * @param {string} name
 */
async function headOf(folder, name) {
    for await (const piece of folder.stream(name)) return piece.subarray(0, HEAD_BYTES);
    return new Uint8Array(0);
}

/**
 * @param {Folder} folder
 * @param {string} name
 * @param {StoreFile} store
 */
function openStored(folder, name, store) {
    return folder.mustBeStored(name) ? store(name, folder.stream(name)) : folder.open(name);
}

/**
 * Whether the file names are equal. Files that were chosen one by one have lost their folders.
 * @param {string} a
 * @param {string} b
 */
function isNamesake(a, b) {
    return baseName(a) === baseName(b);
}

/**
 * @param {Folder} folder
 * @param {string} path
 */
async function readText(folder, path) {
    const parts = [];
    let left = MAX_TEXT_BYTES;
    for await (const piece of folder.stream(path)) {
        left -= piece.length;
        if (left < 0) throw unsupported(`${path} has more than ${MAX_TEXT_BYTES} bytes, which no text of a model has`);
        parts.push(piece);
    }
    return readUtf8(joinBytes(parts));
}
