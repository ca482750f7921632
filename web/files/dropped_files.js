// The files of a drop, of a choice or of the clipboard, those in folders too, and which of them are pictures.
import { compare, t } from '../words/words.js';
import { beginsAsPicture, BEGINNING_BYTES, isNamedPicture } from 'acg2vec';

const FEW = 4; // files whose names are listed

/**
 * @typedef {{ file: File, folder: string, isUnreadable?: boolean }} Found folder: '', or the path from the chosen folder to the file, with / at
 *   its end. isUnreadable: the browser could not open it, and `file` has its name only
 */

/**
 * To be called while the event is handled: its data are not available afterwards.
 * @param {DataTransfer} transfer
 * @returns {Promise<Found[]>}
 */
export function droppedFiles(transfer) {
    const files = [...transfer.files];
    const entries = [...transfer.items].filter((item) => item.kind === 'file').map((item) => item.webkitGetAsEntry?.() ?? null);
    if (entries.length && entries.every((entry) => entry !== null)) return inEntries(entries);
    return Promise.resolve(files.map((file) => ({ file, folder: '' })));
}

/** @param {Iterable<File>} files as an <input> gives them */
export function chosenFiles(files) {
    return [...files].map((file) => ({ file, folder: file.webkitRelativePath.slice(0, -file.name.length) }));
}

/**
 * Recognises pictures by their names or their first bytes.
 * @param {Found[]} found
 * @returns {Promise<{ pictures: Found[], passedOver: string }>} in the order of their names; and a sentence on the others, or ''
 */
export async function picturesAmong(found) {
    /** @type {Found[]} */
    const pictures = [];
    /** @type {Map<string, string[]>} the names of other files by their kind */
    const others = new Map();
    for (const each of found) {
        const kind = await otherKind(each);
        if (kind === undefined) pictures.push(each);
        else others.set(kind, [...(others.get(kind) ?? []), each.file.name]);
    }
    pictures.sort((a, b) => compare(a.folder + a.file.name, b.folder + b.file.name));
    return { pictures, passedOver: passedOverWords(others, found.length - pictures.length) };
}

/** @param {Map<string, string[]>} others @param {number} count */
function passedOverWords(others, count) {
    if (count === 0) return '';
    const key = count <= FEW ? 'files.passed.named' : 'files.passed.kind';
    const kinds = [...others].sort().map(([kind, names]) => t(key, { n: names.length, kind, names: names.join(', ') }));
    return t('files.passed', { kinds: kinds.join(', ') });
}

/**
 * The kind of a file that is not opened: hidden in a folder, or not a picture.
 * @param {Found} found
 */
async function otherKind({ file, folder, isUnreadable }) {
    if (isUnreadable) return t('files.kind.unreadable');
    const isHidden = folder && /\/\./.test(folder + file.name); // below the folder that was chosen, also ._names of macOS
    if (isHidden) return t('files.kind.hidden');
    if (isNamedPicture(file.name)) return undefined;
    const beginning = await file
        .slice(0, BEGINNING_BYTES)
        .arrayBuffer()
        .catch(() => undefined);
    if (!beginning) return t('files.kind.unreadable');
    if (beginsAsPicture(new Uint8Array(beginning))) return undefined;
    return /.(\.[^.]*)$/.exec(file.name)?.[1].toLowerCase() ?? t('files.kind.bare');
}

/**
 * @param {FileSystemEntry[]} entries
 * @returns {Promise<Found[]>}
 */
async function inEntries(entries, folder = '') {
    /** @type {Found[]} */
    const found = [];
    for (const entry of entries) {
        const files = inEntry(entry, folder).catch(() => [{ file: new File([], entry.name), folder, isUnreadable: true }]);
        found.push(...(await files));
    }
    return found;
}

/**
 * @param {FileSystemEntry} entry
 * @param {string} folder
 */
async function inEntry(entry, folder) {
    if (entry.isFile) return [{ file: await fileOf(/** @type {FileSystemFileEntry} */ (entry)), folder }];
    return inEntries(await entriesOf(/** @type {FileSystemDirectoryEntry} */ (entry)), `${folder}${entry.name}/`);
}

/** @param {FileSystemFileEntry} entry @returns {Promise<File>} */
const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));

/** @param {FileSystemDirectoryEntry} folder */
async function entriesOf(folder) {
    const reader = folder.createReader();
    const all = [];
    for (;;) {
        /** @type {FileSystemEntry[]} */
        const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (!some.length) return all; // they come a hundred at a time
        all.push(...some);
    }
}
