// What was published, in a folder or a .zip: the file of weights, and texts and more weights beside it.
import { AcgError } from '../../errors.js';
import { joinBytes } from '../../shared/bytes.js';
import { innerFolder } from './folders.js';
import { readUtf8, unsupported } from './numbers.js';
import { containerOf, openOriginal, openSavedModel } from './open.js';
import { INDEX_NAME } from './tf_bundle.js';

/**
 * @typedef {import('./original.js').Original} Original
 * @typedef {import('./original.js').Folder} Folder
 *
 * @typedef {object} Published what the converter takes
 * @property {Original} weights
 * @property {(path: string) => Promise<Original | undefined>} original another file of weights beside it
 * @property {(path: string) => Promise<string | undefined>} text a text beside it
 */

/** The names that models/convert/source.py takes first; otherwise the largest file of weights is meant. */
const FIRST_NAMES = [/^model-.*\.h5$/, /^model\.safetensors$/, /^pytorch_model\.bin$/];

const MAX_TEXT_BYTES = 2 ** 24;

/**
 * @param {Folder} folder of which nothing `mustBeStored` any more
 * @returns {Promise<Published>}
 * @throws {AcgError} BAD_FORMAT, UNSUPPORTED, NOT_FOUND
 */
export async function openPublished(folder) {
    const inside = innerFolder(folder);
    const isThere = (/** @type {string} */ path) => inside.names.includes(path);
    return {
        weights: isThere(INDEX_NAME) ? await openSavedModel(inside) : await openOriginal(await inside.open(await findWeights(inside))),
        original: async (path) => (isThere(path) ? openOriginal(await inside.open(path)) : undefined),
        text: async (path) => (isThere(path) ? readText(inside, path) : undefined),
    };
}

/** @param {Folder} folder */
async function findWeights(folder) {
    const names = [...folder.names].sort();
    const known = FIRST_NAMES.map((pattern) => names.find((name) => pattern.test(name))).find(Boolean);
    if (known) return known;
    const found = [];
    for (const name of names) {
        if (name.includes('/')) continue;
        const access = await folder.open(name);
        if (containerOf(await access.read(0, Math.min(access.size, 16)))) found.push({ name, size: access.size });
    }
    const [largest] = found.sort((a, b) => b.size - a.size);
    if (largest) return largest.name;
    throw new AcgError('NOT_FOUND', 'Expected a file of weights in the folder but found none');
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
