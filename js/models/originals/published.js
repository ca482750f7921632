// What is to be converted, found in a folder of published files: its weights, and the other files that a converter may ask for.
import { AcgError } from '../../errors.js';
import { innerFolder, withStored } from './folders.js';
import { openOriginal, openSavedModel } from './open.js';
import { INDEX_NAME } from './tf_bundle.js';
import { isTorchZip } from './torch_zip.js';
import { isZip, openZip, readDirectory } from './zip.js';

/**
 * @typedef {import('./original.js').Folder} Folder
 * @typedef {import('./original.js').Original} Original
 * @typedef {import('./original.js').RandomAccess} RandomAccess
 *
 * @typedef {import('../convert/convert.js').Published & { bytes: number }} Published bytes: of the files of weights
 *
 * @typedef {(name: string, pieces: AsyncIterable<Uint8Array<ArrayBuffer>>) => Promise<RandomAccess>} StoreFile puts a file that is
 *   compressed in a .zip where it can be read anywhere
 */

/** The names that weights are published under, the one that is read most easily first; then everything that is no text. */
const NAMES = [/\.safetensors$/i, /\.(bin|pt|pth|ckpt)$/i, /\.(h5|hdf5)$/i, /^(?!.*\.(json|txt|csv|md|pb|index|py|yaml|png|jpe?g)$)/i];
/** Beside the weights of a network, another that is added to it. */
const ADDED = /(^|\/)\d_/;
const MAX_TEXT_BYTES = 2 ** 25;

/**
 * @param {Folder} given or a .zip alone
 * @param {StoreFile} store
 * @returns {Promise<Published>}
 * @throws {AcgError} NOT_FOUND, BAD_FORMAT, UNSUPPORTED
 */
export async function readPublished(given, store) {
    const folder = await unzipped(given);
    const index = folder.names.find((name) => name === INDEX_NAME || name.endsWith(`/${INDEX_NAME}`));
    if (index !== undefined) return readSavedModel(below(folder, index.slice(0, -INDEX_NAME.length)), store);
    const files = innerFolder(folder);
    const access = await openBest(files, store);
    const other = async (/** @type {string} */ path) => {
        const name = files.names.find((each) => each === path) ?? access.others.find((each) => baseName(each) === baseName(path));
        return name === undefined ? undefined : openOriginal(await openStored(files, name, store));
    };
    return { weights: await openOriginal(access.file), bytes: access.file.size, original: other, text: (path) => readText(files, path) };
}

/**
 * What is in a .zip, if that is all there is. PyTorch's files are archives too, but no folders.
 * @param {Folder} folder
 */
async function unzipped(folder) {
    if (folder.names.length !== 1) return folder;
    const file = await folder.open(folder.names[0]);
    if (!(await isZip(file)) || isTorchZip(await readDirectory(file))) return folder;
    return openZip(file);
}

/**
 * @param {Folder} folder
 * @param {StoreFile} store
 * @returns {Promise<Published>}
 */
async function readSavedModel(folder, store) {
    const stored = new Map();
    let bytes = 0;
    for (const name of folder.names.filter((each) => each.startsWith('variables/'))) {
        const file = await openStored(folder, name, store);
        stored.set(name, file);
        bytes += file.size;
    }
    const weights = await openSavedModel(withStored(folder, stored));
    return { weights, bytes, original: async () => undefined, text: (path) => readText(folder, path) };
}

/**
 * The weights of the network itself: not in a folder of their own, of the best kind; of several the largest.
 * @param {Folder} folder
 * @param {StoreFile} store
 */
async function openBest(folder, store) {
    const rank = (/** @type {string} */ name) => NAMES.findIndex((pattern) => pattern.test(name)) + NAMES.length * name.split('/').length;
    const candidates = folder.names.filter((name) => NAMES.some((pattern) => pattern.test(name)) && !ADDED.test(name));
    const best = Math.min(...candidates.map(rank));
    const opened = [];
    for (const name of candidates.filter((each) => rank(each) === best)) {
        opened.push({ name, file: await openStored(folder, name, store) });
    }
    const [first] = opened.sort((a, b) => b.file.size - a.file.size);
    if (!first) {
        throw new AcgError('NOT_FOUND', `Expected a file of weights but found ${folder.names.slice(0, 5).join(', ') || 'no file'}`);
    }
    return { file: first.file, others: candidates.filter((name) => name !== first.name) };
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
 * @param {Folder} folder
 * @param {string} path
 */
async function readText(folder, path) {
    if (!folder.names.includes(path)) return undefined;
    const file = await folder.open(path);
    if (file.size > MAX_TEXT_BYTES) throw new AcgError('BAD_FORMAT', `Expected a text of at most ${MAX_TEXT_BYTES} bytes in ${path}`);
    return new TextDecoder().decode(await file.read(0, file.size));
}

/**
 * @param {Folder} folder
 * @param {string} prefix ends with /, or is empty
 * @returns {Folder}
 */
function below(folder, prefix) {
    return {
        names: folder.names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
        open: (name) => folder.open(prefix + name),
        stream: (name) => folder.stream(prefix + name),
        mustBeStored: (name) => folder.mustBeStored(prefix + name),
    };
}

/** @param {string} path */
const baseName = (path) => path.slice(path.lastIndexOf('/') + 1);
